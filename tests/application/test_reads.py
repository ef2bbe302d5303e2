"""Reads: pages that were read before a write never win over it, and reads end."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from safetyclient.application import accounts
from safetyclient.application.ports import Delivered, ListDelta, Page, Uploads
from safetyclient.domain.accounts import Credential
from safetyclient.domain.changes import Change, ChangeStatus
from safetyclient.domain.errors import BadAnswer, SafetyError
from safetyclient.domain.facts import EntryFact, FollowerFact
from safetyclient.domain.ids import AccountId
from safetyclient.domain.lists import ListKind
from tests.application.kit import change, play, report
from tests.fakes.clock import START, quiet
from tests.fakes.network import ALICE, account
from tests.fakes.world import World, person


def _follow(world: World, *numbers: int) -> None:
    for number in numbers:
        who = world.server.person(person(number))
        world.server.followers[who.id] = FollowerFact(who, START)


def test_a_follower_removed_during_a_read_does_not_come_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scene(world: World) -> None:
        _follow(world, 10, 11)
        await world.core.sync.refresh(ALICE)
        asked, go_on = asyncio.Event(), asyncio.Event()

        async def followers(cursor: str) -> Page[FollowerFact]:
            rows = tuple(world.server.followers.values())
            if not cursor:
                return Page(rows[:1], "second")
            asked.set()
            await go_on.wait()
            return Page(tuple(world.server.followers.values())[-1:])

        monkeypatch.setattr(world.network, "followers", followers)
        reading = asyncio.create_task(world.core.sync.refresh(ALICE))
        await asked.wait()
        await world.core.protection.remove_followers(ALICE, people=[person(10)])
        await quiet()
        go_on.set()
        await reading
        window = await world.core.protection.followers(ALICE)
        assert [row.person.id for row in window.rows] == ["11"]

    play(scene)


def test_a_list_whose_pages_go_in_a_circle_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scene(world: World) -> None:
        calls = [0]

        async def followers(cursor: str) -> Page[FollowerFact]:
            calls[0] += 1
            assert calls[0] < 50, "asked for ever"
            return Page((), "again")

        monkeypatch.setattr(world.network, "followers", followers)
        with pytest.raises(BadAnswer):
            await world.core.sync.refresh(ALICE)

    play(scene)


def test_a_change_feed_that_does_not_move_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scene(world: World) -> None:
        calls = [0]

        async def since(kind: ListKind, mark: str) -> ListDelta:
            calls[0] += 1
            assert calls[0] < 50, "asked for ever"
            return ListDelta((), (), mark, more=True)

        monkeypatch.setattr(world.network, "entries_since", since)
        with pytest.raises(BadAnswer):
            await world.core.sync.refresh(ALICE)

    play(scene)


def test_signing_out_ends_a_read_that_is_under_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scene(world: World) -> None:
        asked, go_on = asyncio.Event(), asyncio.Event()
        entries = world.network.entries

        async def slow(kind: ListKind, cursor: str) -> Page[EntryFact]:
            asked.set()
            await go_on.wait()
            return await entries(kind, cursor)

        world.server.marks = False
        monkeypatch.setattr(world.network, "entries", slow)
        who = world.server.person(person(12))
        world.server.put(ListKind.BLOCKS, EntryFact(ListKind.BLOCKS, who, START))
        world.store.database.run("UPDATE mirror_topic SET mark=''")
        reading = asyncio.create_task(world.core.sync.refresh(ALICE))
        await asked.wait()
        await world.core.accounts.sign_out(ALICE)
        go_on.set()
        with pytest.raises(SafetyError):
            await reading
        await quiet()
        assert world.store.database.value("SELECT count(*) FROM mirror_entry") == 0
        assert world.store.database.value("SELECT count(*) FROM mirror_topic") == 0

    play(scene)


def test_pausing_one_account_leaves_what_another_one_sends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scene(world: World) -> None:
        other = replace(account(), id=AccountId("bob-here"), handle="bob")
        world.store.accounts.put(other, Credential("https://fake", "token"))
        world.core.sync.kick(other.id)
        deliver, go_on = world.network.deliver, asyncio.Event()

        async def slow(
            changes: Sequence[Change], uploads: Uploads
        ) -> Sequence[Delivered]:
            await go_on.wait()
            return await deliver(changes, uploads)

        monkeypatch.setattr(world.network, "deliver", slow)
        sent = report(world)
        await quiet()
        await world.core.sync.pause(other.id)
        assert change(world, sent).status is ChangeStatus.SENDING
        go_on.set()
        await quiet()
        assert change(world, sent).status is ChangeStatus.ACCEPTED

    play(scene, keyed=False)


def test_a_bug_in_a_read_does_not_end_later_reads(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene(world: World) -> None:
        followers, left = world.network.followers, [1]

        async def broken(cursor: str) -> Page[FollowerFact]:
            if left[0]:
                left[0] -= 1
                raise KeyError("followers")
            return await followers(cursor)

        monkeypatch.setattr(world.network, "followers", broken)
        await world.clock.advance(301)
        assert left == [0]
        _follow(world, 10)
        await world.clock.advance(301)
        window = await world.core.protection.followers(ALICE)
        assert [row.person.id for row in window.rows] == ["10"]

    play(scene)
    assert "KeyError" in caplog.text
    caplog.clear()


def test_signing_out_does_not_wait_for_a_silent_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scene(world: World) -> None:
        async def silent() -> None:
            await asyncio.Event().wait()

        monkeypatch.setattr(accounts, "SIGN_OUT_SECONDS", 0.05)
        monkeypatch.setattr(world.network, "sign_out", silent)
        async with asyncio.timeout(5):
            await world.core.accounts.sign_out(ALICE)
        assert await world.core.accounts.list() == ()

    play(scene)
