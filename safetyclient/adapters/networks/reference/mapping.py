"""Wire shapes to domain values, and back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from safetyclient.adapters.http import ids
from safetyclient.adapters.networks.reference import offers
from safetyclient.domain.changes import Change
from safetyclient.domain.errors import BadInput, TooLarge
from safetyclient.domain.facts import (
    CaseFact,
    EntryFact,
    MediaFact,
    PostFact,
    SpaceFact,
)
from safetyclient.domain.ids import (
    DecisionId,
    MediaId,
    PersonId,
    PostId,
    SpaceId,
    SubjectKind,
    SubjectRef,
)
from safetyclient.domain.lists import ListKind
from safetyclient.domain.media import Audience, MediaType, MediaWarning, PublishFile
from safetyclient.domain.people import Person
from safetyclient.domain.protection import Consequences
from safetyclient.domain.reports import (
    Appeal,
    CaseEvent,
    CaseEventKind,
    CaseState,
    Decision,
    Outcome,
    Report,
)
from safetyclient.domain.spaces import Participant, Space, SpaceRole, SpaceState
from safetyclient.domain.wishes import SetBlock, SetMute
from safetyclient.wire.v1 import lists, people, posts, protection, reports, spaces

_CASE_STATES = {
    "received": CaseState.SENT,
    "in_review": CaseState.IN_REVIEW,
    "decided": CaseState.DECIDED,
    "appealed": CaseState.APPEALED,
    "closed": CaseState.CLOSED,
}


def person(wire: people.Person) -> Person:
    """Return a person."""
    return Person(
        PersonId(wire.id),
        wire.handle,
        wire.name,
        wire.bio,
        wire.protected,
        wire.follows_me,
        wire.followed,
    )


def entry(kind: ListKind, wire: lists.Entry) -> EntryFact:
    """Return a row of a list."""
    return EntryFact(kind, person(wire.person), wire.since, wire.until, wire.note)


def bulk_item(change: Change) -> lists.ListItem:
    """Return a mute or a block as an item of a bulk write.

    Raises:
        SafetyError: when the server would refuse it, and the whole request with it.
    """
    match change.wish:
        case SetMute(person=ref, muted=on, until=until, note=note):
            pass
        case SetBlock(person=ref, blocked=on, until=until, note=note):
            pass
        case _:
            raise BadInput(field="ref", reason="ref")
    if len(note) > offers.NOTE:
        raise TooLarge
    return lists.ListItem(
        change=change.id,
        person=ids.who(ref.id or f"@{ref.handle}"),
        on=on,
        until=until if on else None,
        note=note if on else "",
    )


def consequences(
    wire: protection.Consequences, *, protected: bool, as_of: datetime
) -> Consequences:
    """Return what switching would do, with the server's numbers."""
    return Consequences(
        protected=protected,
        known=True,
        pending_requests=wire.pending_requests,
        followers=wire.followers,
        followers_not_followed=wire.followers_not_followed,
        posts=wire.posts,
        posts_with_media=wire.posts_with_media,
        as_of=as_of,
    )


def post(wire: posts.Post) -> PostFact:
    """Return a post with its files."""
    return PostFact(
        id=PostId(wire.id),
        url=wire.url,
        text=wire.text,
        audience=Audience(wire.audience),
        created=wire.created_at,
        media=tuple(
            MediaFact(
                id=MediaId(media.id),
                type=MediaType(media.type),
                description=media.description,
                warnings=frozenset(MediaWarning(name) for name in media.warnings),
            )
            for media in wire.media
        ),
    )


def warnings(found: Iterable[MediaWarning]) -> list[posts.MediaWarning]:
    """Return warnings as the API writes them, in one order."""
    return [warning.value for warning in MediaWarning if warning in set(found)]


def new_media(media_id: str, file: PublishFile) -> posts.NewMedia:
    """Return a finished upload as a part of a post."""
    return posts.NewMedia(
        id=media_id, description=file.description, warnings=warnings(file.warnings)
    )


def space(wire: spaces.Space) -> SpaceFact:
    """Return a Space with everybody in it; the host stands first."""
    people_in = [
        Participant(person(item.person), SpaceRole(item.role), item.joined_at)
        for item in wire.participants
    ]
    if all(item.role is not SpaceRole.HOST for item in people_in):
        people_in.insert(0, Participant(person(wire.host), SpaceRole.HOST))
    people_in.sort(key=lambda item: item.role is not SpaceRole.HOST)
    return SpaceFact(
        Space(
            id=SpaceId(wire.id),
            url=wire.url,
            title=wire.title,
            topic=wire.topic,
            state=SpaceState(wire.state),
            starts=wire.starts_at,
            participants=tuple(people_in),
            recorded=wire.recorded,
            has_video=wire.has_video,
        )
    )


def decision(wire: reports.Decision) -> Decision:
    """Return a decision with its statement of reasons."""
    return Decision(
        id=DecisionId(wire.id),
        at=wire.at,
        outcome=Outcome(wire.outcome),
        rule=wire.rule,
        facts=wire.facts,
        scope=wire.scope,
        days=wire.days,
        automated=wire.automated,
        redress=wire.redress,
        appeal_until=wire.appeal_until,
    )


def appeal(wire: reports.Appeal) -> Appeal:
    """Return an appeal, and its answer where there is one."""
    return Appeal(
        decision=DecisionId(wire.decision),
        text=wire.text,
        sent=wire.sent_at,
        answered=wire.answered_at,
        overturned=wire.state == "overturned",
        answer=wire.answer,
    )


def case(wire: reports.Case) -> CaseFact:
    """Return a case with all that happened in it."""
    return CaseFact(
        remote_id=wire.id,
        state=_CASE_STATES[wire.state],
        events=tuple(
            CaseEvent(
                kind=CaseEventKind(event.kind),
                at=event.at,
                text=event.text,
                decision=None if event.decision is None else decision(event.decision),
            )
            for event in wire.events
        ),
        appeal=None if wire.appeal is None else appeal(wire.appeal),
        change=wire.change,
        subject=SubjectRef(SubjectKind(wire.subject.kind), wire.subject.id),
        reasons=tuple(wire.reasons),
        created=wire.created_at,
        url=wire.subject_url,
    )


def new_report(report: Report) -> reports.NewReport:
    """Return a report as the API takes it."""
    return reports.NewReport(
        subject=reports.Subject(kind=report.subject.kind.value, id=report.subject.id),
        reasons=list(report.reasons),
        behalf=_BEHALF[report.behalf],
        comment=report.comment,
        language=report.language,
        url=report.url,
        space_part=None if report.space_part is None else report.space_part.value,
        person=report.person,
        posts=list(report.posts),
        moments=[
            reports.Moment(seconds=m.seconds, quote=m.quote, who=m.who)
            for m in report.moments
        ],
        details=dict(report.details),
        danger=report.danger,
    )


_BEHALF: dict[str, reports.Behalf] = {
    "me": "me",
    "represented": "represented",
    "other": "other",
    "everyone": "everyone",
    "unsure": "unsure",
}
