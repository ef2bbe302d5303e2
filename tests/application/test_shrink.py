"""B1: a list that shrinks too much on the server is held and asked about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from safetyclient.application.touched import Touched
from safetyclient.domain.changes import ChangeStatus
from safetyclient.domain.facts import EntryFact
from safetyclient.domain.lists import ListKind
from tests.application.kit import change, play
from tests.fakes.clock import quiet
from tests.fakes.network import ALICE, Fault
from tests.fakes.world import World, person

BLOCKS = ListKind.BLOCKS


async def filled(world: World, number: int) -> None:
    """Let the server and the mirror have some blocks."""
    for n in range(10, 10 + number):
        found = world.server.person(person(n))
        world.server.put(BLOCKS, EntryFact(BLOCKS, found, world.clock.now()))
    await world.core.sync.refresh(ALICE)


@pytest.mark.parametrize("marks", [True, False])
def test_b1_an_emptied_list_is_held_and_taken_over_on_request(marks: bool) -> None:
    async def scene(world: World) -> None:
        world.server.marks = marks
        await filled(world, 30)
        for n in range(10, 40):
            world.server.take(BLOCKS, str(n))
        await world.heard()
        await world.core.sync.refresh(ALICE)
        assert Touched.HELD in await world.heard()
        assert len(await world.names(BLOCKS)) == 30
        (held,) = await world.core.lists.held(ALICE)
        assert (held.kind, held.before, held.after) == (BLOCKS, 30, 0)
        await world.core.sync.refresh(ALICE)
        assert len(await world.names(BLOCKS)) == 30
        await world.core.lists.answer_held(ALICE, kind=BLOCKS, accept=True)
        assert await world.names(BLOCKS) == set()
        assert await world.core.lists.held(ALICE) == ()
        assert world.server.ledger == []

    play(scene)


def test_b1_missing_people_are_put_back_on_request() -> None:
    async def scene(world: World) -> None:
        await filled(world, 30)
        for n in range(10, 22):
            world.server.take(BLOCKS, str(n))
        await world.core.sync.refresh(ALICE)
        await world.core.lists.answer_held(ALICE, kind=BLOCKS, accept=False)
        assert len(await world.names(BLOCKS)) == 30
        await world.drain()
        assert len(world.on_server(BLOCKS)) == 30
        (row, *_) = (await world.core.history.window(ALICE)).rows
        assert (row.batch.title, row.total) == ("put_back", 12)

    play(scene)


@pytest.mark.parametrize(
    ("had", "gone", "held"),
    [(30, 6, False), (30, 7, True), (5, 1, False), (4, 1, True)],
)
def test_b1_the_line_is_a_fifth(had: int, gone: int, held: bool) -> None:
    async def scene(world: World) -> None:
        await filled(world, had)
        for n in range(10, 10 + gone):
            world.server.take(BLOCKS, str(n))
        await world.core.sync.refresh(ALICE)
        assert bool(await world.core.lists.held(ALICE)) is held
        assert len(await world.names(BLOCKS)) == (had if held else had - gone)

    play(scene)


def test_b1_ten_of_many_are_taken_over_and_eleven_are_held() -> None:
    async def scene(world: World) -> None:
        for n in range(100, 300):
            world.server.handles[str(n)] = f"person{n}"
        await filled(world, 20)
        for n in range(100, 300):
            found = world.server.person(person(n))
            world.server.put(BLOCKS, EntryFact(BLOCKS, found, world.clock.now()))
        await world.core.sync.refresh(ALICE)
        for n in range(100, 110):
            world.server.take(BLOCKS, str(n))
        await world.core.sync.refresh(ALICE)
        assert await world.core.lists.held(ALICE) == ()
        for n in range(110, 121):
            world.server.take(BLOCKS, str(n))
        await world.core.sync.refresh(ALICE)
        (held,) = await world.core.lists.held(ALICE)
        assert (held.before, held.after) == (210, 199)

    play(scene)


def test_b1_own_removals_in_doubt_are_not_asked_about() -> None:
    async def scene(world: World) -> None:
        await filled(world, 30)
        world.network.faults.append(Fault.NO_REPLY)
        receipt = await world.core.lists.unblock(
            ALICE, people=[person(n) for n in range(10, 15)]
        )
        await quiet()
        assert change(world, receipt.changes[0]).status is ChangeStatus.RESEND
        await world.core.sync.refresh(ALICE)
        assert await world.core.lists.held(ALICE) == ()

    play(scene)


def test_b1_ended_entries_are_not_asked_about() -> None:
    async def scene(world: World) -> None:
        end = world.clock.now().replace(minute=1)
        for n in range(10, 40):
            found = world.server.person(person(n))
            fact = EntryFact(BLOCKS, found, world.clock.now(), until=end)
            world.server.put(BLOCKS, fact)
        await world.core.sync.refresh(ALICE)
        assert len(await world.names(BLOCKS)) == 30
        world.server.down = True
        await world.clock.advance(120)
        assert await world.names(BLOCKS) == set()
        world.server.down = False
        for n in range(10, 40):
            world.server.take(BLOCKS, str(n))
        await world.core.sync.refresh(ALICE)
        assert await world.core.lists.held(ALICE) == ()

    play(scene)


def test_a_mark_that_is_too_old_means_a_whole_read() -> None:
    async def scene(world: World) -> None:
        await filled(world, 3)
        original = world.network.entries_since
        asked: list[str] = []

        async def stale(kind: ListKind, mark: str) -> object:
            asked.append(mark)
            delta = await original(kind, mark)
            return replace(delta, complete=len(asked) != 1)

        world.network.entries_since = stale  # type: ignore[method-assign, assignment]  # a server that forgot
        found = world.server.person(person(30))
        world.server.put(BLOCKS, EntryFact(BLOCKS, found, world.clock.now()))
        await world.core.sync.refresh(ALICE)
        assert len(await world.names(BLOCKS)) == 4
        assert len(asked) >= 2

    play(scene)
