"""Delivery: order, offline, limits, doubts, and what waits for what."""

from __future__ import annotations

import asyncio

import pytest

from safetyclient.application.recorder import Planned
from safetyclient.application.touched import Touched
from safetyclient.domain.accounts import SignInState
from safetyclient.domain.changes import ChangeKind, ChangeStatus
from safetyclient.domain.errors import BadInput, Offline
from safetyclient.domain.ids import ChangeId, PersonId, PersonRef
from safetyclient.domain.lists import ListKind
from safetyclient.domain.rows import RowState
from safetyclient.domain.wishes import SetBlock
from tests.application.kit import change, play, report
from tests.fakes.clock import quiet
from tests.fakes.network import ALICE, Fault
from tests.fakes.world import World, person


def test_what_was_done_offline_arrives_once_and_in_order() -> None:
    async def scene(world: World) -> None:
        world.server.down = True
        lists = world.core.lists
        on = await lists.block(ALICE, people=[person(n) for n in range(10, 22)])
        off = await lists.unblock(ALICE, people=[person(10)])
        again = await lists.block(ALICE, people=[person(10)], note="again")
        await quiet()
        status = await world.core.outbox.status(ALICE)
        assert (status.waiting, status.reachable) == (14, False)
        world.server.down = False
        await world.clock.advance(400)
        assert world.store.outbox.waiting(ALICE) == 0
        keys = [key for key, _, _ in world.server.ledger]
        assert sorted(keys) == sorted({*on.changes, *off.changes, *again.changes})
        assert keys.index(on.changes[0]) < keys.index(off.changes[0])
        assert keys.index(off.changes[0]) < keys.index(again.changes[0])
        assert world.server.lists[ListKind.BLOCKS]["10"].note == "again"
        assert max(size for _, size in world.network.deliveries) == 5
        status = await world.core.outbox.status()
        assert status.reachable is True
        assert status.last_heard is not None

    play(scene)


def test_a_rate_limit_holds_its_lane_until_its_time() -> None:
    async def scene(world: World) -> None:
        world.network.faults.append(Fault.LIMITED)
        sent = report(world)
        await quiet()
        assert change(world, sent).status is ChangeStatus.QUEUED
        status = await world.core.outbox.status(ALICE)
        assert status.paused.startswith("rate_limited:2026-03-01T12:00:30")
        calls = len(world.network.deliveries)
        await world.core.protection.set(ALICE, protected=True)
        await world.clock.advance(29)
        assert world.server.protected
        assert len(world.network.deliveries) == calls + 1
        await world.clock.advance(2)
        assert change(world, sent).status is ChangeStatus.ACCEPTED
        assert (await world.core.outbox.status(ALICE)).paused == ""

    play(scene)


def test_an_expired_token_pauses_the_account_until_a_new_sign_in() -> None:
    async def scene(world: World) -> None:
        world.network.faults.append(Fault.EXPIRED)
        receipt = await world.core.protection.set(ALICE, protected=True)
        await quiet()
        assert change(world, receipt.changes[0]).status is ChangeStatus.QUEUED
        assert (await world.core.accounts.list())[0].state is SignInState.EXPIRED
        assert (await world.core.outbox.status(ALICE)).paused == "sign_in_expired"
        await world.clock.advance(4000)
        assert not world.server.protected
        settled = await world.core.sync.settle(receipt.changes, seconds=60)
        assert settled[receipt.changes[0]].status is ChangeStatus.QUEUED
        found = await world.core.accounts.add(
            world.store.accounts.get(ALICE).network,
            server="https://fake",
            handle="alice",
            password="x",
        )
        assert found.id == ALICE
        await quiet()
        assert world.server.protected

    play(scene)


def wait_for(world: World, first: ChangeId) -> ChangeId:
    """Record a block that waits for a report, at most a minute."""
    receipt = world.core.recorder.write(
        ALICE,
        title="block",
        planned=[
            Planned(
                ChangeKind.BLOCK,
                person(10).key,
                SetBlock(person(10), blocked=True),
                after_ids=(first,),
                after_limit=60,
            )
        ],
    )
    return receipt.changes[0]


