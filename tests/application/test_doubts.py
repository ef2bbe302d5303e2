"""Doubt: no answer, a stop in the middle, and what the person is asked."""

from __future__ import annotations

import pytest

from safetyclient.application.lane import KEY_LIFE
from safetyclient.domain.changes import ChangeStatus
from safetyclient.domain.errors import BadInput, Conflict
from safetyclient.domain.ids import CaseId
from safetyclient.domain.reports import CaseState
from safetyclient.domain.rows import RowState
from tests.application.kit import change, play, report
from tests.fakes.clock import quiet
from tests.fakes.network import ALICE, Fault
from tests.fakes.world import World, person


def test_no_answer_is_resent_with_the_same_id() -> None:
    async def scene(world: World) -> None:
        world.network.faults.extend([Fault.NO_REPLY, Fault.LOST])
        receipt = await world.core.protection.set(ALICE, protected=True)
        await quiet()
        assert change(world, receipt.changes[0]).status is ChangeStatus.RESEND
        shown = await world.core.protection.show(ALICE)
        assert (shown.protected, shown.state) == (True, RowState.SENDING)
        await world.clock.advance(3)
        await world.clock.advance(10)
        assert change(world, receipt.changes[0]).status is ChangeStatus.ACCEPTED
        assert len(world.server.ledger) == 1
        assert change(world, receipt.changes[0]).attempts == 3

    play(scene)


def test_a_report_in_doubt_without_keys_is_put_to_the_person() -> None:
    async def scene(world: World) -> None:
        world.network.faults.append(Fault.NO_REPLY)
        first = report(world)
        await quiet()
        assert change(world, first).status is ChangeStatus.UNSURE
        assert world.store.cases.get(CaseId("case-1")).state is CaseState.UNSURE
        await world.clock.advance(1000)
        assert len(world.server.ledger) == 1
        again = await world.core.outbox.send_again(first)
        await quiet()
        assert change(world, again.changes[0]).status is ChangeStatus.ACCEPTED
        assert len(world.server.ledger) == 2
        found = world.store.cases.get(CaseId("case-1"))
        assert (found.state, found.change) == (CaseState.SENT, again.changes[0])
        assert await world.core.outbox.list(ALICE) == ()
        with pytest.raises(BadInput):
            await world.core.outbox.retry(again.changes[0])

    play(scene, keyed=False)


def test_an_uncertain_report_can_be_marked_as_sent() -> None:
    async def scene(world: World) -> None:
        world.network.faults.append(Fault.NO_REPLY)
        first = report(world)
        await quiet()
        await world.core.outbox.mark_sent(first)
        assert change(world, first).status is ChangeStatus.ACCEPTED
        assert await world.core.outbox.list() == ()

    play(scene, keyed=False)


def test_a_stop_in_the_middle_makes_an_unkeyed_report_uncertain() -> None:
    async def scene(world: World) -> None:
        world.server.down = True
        first, second = report(world), report(world, "case-2")
        block = await world.core.lists.block(ALICE, people=[person(10)])
        await world.core.sync.stop()
        ids = [first, *block.changes]
        under_way = [change(world, id_) for id_ in ids]
        world.store.outbox.sending(under_way, now=world.clock.now())
        world.store.outbox.recover(lambda _account, _kind: False)
        assert change(world, first).status is ChangeStatus.UNSURE
        assert change(world, second).status is ChangeStatus.QUEUED
        assert change(world, block.changes[0]).status is ChangeStatus.RESEND

    play(scene, keyed=False)


def test_a_conflict_reads_the_mirror_again_and_tries_thrice() -> None:
    async def scene(world: World) -> None:
        tries = 0

        def refuse(_change: object) -> tuple[tuple[()], str]:
            nonlocal tries
            tries += 1
            raise Conflict

        world.server._effect = refuse  # type: ignore[method-assign, assignment]  # a server that never agrees
        calls = world.network.calls
        receipt = await world.core.protection.set(ALICE, protected=True)
        await quiet(400)
        assert tries == 3
        assert world.network.calls - calls == 5
        assert change(world, receipt.changes[0]).problem == "conflict"

    play(scene)


def test_a_report_older_than_its_key_is_asked_for_not_sent() -> None:
    async def scene(world: World) -> None:
        world.network.faults.extend([Fault.NO_REPLY, Fault.LOST])
        done = report(world)
        await quiet()
        lost = report(world, "case-2")
        world.server.down = True
        await world.clock.advance(3)
        await world.core.sync.stop()
        world.store.database.run("UPDATE change SET status='resend', attempts=1")
        long_ago = (world.clock.now() - KEY_LIFE - KEY_LIFE).isoformat()
        world.store.database.run("UPDATE change SET first_sent=?", [long_ago])
        world.server.down = False
        await world.start()
        await quiet(300)
        assert change(world, done).status is ChangeStatus.ACCEPTED
        assert change(world, lost).status is ChangeStatus.UNSURE
        assert len(world.server.ledger) == 1

    play(scene)
