"""Lists, accounts and history where the plain stories do not go."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from safetyclient.application.ports import Network
from safetyclient.domain.accounts import Account, Credential, NetworkKind
from safetyclient.domain.changes import ChangeStatus
from safetyclient.domain.ids import AccountId, PersonId
from safetyclient.domain.lists import ListKind
from safetyclient.domain.protection import Consequences
from tests.application.kit import change, play
from tests.fakes.clock import START, quiet
from tests.fakes.network import ALICE, FakeNetworks, Fault, account
from tests.fakes.world import World, person


def test_unmuting_takes_somebody_off_the_list() -> None:
    async def scene(world: World) -> None:
        lists = world.core.lists
        await lists.mute(ALICE, people=[person(10), person(11)])
        await quiet()
        await lists.unmute(ALICE, people=[person(10)])
        assert await world.names(ListKind.MUTES) == {"person11"}
        await quiet()
        assert world.on_server(ListKind.MUTES) == {"person11"}
        (row, *_) = (await world.core.history.window(ALICE)).rows
        assert row.batch.title == "unmute"

    play(scene)


def test_rows_are_counted_and_anchored_as_they_are_seen() -> None:
    async def scene(world: World) -> None:
        lists, kind = world.core.lists, ListKind.BLOCKS
        world.server.down = True
        await lists.block(ALICE, people=[person(n) for n in range(10, 35)])
        assert await lists.count(ALICE, kind=kind) == 25
        assert await lists.count(ALICE, kind=ListKind.MUTES) == 0
        assert await lists.count(ALICE, kind=kind, search=" person1 ") == 10
        window = await lists.window(ALICE, kind=kind)
        anchors = await lists.anchors(ALICE, kind=kind, step=10)
        assert len(anchors) == 2
        for number, anchor in enumerate(anchors, start=1):
            part = await lists.window(ALICE, kind=kind, after=anchor)
            assert part.rows == window.rows[number * 10 :]
        found = await lists.anchors(ALICE, kind=kind, search="person1", step=5)
        part = await lists.window(ALICE, kind=kind, search="person1", after=found[0])
        assert len(part.rows) == 5

    play(scene)


def test_a_time_that_the_server_gives_for_its_numbers_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scene(world: World) -> None:
        then = START.replace(hour=1)

        async def consequences(protected: bool) -> Consequences:
            return Consequences(protected, known=True, followers=3, as_of=then)

        monkeypatch.setattr(world.network, "consequences", consequences)
        preview = world.core.protection.preview
        assert (await preview(ALICE, protected=True)).as_of == then
        monkeypatch.undo()
        world.server.down = True
        kept = await preview(ALICE, protected=True)
        assert (kept.as_of, kept.followers) == (then, 3)

    play(scene)


class Doors(FakeNetworks):
    """Signs in whoever is named: a fresh local id, the server's id by handle."""

    def __init__(self, network: Network) -> None:
        super().__init__(network)
        self.signed_in = 0

    async def sign_in(
        self, network: NetworkKind, server: str, handle: str, password: str
    ) -> tuple[Account, Credential]:
        self.signed_in += 1
        found = replace(
            account(),
            id=AccountId(f"fresh-{self.signed_in}"),
            remote_id=PersonId("1" if handle == "alice" else "2"),
            handle=handle,
        )
        return found, Credential("https://fake", f"token-{self.signed_in}")


def test_a_second_account_stands_beside_the_first_and_a_known_one_is_renewed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scene(world: World) -> None:
        doors = Doors(world.network)
        monkeypatch.setattr(world.core.pool, "_networks", doors)

        async def add(handle: str) -> Account:
            return await world.core.accounts.add(
                NetworkKind.REFERENCE, server="https://fake", handle=handle, password=""
            )

        world.server.down = True
        receipt = await world.core.lists.block(ALICE, people=[person(10)])
        other = await add("other")
        again = await add("alice")
        assert (other.id, again.id) == ("fresh-1", ALICE)
        assert [a.id for a in await world.core.accounts.list()] == [ALICE, "fresh-1"]
        assert world.store.accounts.credential(ALICE).token == "token-2"
        assert world.store.accounts.credential(other.id).token == "token-1"
        world.server.down = False
        await world.drain()
        assert change(world, receipt.changes[0]).status is ChangeStatus.ACCEPTED

    play(scene)


def test_redo_leaves_alone_what_was_wished_anew_since() -> None:
    async def scene(world: World) -> None:
        world.server.down = True
        lists, history = world.core.lists, world.core.history
        first = await lists.block(ALICE, people=[person(10), person(11)])
        undone = await history.undo(first.batch)
        assert undone.withdrawn == 2
        await lists.block(ALICE, people=[person(10)], note="the newer wish")
        redone = await history.undo(undone.receipt.batch)
        assert (redone.inverted, redone.overtaken, redone.impossible) == (1, 1, 0)
        seen = await world.seen(ListKind.BLOCKS)
        assert seen["person10"].note == "the newer wish"
        assert set(seen) == {"person10", "person11"}

    play(scene)


def test_what_the_server_refused_needs_no_taking_back() -> None:
    async def scene(world: World) -> None:
        world.network.faults.append(Fault.INVALID)
        receipt = await world.core.lists.block(ALICE, people=[person(10)])
        await quiet()
        assert change(world, receipt.changes[0]).status is ChangeStatus.REJECTED
        result = await world.core.history.undo(receipt.batch)
        numbers = (result.withdrawn, result.inverted, result.overtaken)
        assert (*numbers, result.impossible) == (0, 0, 0, 0)
        assert len((await world.core.history.window(ALICE)).rows) == 1

    play(scene)


def test_undo_of_a_block_lifts_it_when_the_timed_one_before_it_has_ended() -> None:
    async def scene(world: World) -> None:
        lists, people = world.core.lists, [person(10)]
        soon = world.clock.now() + timedelta(hours=1)
        await lists.block(ALICE, people=people, until=soon)
        await quiet()
        made = await lists.block(ALICE, people=people)
        await quiet()
        await world.clock.advance(7200)
        undone = await world.core.history.undo(made.batch)
        assert (undone.inverted, undone.impossible) == (1, 0)
        assert await world.names(ListKind.BLOCKS) == set()
        await world.drain()
        assert world.on_server(ListKind.BLOCKS) == set()

    play(scene)