def test_a_block_waits_for_its_report() -> None:
    async def scene(world: World) -> None:
        world.server.down = True
        first = report(world)
        block = wait_for(world, first)
        await world.clock.advance(500)
        assert change(world, block).status is ChangeStatus.QUEUED
        world.server.down = False
        await world.clock.advance(500)
        assert [key for key, _, _ in world.server.ledger] == [first, block]

    play(scene)


def test_a_block_goes_alone_after_a_minute_of_reachable_network() -> None:
    async def scene(world: World) -> None:
        world.network.faults.extend([Fault.LIMITED] * 40)
        first = report(world)
        await quiet()
        world.network.faults.clear()
        block = wait_for(world, first)
        await quiet()
        # The report may not go before its time; the block waits, but not for ever.
        world.network.faults.extend([Fault.LIMITED] * 3)
        for _ in range(28):
            await world.clock.advance(1)
        assert change(world, block).status is ChangeStatus.QUEUED
        for _ in range(40):
            await world.clock.advance(1)
            if change(world, first).status is ChangeStatus.QUEUED:
                world.network.faults.clear()
                world.network.faults.append(Fault.LIMITED)
        assert change(world, block).status is ChangeStatus.ACCEPTED

    play(scene)


def test_a_report_in_doubt_releases_its_block() -> None:
    async def scene(world: World) -> None:
        world.network.faults.append(Fault.LOST)
        first = report(world)
        block = wait_for(world, first)
        await quiet()
        assert change(world, first).status is ChangeStatus.UNSURE
        assert change(world, block).status is ChangeStatus.ACCEPTED

    play(scene, keyed=False)


def test_a_handle_that_nobody_has_is_refused() -> None:
    async def scene(world: World) -> None:
        who = await world.core.lists.resolve(ALICE, who="@nobody")
        blocked = await world.core.lists.block(ALICE, people=[who])
        removed = await world.core.protection.remove_followers(ALICE, people=[who])
        await quiet()
        for receipt in (blocked, removed):
            found = change(world, receipt.changes[0])
            assert (found.status, found.problem) == (ChangeStatus.REJECTED, "gone")
        rows = await world.seen(ListKind.BLOCKS)
        assert rows["nobody"].state is RowState.REFUSED

    play(scene)


def test_a_handle_gets_its_id_from_the_answer() -> None:
    async def scene(world: World) -> None:
        who = await world.core.lists.resolve(ALICE, who="@Person10")
        assert who == PersonRef(PersonId(""), "person10")
        receipt = await world.core.lists.block(ALICE, people=[who])
        removed = await world.core.protection.remove_followers(ALICE, people=[who])
        await quiet()
        assert change(world, receipt.changes[0]).subject == "account:10"
        assert change(world, removed.changes[0]).subject == "account:10"
        assert (await world.core.lists.resolve(ALICE, who="person10")).id == "10"

    play(scene)


def test_somebody_who_is_gone_is_no_longer_on_the_list() -> None:
    async def scene(world: World) -> None:
        await world.core.lists.block(ALICE, people=[person(10)])
        await quiet()
        del world.server.handles["10"]
        receipt = await world.core.lists.unblock(ALICE, people=[person(10)])
        await quiet()
        found = change(world, receipt.changes[0])
        assert (found.status, found.problem) == (ChangeStatus.ACCEPTED, "gone")
        assert await world.names(ListKind.BLOCKS) == set()

    play(scene)


def test_a_wish_whose_end_is_over_is_never_sent() -> None:
    async def scene(world: World) -> None:
        world.server.down = True
        end = world.clock.now().replace(minute=1)
        receipt = await world.core.lists.mute(ALICE, people=[person(10)], until=end)
        await world.clock.advance(600)
        assert await world.seen(ListKind.MUTES) == {}
        world.server.down = False
        await world.clock.advance(600)
        assert change(world, receipt.changes[0]).status is ChangeStatus.WITHDRAWN
        assert world.server.ledger == []

    play(scene)


