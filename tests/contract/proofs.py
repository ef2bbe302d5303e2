"""One proof for each capability: write it, then read it back from the server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

from safetyclient.application.clock import SystemClock
from safetyclient.domain.capabilities import Capability
from safetyclient.domain.changes import ChangeKind
from safetyclient.domain.errors import Conflict, Gone
from safetyclient.domain.facts import CaseFact, PostFact
from safetyclient.domain.ids import PersonId, PersonRef, SubjectKind, SubjectRef
from safetyclient.domain.lists import ListKind
from safetyclient.domain.media import Audience, MediaWarning
from safetyclient.domain.reports import CaseState, Outcome, Report
from safetyclient.domain.spaces import Moment, SpacePart, SpaceRole, SpaceState
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
)
from tests.contract.world import World, change, png

ME, OTHER, THIRD = "alice", "bob", "carol"
Proof = Callable[[World], Awaitable[None]]


def by_handle(handle: str) -> PersonRef:
    return PersonRef(id=PersonId(""), handle=handle)


async def ref(w: World, handle: str) -> PersonRef:
    return (await w.net(ME).person(handle)).ref


async def requesters(w: World) -> set[str]:
    return {row.person.handle for row in (await w.net(ME).requests("")).rows}


async def followers(w: World) -> set[str]:
    found: set[str] = set()
    cursor = ""
    while True:
        page = await w.net(ME).followers(cursor)
        found |= {row.person.handle for row in page.rows}
        cursor = page.next
        if not cursor:
            return found


async def protect(w: World) -> None:
    for protected in (True, False, True):
        said = await w.net(ME).consequences(protected)
        assert said.known
        assert said.protected is protected
        await w.do(ME, ChangeKind.PROTECT, SetProtection(protected))
        assert (await w.net(ME).protection()).protected is protected
        assert (await w.net(OTHER).person(ME)).protected is protected


async def ask_to_follow(w: World, handle: str) -> None:
    await w.do(ME, ChangeKind.PROTECT, SetProtection(True))
    await w.raw(handle, "DELETE", "/v1/me/following/{who}", who=f"@{ME}")
    await w.raw(handle, "PUT", "/v1/me/following/{who}", who=f"@{ME}")
    assert handle in await requesters(w)


async def follow_requests(w: World) -> None:
    for handle, accept in ((OTHER, True), (THIRD, False)):
        await ask_to_follow(w, handle)
        wish = AnswerRequest(await ref(w, handle), accept)
        await w.do(ME, ChangeKind.FOLLOW_REQUEST, wish)
        assert handle not in await requesters(w)
        assert (handle in await followers(w)) is accept


async def remove_follower(w: World) -> None:
    await ask_to_follow(w, OTHER)
    wish = AnswerRequest(by_handle(OTHER), True)
    await w.do(ME, ChangeKind.FOLLOW_REQUEST, wish)
    assert OTHER in await followers(w)
    await w.do(ME, ChangeKind.REMOVE_FOLLOWER, RemoveFollower(await ref(w, OTHER)))
    assert OTHER not in await followers(w)


async def mute(w: World) -> None:
    await w.do(ME, ChangeKind.MUTE, SetMute(by_handle(OTHER), True))
    row = (await w.entries(ME, ListKind.MUTES))[OTHER]
    assert row.until is None
    await w.do(ME, ChangeKind.MUTE, SetMute(row.person.ref, False))
    assert OTHER not in await w.entries(ME, ListKind.MUTES)


async def mute_with_end(w: World) -> None:
    end = (SystemClock().now() + timedelta(days=7)).replace(microsecond=0)
    wish = SetMute(by_handle(THIRD), True, until=end)
    await w.do(ME, ChangeKind.MUTE, wish)
    assert (await w.entries(ME, ListKind.MUTES))[THIRD].until == end


async def block(w: World) -> None:
    await w.do(ME, ChangeKind.BLOCK, SetBlock(by_handle(OTHER), True))
    row = (await w.entries(ME, ListKind.BLOCKS))[OTHER]
    assert row.until is None
    await w.do(ME, ChangeKind.BLOCK, SetBlock(row.person.ref, False))
    assert OTHER not in await w.entries(ME, ListKind.BLOCKS)


async def block_with_end(w: World) -> None:
    end = (SystemClock().now() + timedelta(hours=6)).replace(microsecond=0)
    await w.do(ME, ChangeKind.BLOCK, SetBlock(by_handle(THIRD), True, until=end))
    assert (await w.entries(ME, ListKind.BLOCKS))[THIRD].until == end
    await w.do(ME, ChangeKind.BLOCK, SetBlock(by_handle(THIRD), False))


async def bulk_lists(w: World) -> None:
    net = w.net(THIRD)
    mark = await net.entries_mark(ListKind.BLOCKS)
    known = {row.handle for row in await strangers(w)}
    wishes = [SetBlock(by_handle(name), True) for name in sorted(known)]
    assert len(wishes) > 200
    assert net.bulk(ChangeKind.BLOCK) == 500
    await w.do(THIRD, ChangeKind.BLOCK, *wishes)
    assert known <= set(await w.entries(THIRD, ListKind.BLOCKS))
    delta = await net.entries_since(ListKind.BLOCKS, mark)
    assert delta.complete
    assert {row.person.handle for row in delta.changed} == known
    off = [SetBlock(row.person.ref, False) for row in delta.changed]
    odd = change(ChangeKind.BLOCK, SetBlock(by_handle("nobody_at_all"), True))
    changes = [odd, *[change(ChangeKind.BLOCK, wish) for wish in off]]
    done = await net.deliver(changes, w.uploads)
    failed = [d for d in done if d.error is not None]
    assert [type(d.error) for d in failed] == [Gone]
    delta = await net.entries_since(ListKind.BLOCKS, delta.mark)
    assert len(delta.removed) == len(known)
    assert not known & set(await w.entries(THIRD, ListKind.BLOCKS))


async def strangers(w: World) -> list[PersonRef]:
    found = {
        row.person.handle: row.person.ref
        for row in (await w.net(ME).followers("")).rows
    }
    found |= {
        handle: row.person.ref
        for handle, row in (await w.entries(ME, ListKind.MUTES)).items()
    }
    found |= {
        handle: row.person.ref
        for handle, row in (await w.entries(ME, ListKind.BLOCKS)).items()
    }
    mine = set(w.people)
    return [person for handle, person in found.items() if handle not in mine][:400]


async def private_reason(w: World) -> None:
    note = "he wrote to my sister — \u05e9\u05dc\u05d5\u05dd 🌧"
    for kind, listed, wish in (
        (ChangeKind.MUTE, ListKind.MUTES, SetMute(by_handle(OTHER), True, note=note)),
        (
            ChangeKind.BLOCK,
            ListKind.BLOCKS,
            SetBlock(by_handle(OTHER), True, note=note),
        ),
    ):
        await w.do(ME, kind, wish)
        assert (await w.entries(ME, listed))[OTHER].note == note
    await w.do(ME, ChangeKind.MUTE, SetMute(by_handle(OTHER), False))
    await w.do(ME, ChangeKind.BLOCK, SetBlock(by_handle(OTHER), False))


async def post_with(
    w: World, handle: str, bodies: list[tuple[bytes, frozenset[MediaWarning]]]
) -> PostFact:
    files = tuple(
        w.uploads.add(body, warnings, f"picture {number}")
        for number, (body, warnings) in enumerate(bodies)
    )
    wish = Publish("a post", Audience.EVERYONE, files)
    done = await w.do(handle, ChangeKind.PUBLISH, wish)
    rows = (await w.net(handle).own_posts("")).rows
    post = next(row for row in rows if row.id == done[0].result)
    assert done[0].facts == (post,)
    return post


async def publish(w: World) -> None:
    await w.do(ME, ChangeKind.PROTECT, SetProtection(False))
    large, small = png(1300, 1), png(8, 2)
    assert len(large) > 4 * 1024 * 1024
    none: frozenset[MediaWarning] = frozenset()
    post = await post_with(w, ME, [(large, none), (small, none)])
    assert [media.description for media in post.media] == ["picture 0", "picture 1"]
    for media, body in zip(post.media, (large, small), strict=True):
        assert await w.raw(OTHER, "GET", "/v1/media/{id}", id=media.id) == body
    seen = await w.net(OTHER).look_up(SubjectRef(SubjectKind.POST, post.id))
    assert (seen.text, seen.author, seen.url) == ("a post", ME, post.url)
    assert w.net(ME).parse_address(post.url) == SubjectRef(SubjectKind.POST, post.id)


BOTH = frozenset({MediaWarning.NUDITY, MediaWarning.VIOLENCE})
ONE = frozenset({MediaWarning.SENSITIVE})


async def warning_per_file(w: World) -> None:
    post = await post_with(w, ME, [(png(8, 3), BOTH), (png(8, 4), ONE)])
    assert [media.warnings for media in post.media] == [BOTH, ONE]


async def change_warning(w: World) -> None:
    post = await post_with(w, ME, [(png(8, 5), ONE), (png(8, 6), ONE)])
    first = post.media[0].id
    for wanted in (BOTH, frozenset[MediaWarning]()):
        wish = SetWarnings(post.id, first, wanted)
        await w.do(ME, ChangeKind.MEDIA_WARNING, wish)
        rows = (await w.net(ME).own_posts("")).rows
        now = next(row for row in rows if row.id == post.id)
        assert [media.warnings for media in now.media] == [wanted, ONE]


def report_about(subject: SubjectRef) -> Report:
    return Report(
        subject=subject,
        reasons=("harass.targeted", "spam.bulk"),
        behalf="me",
        comment="please look",
        language="en",
    )


async def send_report(w: World, report: Report) -> CaseFact:
    done = await w.do(OTHER, ChangeKind.REPORT, SubmitReport(report, "local"))
    rows = (await w.net(OTHER).cases("")).rows
    case = next(row for row in rows if row.change == done[0].change)
    assert case.remote_id == done[0].result
    shown = await w.moderator.case(case.remote_id)
    kind = report.subject.kind.value
    assert shown["subject"] == {"kind": kind, "id": report.subject.id}
    assert shown["id"] == case.remote_id
    assert shown["comment"] == "please look"
    return case


async def report_post(w: World) -> None:
    await w.do(ME, ChangeKind.PROTECT, SetProtection(False))
    post = await post_with(w, ME, [(png(8, 7), ONE)])
    report = report_about(SubjectRef(SubjectKind.POST, post.id))
    await send_report(w, replace(report, posts=(post.id,)))


async def report_account(w: World) -> None:
    person = await w.net(OTHER).person(ME)
    await send_report(w, report_about(SubjectRef(SubjectKind.ACCOUNT, person.id)))


async def report_media(w: World) -> None:
    await w.do(ME, ChangeKind.PROTECT, SetProtection(False))
    post = await post_with(w, ME, [(png(8, 8), ONE)])
    address = f"{w.origin}/v1/media/{post.media[0].id}"
    found = SubjectRef(SubjectKind.MEDIA, post.media[0].id)
    assert w.net(OTHER).parse_address(address) == found
    assert (await w.net(OTHER).look_up(found)).url == address
    await send_report(w, report_about(found))


async def report_space(w: World) -> None:
    space = (await w.net(OTHER).spaces())[0].space
    speaker = space.participants[0].person
    report = replace(
        report_about(SubjectRef(SubjectKind.SPACE, space.id)),
        space_part=SpacePart.HOST,
        person=speaker.id,
        moments=(Moment(61, "a quote", speaker.handle),),
        url=space.url,
    )
    case = await send_report(w, report)
    shown = await w.moderator.case(case.remote_id)
    assert (shown["space_part"], shown["person"]) == ("host", speaker.id)
    assert shown["moments"] == [
        {"seconds": 61, "quote": "a quote", "who": speaker.handle}
    ]


async def report_other(w: World) -> None:
    for kind in (SubjectKind.LIST, SubjectKind.MESSAGE, SubjectKind.AD):
        await send_report(w, report_about(SubjectRef(kind, "12")))


async def spaces(w: World) -> None:
    found = [fact.space for fact in await w.net(ME).spaces()]
    assert {space.state for space in found} == {SpaceState.LIVE, SpaceState.SCHEDULED}
    for space in found:
        seen = SubjectRef(SubjectKind.SPACE, space.id)
        assert w.net(ME).parse_address(space.url) == seen
        shot = await w.net(ME).look_up(seen)
        assert shot.summary == space.title
        assert {person[1] for person in shot.people} == {
            item.person.id for item in space.participants
        }
        assert space.participants[0].role is SpaceRole.HOST


async def decided(w: World) -> CaseFact:
    person = await w.net(OTHER).person(THIRD)
    case = await send_report(
        w, report_about(SubjectRef(SubjectKind.ACCOUNT, person.id))
    )
    assert case.state is CaseState.SENT
    await w.moderator.review(case.remote_id)
    assert (await one_case(w, case)).state is CaseState.IN_REVIEW
    await w.moderator.decide(
        case.remote_id, outcome=Outcome.WARN, rule="harass", text="We looked.", days=7
    )
    return await one_case(w, case)


async def one_case(w: World, case: CaseFact) -> CaseFact:
    rows = (await w.net(OTHER).cases("")).rows
    return next(row for row in rows if row.remote_id == case.remote_id)


async def case_status(w: World) -> None:
    case = await decided(w)
    decision = case.events[-1].decision
    assert case.state is CaseState.DECIDED
    assert decision is not None
    assert (decision.outcome, decision.rule) == (Outcome.WARN, "harass")
    assert (decision.facts, decision.days) == ("We looked.", 7)
    assert decision.appeal_until is not None


async def appeal(w: World) -> None:
    case = await decided(w)
    decision = case.events[-1].decision
    assert decision is not None
    wish = SubmitAppeal("local", decision.id, "Please look again.")
    done = await w.do(OTHER, ChangeKind.APPEAL, wish)
    case = await one_case(w, case)
    assert case.state is CaseState.APPEALED
    assert done[0].facts == (case,)
    again = [change(ChangeKind.APPEAL, wish)]
    second = await w.net(OTHER).deliver(again, w.uploads)
    assert type(second[0].error) is Conflict
    waiting = {row["id"]: row for row in await w.moderator.appeals()}
    assert waiting[done[0].result]["state"] == "pending"
    answered = await w.moderator.answer(
        done[0].result, overturned=True, text="You are right."
    )
    assert (answered["id"], answered["state"]) == (done[0].result, "overturned")
    found = (await one_case(w, case)).appeal
    assert found is not None
    assert (found.overturned, found.answer) == (True, "You are right.")


PROOFS: dict[Capability, Proof] = {
    Capability.PROTECT_ACCOUNT: protect,
    Capability.FOLLOW_REQUESTS: follow_requests,
    Capability.REMOVE_FOLLOWER: remove_follower,
    Capability.MUTE: mute,
    Capability.MUTE_WITH_END: mute_with_end,
    Capability.BLOCK: block,
    Capability.BLOCK_WITH_END: block_with_end,
    Capability.BULK_LISTS: bulk_lists,
    Capability.PRIVATE_REASON: private_reason,
    Capability.PUBLISH: publish,
    Capability.MEDIA_WARNING_PER_FILE: warning_per_file,
    Capability.CHANGE_WARNING: change_warning,
    Capability.REPORT_POST: report_post,
    Capability.REPORT_ACCOUNT: report_account,
    Capability.REPORT_MEDIA: report_media,
    Capability.REPORT_SPACE: report_space,
    Capability.REPORT_OTHER: report_other,
    Capability.SPACES: spaces,
    Capability.CASE_STATUS: case_status,
    Capability.APPEAL: appeal,
}
