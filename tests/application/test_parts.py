"""Small parts: clock, core thread, announcements, networks, uploads, texts."""

from __future__ import annotations

import asyncio
import threading
import time
from datetime import UTC
from pathlib import Path

import pytest

from safetyclient.application.clock import SystemClock
from safetyclient.application.connection import Link
from safetyclient.application.core_thread import CoreThread
from safetyclient.application.notify import Notifier
from safetyclient.application.pool import NetworkPool
from safetyclient.application.texts import Texts
from safetyclient.application.touched import Touched
from safetyclient.application.uploads import StoredUploads
from safetyclient.domain.accounts import NetworkKind
from safetyclient.domain.errors import Offline
from safetyclient.domain.ids import ChangeId
from safetyclient.domain.media import Audience, PublishFile
from tests.application.kit import play
from tests.fakes.clock import ManualClock
from tests.fakes.network import ALICE, FakeNetworks
from tests.fakes.world import World


def test_the_clock_of_the_computer_is_in_utc_and_goes_forward() -> None:
    clock = SystemClock()
    before = time.time()
    now = clock.now()
    assert before <= now.timestamp() <= time.time()
    assert now.tzinfo is UTC
    start = clock.monotonic()
    asyncio.run(clock.sleep(0.02))
    # A timer may fire one tick early.
    assert clock.monotonic() - start > 0.015


def test_the_core_thread_ends_without_work() -> None:
    core = CoreThread()
    core.start()
    assert core.stop()
    assert core.loop.is_closed()


def test_the_core_thread_says_when_a_worker_did_not_end_in_time() -> None:
    core = CoreThread()
    core.start()
    begun, go_on = threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        go_on.wait(30)

    async def hold() -> None:
        await asyncio.to_thread(work)

    held = core.run(hold())
    assert begun.wait(10)
    started = time.monotonic()
    core.stop(seconds=0.05)
    assert time.monotonic() - started < 10
    assert not go_on.is_set()
    assert held.cancelled()
    go_on.set()
    deadline = time.monotonic() + 10
    while not core.stop() and time.monotonic() < deadline:
        threading.Event().wait(0.01)
    assert core.stop()
    assert core.loop.is_closed()


def test_listening_can_be_ended_twice_and_others_go_on() -> None:
    heard: list[Touched] = []
    notifier = Notifier()
    end = notifier.listen(lambda touched: heard.append(touched))
    notifier.listen(heard.append)
    end()
    end()
    notifier.announce(Touched.CASES)
    assert heard == [Touched.CASES]


def test_a_run_without_connections_signs_nobody_in() -> None:
    async def scene(world: World) -> None:
        pool = NetworkPool(
            store=world.store, networks=FakeNetworks(world.network), online=False
        )
        with pytest.raises(Offline):
            await pool.sign_in(
                NetworkKind.REFERENCE, server="https://fake", handle="a", password="p"
            )
        with pytest.raises(Offline):
            pool.asking(ALICE)
        # What needs no request is there all the same.
        assert pool.get(ALICE) is world.network

    play(scene)


def test_a_network_is_closed_once_and_only_if_it_was_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scene(world: World) -> None:
        closed: list[str] = []

        async def aclose() -> None:
            closed.append("network")

        monkeypatch.setattr(world.network, "aclose", aclose)
        pool = NetworkPool(store=world.store, networks=FakeNetworks(world.network))
        await pool.drop(ALICE)
        assert closed == []
        pool.get(ALICE)
        await pool.drop(ALICE)
        await pool.drop(ALICE)
        await pool.aclose()
        assert closed == ["network"]

    play(scene)


def test_reachable_time_counts_from_what_was_last_heard() -> None:
    clock = ManualClock()
    link = Link(clock, lambda: 0.0, expired=False)
    assert link.reachable_for(0.0) == 0.0

    def later(seconds: float) -> None:
        asyncio.run(clock.advance(seconds))

    link.heard()
    later(50)
    link.heard()
    later(10)
    assert link.reachable_for(0.0) == 60.0
    assert link.reachable_for(40.0) == 20.0
    link.lost()
    assert link.reachable_for(0.0) == 0.0
    link.heard()
    later(5)
    assert link.reachable_for(0.0) == 5.0
    link.doubtful()
    assert link.reachable_for(0.0) == 0.0
    link.heard()
    later(5)
    link.refuse()
    later(5)
    assert link.reachable_for(0.0) == 0.0
    link.heard()
    later(5)
    assert link.reachable_for(0.0) == 0.0, "an expired token reaches nothing"


def test_what_was_uploaded_is_known_after_a_crash(tmp_path: Path) -> None:
    picture = tmp_path / "picture"
    picture.write_bytes(b"0123456789")

    async def scene(world: World) -> None:
        world.server.down = True
        staged = await world.core.media.stage(path=picture)
        file = PublishFile(staged.spool, "p", staged.type, 10, staged.sha256)
        sent = await world.core.media.publish(
            ALICE, text="words", files=[file], audience=Audience.EVERYONE
        )
        (change,) = sent.changes
        uploads = StoredUploads(store=world.store, spool=world.spool)
        assert uploads.read(staged.spool, 3, 4) == b"3456"
        assert uploads.media_id(change, 0) == ""
        uploads.remember(change, 0, "media-5")
        await world.crash()
        uploads = StoredUploads(store=world.store, spool=world.spool)
        assert uploads.media_id(change, 0) == "media-5"
        assert uploads.media_id(change, 1) == ""
        assert uploads.media_id(ChangeId("0" * 32), 0) == ""

    play(scene, path=tmp_path / "profile" / "store.db")


def test_a_numbered_gap_in_a_sentence_does_not_fail_a_window() -> None:
    texts = Texts({"numbered": "Hello {0}.", "empty": "Hello {}."})
    assert texts.say("numbered") == "Hello {0}."
    assert texts.say("empty", who="x") == "Hello {0}."