def test_a_refused_change_can_be_tried_again_as_a_new_one() -> None:
    async def scene(world: World) -> None:
        world.network.faults.append(Fault.INVALID)
        receipt = await world.core.lists.block(ALICE, people=[person(10)])
        await quiet()
        (refused,) = await world.core.outbox.list(ALICE)
        assert (refused.status, refused.problem) == (ChangeStatus.REJECTED, "invalid")
        again = await world.core.outbox.retry(receipt.changes[0])
        assert again.changes != receipt.changes
        await quiet()
        assert change(world, again.changes[0]).status is ChangeStatus.ACCEPTED
        assert change(world, receipt.changes[0]).status is ChangeStatus.REJECTED

    play(scene)


def test_dropping_withdraws_or_dismisses() -> None:
    async def scene(world: World) -> None:
        world.server.down = True
        waiting = await world.core.lists.block(ALICE, people=[person(10)])
        await world.core.outbox.drop(waiting.changes[0])
        found = await world.core.outbox.show(waiting.changes[0])
        assert found.status is ChangeStatus.WITHDRAWN
        world.server.down = False
        world.network.faults.append(Fault.INVALID)
        refused = await world.core.lists.block(ALICE, people=[person(11)])
        await world.clock.advance(400)
        await world.core.outbox.drop(refused.changes[0])
        assert await world.seen(ListKind.BLOCKS) == {}
        with pytest.raises(BadInput):
            await world.core.outbox.drop(waiting.changes[0])

    play(scene)


def test_settle_waits_for_the_end_or_the_time() -> None:
    async def scene(world: World) -> None:
        done = await world.core.protection.set(ALICE, protected=True)
        found = await world.core.sync.settle(done.changes, seconds=20)
        assert found[done.changes[0]].status is ChangeStatus.ACCEPTED
        world.server.down = True
        waits = await world.core.protection.set(ALICE, protected=False)
        task = asyncio.create_task(world.core.sync.settle(waits.changes, seconds=20))
        await quiet()
        assert not task.done()
        await world.clock.advance(21)
        assert (await task)[waits.changes[0]].status is ChangeStatus.QUEUED

    play(scene)


def test_without_start_nothing_is_asked_or_sent() -> None:
    async def scene(world: World) -> None:
        await world.core.sync.stop()
        calls = world.network.calls
        receipt = await world.core.protection.set(ALICE, protected=True)
        world.core.sync.kick()
        with pytest.raises(Offline):
            await world.core.sync.refresh()
        await world.clock.advance(1000)
        assert world.network.calls == calls
        found = await world.core.sync.settle(receipt.changes, seconds=5)
        assert found[receipt.changes[0]].status is ChangeStatus.QUEUED
        assert (await world.core.outbox.status()).reachable is None

    play(scene)


def test_a_read_from_before_a_write_does_not_undo_it() -> None:
    async def scene(world: World) -> None:
        network = world.network
        original = network.protection

        async def slow() -> object:
            answer = await original()
            await world.clock.sleep(5)
            return answer

        network.protection = slow  # type: ignore[method-assign, assignment]  # an answer that takes its time
        reading = asyncio.create_task(world.core.sync.refresh(ALICE))
        await quiet()
        await world.core.protection.set(ALICE, protected=True)
        await quiet()
        assert world.server.protected
        network.protection = original  # type: ignore[method-assign]  # as it was
        await world.clock.advance(6)
        assert not reading.done()
        await world.clock.advance(6)
        await asyncio.wait_for(reading, 5)
        shown = await world.core.protection.show(ALICE)
        assert (shown.protected, shown.state) == (True, RowState.ON_SERVER)

    play(scene)


def test_touched_names_what_moved() -> None:
    async def scene(world: World) -> None:
        await world.heard()
        await world.core.lists.mute(ALICE, people=[person(10)])
        touched = await world.heard()
        assert Touched.MUTES | Touched.OUTBOX | Touched.HISTORY in touched
        assert Touched.BLOCKS not in touched

    play(scene)
