"""Refresh, topic by topic: what is offered is read, what is refused stops nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from safetyclient.application.ports import ListDelta
from safetyclient.application.refresh import Refresher
from safetyclient.application.touched import Touched
from safetyclient.domain.accounts import Credential
from safetyclient.domain.capabilities import Capabilities, Capability, Offer, Support
from safetyclient.domain.changes import ChangeKind, ChangeStatus, Delivery, delivery_of
from safetyclient.domain.errors import (
    Conflict,
    Gone,
    NotAllowed,
    SafetyError,
    ServerTrouble,
    Unsupported,
)
from safetyclient.domain.facts import EntryFact
from safetyclient.domain.ids import AccountId
from safetyclient.domain.lists import ListKind
from tests.application.kit import change, play
from tests.fakes.clock import START, quiet
from tests.fakes.network import ALICE, account
from tests.fakes.world import World, person

BLOCKS = ListKind.BLOCKS
UNSUPPORTED = Unsupported(capability="mute")
READS = (
    "protection",
    "requests",
    "followers",
    "entries",
    "entries_since",
    "own_posts",
    "spaces",
    "cases",
)


def watch(world: World, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that every read writes its name to."""
    asked: list[str] = []

    def wrapped(
        name: str, call: Callable[..., Awaitable[object]]
    ) -> Callable[..., Awaitable[object]]:
        async def ask(*args: object) -> object:
            kind = [arg.value for arg in args if isinstance(arg, ListKind)]
            asked.append(":".join([name, *kind]))
            return await call(*args)

        return ask

    for name in READS:
        method = getattr(world.network, name)
        monkeypatch.setattr(world.network, name, wrapped(name, method))
    return asked


def block(world: World, *numbers: int) -> None:
    """Put blocks on the server, as another device would."""
    for number in numbers:
        world.server.handles[str(number)] = f"person{number}"
        found = world.server.person(person(number))
        world.server.put(BLOCKS, EntryFact(BLOCKS, found, START))


def test_what_a_network_does_not_offer_is_never_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scene(world: World) -> None:
        offers = {each: Offer(Support.NATIVE) for each in Capability}
        offers[Capability.MUTE] = Offer(Support.NONE)
        offers[Capability.SPACES] = Offer(Support.HANDOFF)
        monkeypatch.setattr(world.network, "capabilities", lambda: Capabilities(offers))
        asked = watch(world, monkeypatch)
        await world.core.sync.refresh(ALICE)
        assert not [name for name in asked if name.endswith((":mutes", "spaces"))]
        assert "entries_since:blocks" in asked
        assert {"protection", "requests", "followers", "own_posts"} <= set(asked)

    play(scene)


@pytest.mark.parametrize("error", [NotAllowed(), UNSUPPORTED, Gone()])
def test_a_topic_that_is_refused_stops_no_other(
    monkeypatch: pytest.MonkeyPatch, error: SafetyError
) -> None:
    async def scene(world: World) -> None:
        async def refuse(cursor: str) -> object:
            raise error

        monkeypatch.setattr(world.network, "requests", refuse)
        block(world, 10)
        await world.heard()
        await world.core.sync.refresh(ALICE)
        touched = await world.heard()
        assert Touched.BLOCKS in touched
        assert Touched.REQUESTS not in touched
        assert await world.names(BLOCKS) == {"person10"}

    play(scene)


def test_trouble_ends_the_read_and_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene(world: World) -> None:
        async def broken(cursor: str) -> object:
            raise ServerTrouble

        asked = watch(world, monkeypatch)
        monkeypatch.setattr(world.network, "requests", broken)
        with pytest.raises(ServerTrouble):
            await world.core.sync.refresh(ALICE)
        assert asked == ["protection"]

    play(scene)


@pytest.mark.parametrize(
    ("kind", "read"),
    [
        (ChangeKind.PROTECT, "protection"),
        (ChangeKind.MUTE, "entries_since:mutes"),
        (ChangeKind.BLOCK, "entries_since:blocks"),
        (ChangeKind.FOLLOW_REQUEST, "requests"),
        (ChangeKind.REMOVE_FOLLOWER, "followers"),
        (ChangeKind.MEDIA_WARNING, "own_posts"),
    ],
)
def test_a_conflict_reads_the_one_mirror_that_the_change_began_from(
    monkeypatch: pytest.MonkeyPatch, kind: ChangeKind, read: str
) -> None:
    async def scene(world: World) -> None:
        asked = watch(world, monkeypatch)
        refresher = Refresher(
            account=ALICE,
            store=world.store,
            network=world.network,
            clock=world.clock,
            settled=lambda call: call(),
            announce=lambda touched: None,
        )
        await refresher.after_conflict(kind)
        assert asked == [read]

    play(scene)


