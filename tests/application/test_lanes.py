"""Lanes: nothing that goes wrong with one change ends the delivery of the others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pytest

from safetyclient.application.ports import Delivered, Uploads
from safetyclient.application.store_ports import Settled
from safetyclient.domain.changes import Change, ChangeStatus
from safetyclient.domain.errors import (
    Conflict,
    Invalid,
    NotAllowed,
    SafetyError,
    ServerTrouble,
    StoreFull,
)
from safetyclient.domain.ids import AccountId
from safetyclient.domain.people import Person
from safetyclient.domain.wishes import SetMute
from tests.application.kit import change, play, report
from tests.fakes.clock import quiet
from tests.fakes.network import ALICE
from tests.fakes.world import World, person


def _words() -> str:
    """Return words that do not stand in a line of code."""
    return " ".join(("what", "somebody", "wrote"))


def test_a_full_disk_after_the_answer_loses_neither_the_answer_nor_the_lane(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scene(world: World) -> None:
        outbox = world.store.outbox
        settle, left = outbox.settle, [3]

        def full(
            account: AccountId, outcomes: Sequence[Settled], *, now: datetime
        ) -> None:
            if left[0]:
                left[0] -= 1
                raise StoreFull
            settle(account, outcomes, now=now)

        monkeypatch.setattr(outbox, "settle", full)
        first = await world.core.protection.set(ALICE, protected=True)
        second = await world.core.lists.block(ALICE, people=[person(10)])
        await world.drain()
        for id_ in (*first.changes, *second.changes):
            assert change(world, id_).status is ChangeStatus.ACCEPTED
        assert left == [0]
        assert len(world.server.ledger) == 2

    play(scene)


def test_an_unkeyed_report_is_not_unsure_because_the_disk_was_full(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scene(world: World) -> None:
        outbox = world.store.outbox
        settle, left = outbox.settle, [2]

        def full(
            account: AccountId, outcomes: Sequence[Settled], *, now: datetime
        ) -> None:
            if left[0]:
                left[0] -= 1
                raise StoreFull
            settle(account, outcomes, now=now)

        monkeypatch.setattr(outbox, "settle", full)
        first, second = report(world), report(world, "case-2")
        await world.drain()
        assert change(world, first).status is ChangeStatus.ACCEPTED
        assert change(world, second).status is ChangeStatus.ACCEPTED
        assert len(world.server.ledger) == 2

    play(scene, keyed=False)


def test_a_full_disk_before_the_request_sends_nothing_and_is_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scene(world: World) -> None:
        outbox = world.store.outbox
        sending, left = outbox.sending, [2]

        def full(changes: Sequence[Change], *, now: datetime) -> None:
            if left[0]:
                left[0] -= 1
                raise StoreFull
            sending(changes, now=now)

        monkeypatch.setattr(outbox, "sending", full)
        made = await world.core.lists.block(ALICE, people=[person(10)])
        await quiet()
        assert world.network.deliveries == []
        await world.drain()
        assert change(world, made.changes[0]).status is ChangeStatus.ACCEPTED
        assert len(world.server.ledger) == 1

    play(scene)


def test_a_bug_in_an_adapter_ends_neither_the_lane_nor_the_change(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene(world: World) -> None:
        deliver, left = world.network.deliver, [2]

        async def broken(
            changes: Sequence[Change], uploads: Uploads
        ) -> Sequence[Delivered]:
            answer = await deliver(changes, uploads)
            if left[0]:
                left[0] -= 1
                raise KeyError(_words())
            return answer

        monkeypatch.setattr(world.network, "deliver", broken)
        made = await world.core.protection.set(ALICE, protected=True)
        await quiet()
        assert change(world, made.changes[0]).status is ChangeStatus.RESEND
        await world.drain()
        assert change(world, made.changes[0]).status is ChangeStatus.ACCEPTED
        assert len(world.server.ledger) == 1

    play(scene)
    assert "KeyError" in caplog.text
    assert _words() not in caplog.text
    caplog.clear()


@pytest.mark.parametrize("error", [NotAllowed(), Invalid(field="who"), Conflict()])
def test_a_person_who_cannot_be_looked_up_is_refused_and_not_asked_for_ever(
    monkeypatch: pytest.MonkeyPatch, error: SafetyError
) -> None:
    async def scene(world: World) -> None:
        asked: list[str] = []

        async def refuse(handle: str) -> Person:
            asked.append(handle)
            raise error

        monkeypatch.setattr(world.network, "person", refuse)
        made = await world.core.protection.remove_followers(
            ALICE, people=[person(10, known=False)]
        )
        await quiet()
        assert len(asked) == 1
        found = change(world, made.changes[0])
        assert (found.status, found.problem) == (ChangeStatus.REJECTED, error.code)

    play(scene)


def test_a_change_that_the_server_fails_on_does_not_hold_back_other_kinds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scene(world: World) -> None:
        deliver = world.network.deliver

        async def failing(
            changes: Sequence[Change], uploads: Uploads
        ) -> Sequence[Delivered]:
            if isinstance(changes[0].wish, SetMute):
                raise ServerTrouble
            return await deliver(changes, uploads)

        monkeypatch.setattr(world.network, "deliver", failing)
        bad = await world.core.lists.mute(ALICE, people=[person(10)])
        await quiet()
        good = await world.core.protection.set(ALICE, protected=True)
        await world.clock.advance(400)
        await world.clock.advance(400)
        assert change(world, good.changes[0]).status is ChangeStatus.ACCEPTED
        assert change(world, bad.changes[0]).status is ChangeStatus.RESEND

    play(scene)


def test_one_item_that_the_server_fails_on_is_alone_in_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scene(world: World) -> None:
        deliver, bad = world.network.deliver, person(14)

        async def failing(
            changes: Sequence[Change], uploads: Uploads
        ) -> Sequence[Delivered]:
            if any(each.person == bad for each in changes):
                raise ServerTrouble
            return await deliver(changes, uploads)

        monkeypatch.setattr(world.network, "deliver", failing)
        people = [person(number) for number in range(10, 22)]
        made = await world.core.lists.block(ALICE, people=people)
        for _ in range(12):
            world.core.sync.kick()
            await world.clock.advance(400)
        left = [id_ for id_ in made.changes if change(world, id_).attempts > 4]
        assert [change(world, id_).person for id_ in left] == [bad]
        assert world.store.outbox.waiting(ALICE) == 1
        assert len(world.server.ledger) == 11

    play(scene)
