"""Delivery at its edges: lookups that fail, waits without end, starts, kept files."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from safetyclient.application.lane import KEY_LIFE
from safetyclient.application.ports import Delivered, Uploads
from safetyclient.application.recorder import Planned
from safetyclient.domain.changes import Change, ChangeKind, ChangeStatus
from safetyclient.domain.errors import (
    BadInput,
    NotAllowed,
    SafetyError,
    ServerTrouble,
    TimedOut,
)
from safetyclient.domain.ids import ChangeId
from safetyclient.domain.media import Audience, PublishFile
from safetyclient.domain.people import Person
from safetyclient.domain.wishes import RemoveFollower
from tests.application.kit import change, play, report
from tests.fakes.clock import quiet
from tests.fakes.network import ALICE, Fault
from tests.fakes.world import World, person


async def post(world: World, tmp_path: Path) -> tuple[ChangeId, PublishFile]:
    """Wish a post with one kept file."""
    path = tmp_path / "photo"
    path.write_bytes(b"a picture")
    kept = await world.core.media.stage(path=path)
    file = PublishFile(kept.spool, kept.name, kept.type, kept.size, kept.sha256)
    sent = await world.core.media.publish(
        ALICE, text="words", files=[file], audience=Audience.EVERYONE
    )
    # The window that chose the file is closed.
    await world.core.media.discard(spool=kept.spool)
    return sent.changes[0], file


def test_a_lookup_that_gets_no_answer_is_asked_again_and_sends_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scene(world: World) -> None:
        async def lost(handle: str) -> Person:
            raise TimedOut

        with monkeypatch.context() as patch:
            patch.setattr(world.network, "person", lost)
            made = await world.core.protection.remove_followers(
                ALICE, people=[person(10, known=False)]
            )
            await world.clock.advance(100)
            # Nothing was sent, so it is not in doubt and can still be withdrawn.
            assert change(world, made.changes[0]).status is ChangeStatus.QUEUED
            assert world.network.deliveries == []
        await world.drain()
        assert change(world, made.changes[0]).status is ChangeStatus.ACCEPTED
        assert len(world.server.ledger) == 1

    play(scene)


def test_a_bug_in_a_lookup_holds_its_lane_only_and_says_no_names(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene(world: World) -> None:
        async def broken(handle: str) -> Person:
            raise KeyError(handle)

        with monkeypatch.context() as patch:
            patch.setattr(world.network, "person", broken)
            made = await world.core.protection.remove_followers(
                ALICE, people=[person(10, known=False)]
            )
            await quiet()
            sent = report(world)
            await quiet()
            assert change(world, sent).status is ChangeStatus.ACCEPTED
            assert change(world, made.changes[0]).status is ChangeStatus.QUEUED
        await world.drain()
        assert change(world, made.changes[0]).status is ChangeStatus.ACCEPTED

    play(scene)
    assert "KeyError" in caplog.text
    assert "person10" not in caplog.text
    caplog.clear()


def test_what_waits_without_a_limit_waits_for_its_report() -> None:
    async def scene(world: World) -> None:
        world.network.faults.append(Fault.LIMITED)
        first = report(world)
        await quiet()
        assert change(world, first).status is ChangeStatus.QUEUED
        waits = world.core.recorder.write(
            ALICE,
            title="report_also",
            planned=[
                Planned(
                    ChangeKind.REMOVE_FOLLOWER,
                    person(10).key,
                    RemoveFollower(person(10)),
                    after_ids=(first,),
                )
            ],
        ).changes[0]
        await world.clock.advance(20)
        assert change(world, waits).status is ChangeStatus.QUEUED
        await world.drain()
        assert [key for key, _, _ in world.server.ledger] == [first, waits]

    play(scene)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotAllowed(), ChangeStatus.UNSURE),
        (ServerTrouble(), ChangeStatus.RESEND),
        (TimedOut(), ChangeStatus.RESEND),
    ],
)
def test_an_old_report_is_never_sent_again_while_its_fate_is_unknown(
    monkeypatch: pytest.MonkeyPatch, error: SafetyError, status: ChangeStatus
) -> None:
    async def scene(world: World) -> None:
        world.network.faults.append(Fault.NO_REPLY)
        first = report(world)
        await quiet()
        assert change(world, first).status is ChangeStatus.RESEND
        await world.core.sync.stop()
        await world.clock.advance((KEY_LIFE + timedelta(days=1)).total_seconds())

        async def silent(key: ChangeId) -> bool | None:
            raise error

        with monkeypatch.context() as patch:
            patch.setattr(world.network, "operation", silent)
            await world.core.sync.start()
            await world.clock.advance(400)
            assert change(world, first).status is status
        if status is ChangeStatus.RESEND:
            await world.drain()
            assert change(world, first).status is ChangeStatus.ACCEPTED
        assert len(world.server.ledger) == 1

    play(scene)


def test_a_report_that_was_sent_again_cannot_be_marked_as_sent() -> None:
    async def scene(world: World) -> None:
        world.network.faults.append(Fault.LOST)
        first = report(world)
        await quiet()
        assert change(world, first).status is ChangeStatus.UNSURE
        await world.core.outbox.send_again(first)
        with pytest.raises(BadInput) as caught:
            await world.core.outbox.mark_sent(first)
        assert caught.value.reason == "change_state"
        assert change(world, first).status is ChangeStatus.UNSURE

    play(scene, keyed=False)


def test_a_post_that_is_marked_as_sent_lets_its_file_go(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.network.faults.append(Fault.NO_REPLY)
        first, file = await post(world, tmp_path)
        await quiet()
        assert change(world, first).status is ChangeStatus.UNSURE
        assert file.spool in world.spool.kept
        await world.core.outbox.mark_sent(first)
        assert world.spool.kept == {}
        assert change(world, first).status is ChangeStatus.ACCEPTED

    play(scene, keyed=False)


def test_a_file_goes_when_its_post_has_arrived_and_not_before(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.server.down = True
        first, file = await post(world, tmp_path)
        await quiet()
        assert file.spool in world.spool.kept
        world.server.down = False
        await world.drain()
        assert change(world, first).status is ChangeStatus.ACCEPTED
        assert world.spool.kept == {}

    play(scene)


def test_a_start_sweeps_files_that_no_post_needs(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        world.server.down = True
        _, file = await post(world, tmp_path)
        path = tmp_path / "never posted"
        path.write_bytes(b"x")
        kept = await world.core.media.stage(path=path)
        assert set(world.spool.kept) == {file.spool, kept.spool}
        await world.crash()
        await world.start()
        assert set(world.spool.kept) == {file.spool}

    play(scene, path=tmp_path / "profile" / "store.db")


@pytest.mark.parametrize(
    ("keyed", "status"), [(True, ChangeStatus.RESEND), (False, ChangeStatus.UNSURE)]
)
def test_a_post_that_was_being_sent_at_a_crash_is_asked_about_or_sent_again(
    tmp_path: Path, keyed: bool, status: ChangeStatus
) -> None:
    async def scene(world: World) -> None:
        world.server.down = True
        first, _ = await post(world, tmp_path)
        await world.core.sync.stop()
        waiting = [change(world, first)]
        world.store.outbox.sending(waiting, now=world.clock.now())
        await world.crash()
        assert change(world, first).status is ChangeStatus.SENDING
        await world.start()
        assert change(world, first).status is status

    play(scene, path=tmp_path / "profile" / "store.db", keyed=keyed)


def test_a_second_start_leaves_what_is_under_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scene(world: World) -> None:
        deliver, go_on = world.network.deliver, asyncio.Event()

        async def slow(
            changes: Sequence[Change], uploads: Uploads
        ) -> Sequence[Delivered]:
            await go_on.wait()
            return await deliver(changes, uploads)

        monkeypatch.setattr(world.network, "deliver", slow)
        sent = report(world)
        await quiet()
        assert change(world, sent).status is ChangeStatus.SENDING
        calls = world.network.calls
        await world.core.sync.start()
        await quiet()
        assert change(world, sent).status is ChangeStatus.SENDING
        assert world.network.calls == calls
        go_on.set()
        await quiet()
        assert change(world, sent).status is ChangeStatus.ACCEPTED
        assert len(world.network.deliveries) == 1

    play(scene, keyed=False)