def test_every_kind_that_may_be_tried_again_has_its_mirror() -> None:
    tried = {kind for kind in ChangeKind if delivery_of(kind) is not Delivery.ONCE}
    assert tried == set(ChangeKind) - {
        ChangeKind.PUBLISH,
        ChangeKind.REPORT,
        ChangeKind.APPEAL,
    }


def test_a_conflict_whose_mirror_cannot_be_read_is_tried_again_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scene(world: World) -> None:
        deliver, left = world.network.deliver, [1]

        async def conflict(*args: object) -> object:
            if left[0]:
                left[0] -= 1
                raise Conflict
            return await deliver(*args)  # type: ignore[arg-type]  # passed on as it came

        async def broken() -> object:
            raise ServerTrouble

        monkeypatch.setattr(world.network, "deliver", conflict)
        with monkeypatch.context() as patch:
            patch.setattr(world.network, "protection", broken)
            sent = await world.core.protection.set(ALICE, protected=True)
            await quiet()
            # The lane waits: at once nothing more is sent.
            assert left == [0]
            assert world.server.ledger == []
        await world.drain()
        assert change(world, sent.changes[0]).status is ChangeStatus.ACCEPTED
        assert len(world.server.ledger) == 1

    play(scene)


@pytest.mark.parametrize("error", [Gone(), UNSUPPORTED])
def test_a_feed_that_is_refused_means_a_whole_read_and_a_shrink_is_held(
    monkeypatch: pytest.MonkeyPatch, error: SafetyError
) -> None:
    async def scene(world: World) -> None:
        block(world, *range(100, 230))
        await world.core.sync.refresh(ALICE)
        assert len(await world.names(BLOCKS)) == 130

        async def refuse(*args: object) -> object:
            raise error

        monkeypatch.setattr(world.network, "entries_since", refuse)
        for number in range(100, 190):
            world.server.take(BLOCKS, str(number))
        await world.heard()
        await world.core.sync.refresh(ALICE)
        assert Touched.HELD in await world.heard()
        (held,) = await world.core.lists.held(ALICE)
        assert (held.before, held.after) == (130, 40)
        # A server without any feed is read whole too, page by page.
        monkeypatch.setattr(world.network, "entries_mark", refuse)
        await world.core.lists.answer_held(ALICE, kind=BLOCKS, accept=True)
        block(world, *range(300, 380))
        await world.core.sync.refresh(ALICE)
        assert await world.names(BLOCKS) == world.on_server(BLOCKS)
        assert len(world.on_server(BLOCKS)) == 120

    play(scene)


def test_a_mark_that_the_server_gives_before_a_whole_read_is_read_on_from(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scene(world: World) -> None:
        block(world, 10, 11)
        await world.core.sync.refresh(ALICE)
        entries, since = world.network.entries, world.network.entries_since
        asked = [0]

        async def forgot(kind: ListKind, mark: str) -> ListDelta:
            asked[0] += 1
            delta = await since(kind, mark)
            return delta if asked[0] > 1 else replace(delta, complete=False)

        async def moving(kind: ListKind, cursor: str) -> object:
            page = await entries(kind, cursor)
            if kind is BLOCKS:
                # Another device blocks somebody while the pages are read.
                block(world, 12)
            return page

        monkeypatch.setattr(world.network, "entries_since", forgot)
        monkeypatch.setattr(world.network, "entries", moving)
        await world.core.sync.refresh(ALICE)
        assert await world.names(BLOCKS) == {"person10", "person11", "person12"}

    play(scene)


def test_one_account_is_read_and_the_trouble_of_another_is_said_at_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scene(world: World) -> None:
        other = replace(account(), id=AccountId("bob-here"), handle="bob")
        world.store.accounts.put(other, Credential("https://fake", "token"))
        calls = [0]
        protection = world.network.protection

        async def first_fails() -> object:
            calls[0] += 1
            if calls[0] == 1:
                raise ServerTrouble
            return await protection()

        monkeypatch.setattr(world.network, "protection", first_fails)
        await world.core.sync.start()
        with pytest.raises(ServerTrouble):
            await world.core.sync.refresh()
        assert calls[0] >= 2
        before = calls[0]
        await world.core.sync.refresh(ALICE)
        assert calls[0] == before + 1

    play(scene)


def test_a_read_that_is_called_off_writes_nothing_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scene(world: World) -> None:
        asked, go_on = asyncio.Event(), asyncio.Event()
        since = world.network.entries_since

        async def slow(kind: ListKind, mark: str) -> ListDelta:
            asked.set()
            await go_on.wait()
            return await since(kind, mark)

        monkeypatch.setattr(world.network, "entries_since", slow)
        block(world, 10)
        reading = asyncio.create_task(world.core.sync.refresh(ALICE))
        await asked.wait()
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        go_on.set()
        await quiet()
        assert await world.names(BLOCKS) == set()
        await world.core.sync.refresh(ALICE)
        assert await world.names(BLOCKS) == {"person10"}

    play(scene)
