"""Codec: domain values as text in columns, and back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from safetyclient.domain.changes import Change, ChangeKind, ChangeStatus
from safetyclient.domain.facts import CaseFact, PostFact
from safetyclient.domain.ids import AccountId, BatchId, ChangeId, PersonId, SubjectKey
from safetyclient.domain.people import Person
from safetyclient.domain.protection import Consequences
from safetyclient.domain.reports import Case, ReportDraft, SubjectSnapshot
from safetyclient.domain.spaces import Space
from safetyclient.domain.wishes import (
    AnswerRequest,
    Publish,
    RemoveFollower,
    SetBlock,
    SetMute,
    SetProtection,
    SetWarnings,
    SubmitAppeal,
    SubmitReport,
    Wish,
)

_WISHES: dict[ChangeKind, msgspec.json.Decoder[Any]] = {
    ChangeKind.PROTECT: msgspec.json.Decoder(SetProtection),
    ChangeKind.MUTE: msgspec.json.Decoder(SetMute),
    ChangeKind.BLOCK: msgspec.json.Decoder(SetBlock),
    ChangeKind.FOLLOW_REQUEST: msgspec.json.Decoder(AnswerRequest),
    ChangeKind.REMOVE_FOLLOWER: msgspec.json.Decoder(RemoveFollower),
    ChangeKind.PUBLISH: msgspec.json.Decoder(Publish),
    ChangeKind.MEDIA_WARNING: msgspec.json.Decoder(SetWarnings),
    ChangeKind.REPORT: msgspec.json.Decoder(SubmitReport),
    ChangeKind.APPEAL: msgspec.json.Decoder(SubmitAppeal),
}
_KINDS = {kind.value: kind for kind in ChangeKind}
_STATUSES = {status.value: status for status in ChangeStatus}
_ENCODER = msgspec.json.Encoder()

params_from = msgspec.json.Decoder(tuple[tuple[str, str | int], ...]).decode
draft_from = msgspec.json.Decoder(ReportDraft).decode
snapshot_from = msgspec.json.Decoder(SubjectSnapshot).decode
case_from = msgspec.json.Decoder(Case).decode
post_from = msgspec.json.Decoder(PostFact).decode
space_from = msgspec.json.Decoder(Space).decode
case_fact_from = msgspec.json.Decoder(CaseFact).decode
consequences_from = msgspec.json.Decoder(Consequences).decode

CHANGE_COLUMNS = (
    "id, batch, account, kind, subject, wish, before, created, status, attempts,"
    " after_ids, after_limit, problem, not_before, result"
)


def pack(value: object) -> str:
    """Return a domain value as JSON text."""
    return _ENCODER.encode(value).decode()


def wish_from(kind: ChangeKind, text: str) -> Wish:
    """Return the wish that a change of this kind holds."""
    wish: Wish = _WISHES[kind].decode(text)
    return wish


def when_text(when: datetime) -> str:
    """Return a time as text that sorts by time."""
    if when.tzinfo is not UTC:
        when = when.astimezone(UTC)
    return when.isoformat()


def end_text(when: datetime | None) -> str | None:
    """Return a time as text, or None."""
    if when is None:
        return None
    return when.isoformat() if when.tzinfo is UTC else when_text(when)


def when_from(text: str) -> datetime:
    """Return the time that `when_text` wrote."""
    return datetime.fromisoformat(text)


def end_from(text: str | None) -> datetime | None:
    """Return the time that `end_text` wrote."""
    return None if text is None else datetime.fromisoformat(text)


def change_from(row: tuple[Any, ...]) -> Change:
    """Return the change of a row of `CHANGE_COLUMNS`."""
    kind = _KINDS[row[3]]
    return Change(
        id=ChangeId(row[0]),
        batch=BatchId(row[1]),
        account=AccountId(row[2]),
        kind=kind,
        subject=SubjectKey(row[4]),
        wish=wish_from(kind, row[5]),
        before=None if row[6] is None else wish_from(kind, row[6]),
        created=when_from(row[7]),
        status=_STATUSES[row[8]],
        attempts=row[9],
        after_ids=tuple(ChangeId(id) for id in row[10].split()),
        after_limit=row[11],
        problem=row[12],
        not_before=end_from(row[13]),
        result=row[14],
    )


def flags_of(person: Person) -> int:
    """Return the yes-or-no facts of a person as one number."""
    return person.protected | person.follows_me << 1 | person.followed << 2


def person_from(
    id: str, handle: str, name: str, flags: int | None, bio: str = ""
) -> Person:
    """Return a person from columns."""
    flags = flags or 0
    return Person(
        id=PersonId(id),
        handle=handle,
        name=name,
        bio=bio,
        protected=bool(flags & 1),
        follows_me=bool(flags & 2),
        followed=bool(flags & 4),
    )
