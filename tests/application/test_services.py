"""Accounts, protection, people, media and Spaces over the store."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from safetyclient.application.core_thread import CoreThread
from safetyclient.application.notify import Notifier
from safetyclient.application.touched import Touched
from safetyclient.domain.accounts import NetworkKind
from safetyclient.domain.capabilities import Capability, Support
from safetyclient.domain.errors import BadInput
from safetyclient.domain.facts import (
    FollowerFact,
    MediaFact,
    PostFact,
    RequestFact,
    SpaceFact,
)
from safetyclient.domain.ids import MediaId, PostId, SpaceId
from safetyclient.domain.media import Audience, MediaType, MediaWarning, PublishFile
from safetyclient.domain.rows import RowState
from safetyclient.domain.spaces import Space, SpaceState
from tests.application.kit import play
from tests.fakes.clock import START, quiet
from tests.fakes.network import ALICE, Fault
from tests.fakes.world import World, person

NUDITY = frozenset({MediaWarning.NUDITY})


def test_unknown_is_never_drawn_as_public() -> None:
    async def scene(world: World) -> None:
        world.server.down = True
        await world.crash()
        world.store.database.run("DELETE FROM mirror_protection")
        shown = await world.core.protection.show(ALICE)
        assert shown.state is RowState.UNSURE

    play(scene)


def test_consequences_come_from_the_server_or_from_what_was_kept() -> None:
    async def scene(world: World) -> None:
        world.server.followers["10"] = FollowerFact(
            world.server.person(person(10)), START
        )
        preview = world.core.protection.preview
        world.server.down = True
        assert not (await preview(ALICE, protected=True)).known
        world.server.down = False
        fresh = await preview(ALICE, protected=True)
        assert (fresh.known, fresh.followers, fresh.as_of) == (True, 1, START)
        world.server.down = True
        assert await preview(ALICE, protected=True) == fresh

    play(scene)


def test_a_refused_switch_falls_back_and_says_why() -> None:
    async def scene(world: World) -> None:
        world.network.faults.append(Fault.INVALID)
        receipt = await world.core.protection.set(ALICE, protected=True)
        await quiet()
        shown = await world.core.protection.show(ALICE)
        assert (shown.protected, shown.state) == (False, RowState.REFUSED)
        assert (shown.problem, shown.change) == ("invalid", receipt.changes[0])

    play(scene)


def test_requests_become_followers_and_followers_can_be_removed() -> None:
    async def scene(world: World) -> None:
        for n in (10, 11, 12):
            found = world.server.person(person(n))
            world.server.requests[str(n)] = RequestFact(found, START)
        await world.core.sync.refresh()
        world.server.down = True
        service = world.core.protection
        await service.answer(ALICE, people=[person(10), person(11)], accept=True)
        await service.answer(ALICE, people=[person(12)], accept=False)
        assert (await service.requests(ALICE)).rows == ()
        rows = (await service.followers(ALICE)).rows
        assert [(f.person.handle, f.state) for f in rows] == [
            ("person10", RowState.WAITING),
            ("person11", RowState.WAITING),
        ]
        world.server.down = False
        await world.clock.advance(400)
        assert sorted(world.server.followers) == ["10", "11"]
        page = await service.followers(ALICE, limit=1)
        rest = await service.followers(ALICE, after=page.next)
        assert [f.person.handle for f in rest.rows] == ["person11"]
        assert rest.rows[0].state is RowState.ON_SERVER
        searched = await service.followers(ALICE, search="on11")
        assert len(searched.rows) == 1
        await service.remove_followers(ALICE, people=[person(10)])
        await quiet()
        assert sorted(world.server.followers) == ["11"]
        assert len((await service.followers(ALICE)).rows) == 1

    play(scene)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@Person10", "account:@person10"),
        ("person10", "account:@person10"),
        (" 10 ", "account:10"),
        ("https://fake/@person10", "account:@person10"),
    ],
)
def test_people_are_named_in_four_ways(text: str, expected: str) -> None:
    async def scene(world: World) -> None:
        assert (await world.core.lists.resolve(ALICE, who=text)).key == expected

    play(scene)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("@alice", "self"),
        ("1", "self"),
        ("no such/handle", "handle"),
        ("två", "handle"),
        ("", "handle"),
    ],
)
def test_who_cannot_be_anybody_is_said(text: str, reason: str) -> None:
    async def scene(world: World) -> None:
        with pytest.raises(BadInput) as caught:
            await world.core.lists.resolve(ALICE, who=text)
        assert (caught.value.field, caught.value.reason) == ("who", reason)

    play(scene)


def test_nobody_is_bad_input() -> None:
    async def scene(world: World) -> None:
        with pytest.raises(BadInput):
            await world.core.lists.block(ALICE, people=[])

    play(scene)


def test_signing_out_asks_about_what_waits_and_forgets_the_rest() -> None:
    async def scene(world: World) -> None:
        accounts = world.core.accounts
        assert (await accounts.capabilities(ALICE)).offer(
            Capability.BLOCK
        ).support is Support.NATIVE
        world.server.down = True
        await world.core.lists.block(ALICE, people=[person(10)])
        assert await accounts.waiting(ALICE) == 1
        with pytest.raises(BadInput) as caught:
            await accounts.sign_out(ALICE)
        assert caught.value.reason == "still_waiting"
        await accounts.sign_out(ALICE, discard=True)
        assert await accounts.list() == ()
        for table in ("change", "batch", "mirror_entry", "mirror_topic"):
            assert world.store.database.value(f"SELECT count(*) FROM {table}") == 0
        world.server.down = False
        again = await accounts.add(
            NetworkKind.REFERENCE, server="https://fake", handle="alice", password="x"
        )
        await quiet()
        assert world.server.ledger == []
        assert (await world.core.protection.show(again.id)).state is RowState.ON_SERVER

    play(scene)


def test_posts_are_read_in_windows_with_wished_warnings() -> None:
    async def scene(world: World) -> None:
        for n in range(5):
            media = MediaFact(MediaId(f"m{n}"), MediaType.PNG, "", frozenset())
            post = PostId(f"p{n}")
            at = START.replace(minute=n)
            world.server.posts[post] = PostFact(
                post, "", f"text {n}", Audience.EVERYONE, at, (media,)
            )
        await world.core.sync.refresh()
        world.server.down = True
        service = world.core.media
        page = await service.posts(ALICE, limit=2)
        assert [post.id for post in page.rows] == ["p4", "p3"]
        rest = await service.posts(ALICE, after=page.next)
        assert [post.id for post in rest.rows] == ["p2", "p1", "p0"]
        receipt = await service.set_warnings(
            ALICE, post=PostId("p4"), media=MediaId("m4"), warnings=NUDITY
        )
        file = (await service.posts(ALICE)).rows[0].media[0]
        assert (file.warnings, file.state) == (NUDITY, RowState.WAITING)
        await world.core.history.undo(receipt.batch)
        assert (await service.posts(ALICE)).rows[0].media[0].warnings == frozenset()

    play(scene)


def test_what_cannot_be_published_is_said(tmp_path: Path) -> None:
    picture = tmp_path / "p"
    picture.write_bytes(b"x")

    async def scene(world: World) -> None:
        service = world.core.media
        staged = await service.stage(path=picture)
        file = PublishFile(staged.spool, "p", staged.type, 1, staged.sha256)
        for text, files, field in (("  ", [], "text"), ("x", [file] * 9, "media")):
            with pytest.raises(BadInput) as caught:
                await service.publish(
                    ALICE, text=text, files=files, audience=Audience.EVERYONE
                )
            assert caught.value.field == field
        await service.discard(spool=staged.spool)
        assert not world.spool.kept

    play(scene)


def test_an_ended_space_is_kept_but_not_listed() -> None:
    async def scene(world: World) -> None:
        def space(id_: str, state: SpaceState) -> SpaceFact:
            return SpaceFact(
                Space(SpaceId(id_), "", id_, "", state, START, participants=())
            )

        mirrors = world.store.mirrors
        mirrors.begin(ALICE, "spaces")
        mirrors.apply(
            ALICE, [space("b", SpaceState.SCHEDULED), space("a", SpaceState.LIVE)]
        )
        mirrors.finish(ALICE, "spaces")
        current = await world.core.spaces.current(ALICE)
        assert [s.id for s in current] == ["a", "b"]
        await world.core.sync.refresh()
        assert await world.core.spaces.current(ALICE) == ()
        ended = await world.core.spaces.show(ALICE, space=SpaceId("a"))
        assert ended is not None
        assert ended.state is SpaceState.ENDED
        assert await world.core.spaces.show(ALICE, space=SpaceId("c")) is None

    play(scene)


def test_announcements_are_coalesced() -> None:
    async def run() -> None:
        heard: list[Touched] = []
        notifier = Notifier()
        end = notifier.listen(heard.append)
        for _ in range(10_000):
            notifier.announce(Touched.BLOCKS)
            notifier.announce(Touched.OUTBOX)
        await asyncio.sleep(0.25)
        assert heard == [Touched.BLOCKS, Touched.BLOCKS | Touched.OUTBOX]
        end()
        notifier.announce(Touched.CASES)
        assert len(heard) == 2

    asyncio.run(run())
    heard: list[Touched] = []
    notifier = Notifier()
    notifier.listen(heard.append)
    notifier.announce(Touched.CASES)
    notifier.announce(Touched.NOTHING)
    assert heard == [Touched.CASES]


def test_the_core_thread_runs_cancels_and_ends() -> None:
    core = CoreThread()
    core.start()

    async def answer() -> int:
        return 42

    async def for_ever() -> None:
        await asyncio.Event().wait()

    assert core.run(answer()).result(5) == 42
    waiting = core.run(for_ever())
    assert core.stop()
    assert waiting.cancelled()
    assert core.stop()
    assert core.loop.is_closed()
    with pytest.raises(RuntimeError):
        core.run(answer())
