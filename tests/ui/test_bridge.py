"""The bridge: results on the Qt thread, silence after death, one signal per burst."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from safetyclient.application.touched import Touched
from safetyclient.domain.errors import Gone
from safetyclient.ui.bridge import Bridge, Bug, Problem

T = TypeVar("T")


class LoopThread:
    """An asyncio loop in a thread, the smallest thing that the bridge needs."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def submit(self, coroutine: Coroutine[Any, Any, T], /) -> Future[T]:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop)

    def stop(self) -> None:
        self.submit(self._end()).result(5)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(5)
        self.loop.close()

    async def _end(self) -> None:
        """Let everything that was begun end, cancelled if need be."""
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)


@pytest.fixture
def thread() -> Iterator[LoopThread]:
    running = LoopThread()
    yield running
    running.stop()


@pytest.fixture
def bridge(thread: LoopThread, qtbot: QtBot) -> Iterator[Bridge]:
    made = Bridge(thread.submit)
    yield made
    made.close()


async def _answer() -> int:
    await asyncio.sleep(0)
    return 7


async def _refuse() -> int:
    raise Gone()


async def _break() -> int:
    raise ZeroDivisionError


def test_a_result_arrives_on_the_qt_thread(bridge: Bridge, qtbot: QtBot) -> None:
    seen: list[tuple[int, bool]] = []
    owner = QObject()
    here = threading.current_thread()
    bridge.run(
        _answer(),
        owner=owner,
        done=lambda n: seen.append((n, threading.current_thread() is here)),
    )
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [(7, True)]
    assert bridge.busy == 0


def test_an_expected_error_arrives_as_itself(bridge: Bridge, qtbot: QtBot) -> None:
    seen: list[Problem] = []
    crashes: list[object] = []
    bridge.crashed.connect(crashes.append)
    owner = QObject()
    bridge.run(_refuse(), owner=owner, failed=seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    assert isinstance(seen[0], Gone)
    assert not crashes


def test_anything_else_arrives_as_a_bug(bridge: Bridge, qtbot: QtBot) -> None:
    seen: list[Problem] = []
    owner = QObject()
    crashes: list[Bug] = []
    bridge.crashed.connect(crashes.append)
    bridge.run(_break(), owner=owner, failed=seen.append)
    qtbot.waitUntil(lambda: bool(crashes))
    assert seen == crashes
    assert isinstance(crashes[0].__cause__, ZeroDivisionError)


def _held(stopped: threading.Event) -> Coroutine[Any, Any, None]:
    async def hold() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    return hold()


def test_cancel_is_quick_and_silent(
    bridge: Bridge, thread: LoopThread, qtbot: QtBot
) -> None:
    stopped = threading.Event()
    seen: list[object] = []
    owner = QObject()
    job = bridge.run(_held(stopped), owner=owner, done=seen.append, failed=seen.append)
    bridge.run(_answer(), owner=owner, done=seen.append)
    qtbot.waitUntil(lambda: seen == [7])
    begun = time.perf_counter()
    job.cancel()
    assert stopped.wait(2)
    assert time.perf_counter() - begun < 0.2
    assert bridge.busy == 0
    bridge.run(_answer(), owner=owner, done=seen.append)
    qtbot.waitUntil(lambda: len(seen) == 2)
    assert seen == [7, 7]


def test_work_dies_with_its_owner(bridge: Bridge, qtbot: QtBot) -> None:
    stopped = threading.Event()
    seen: list[object] = []
    owner, other = QLabel(), QObject()
    bridge.run(_held(stopped), owner=owner, done=seen.append, failed=seen.append)
    bridge.run(_answer(), owner=other, done=seen.append)
    qtbot.waitUntil(lambda: seen == [7])
    owner.deleteLater()
    qtbot.waitUntil(stopped.is_set)
    assert bridge.busy == 0
    assert seen == [7]


def test_a_finished_job_leaves_nothing_behind(bridge: Bridge, qtbot: QtBot) -> None:
    seen: list[int] = []
    owner = QObject()
    for _ in range(50):
        bridge.run(_answer(), owner=owner, done=seen.append)
    qtbot.waitUntil(lambda: len(seen) == 50)
    qtbot.waitUntil(lambda: not owner.children())


def test_ten_thousand_touches_become_few_signals(
    bridge: Bridge, thread: LoopThread, qtbot: QtBot
) -> None:
    changes: list[Touched] = []
    bridge.changed.connect(changes.append)

    async def touch() -> None:
        for number in range(10_000):
            bridge.touch(Touched.BLOCKS if number % 2 else Touched.OUTBOX)

    owner = QObject()
    done: list[None] = []
    bridge.run(touch(), owner=owner, done=done.append)
    qtbot.waitUntil(lambda: bool(done and changes))
    assert len(changes) <= 3
    total = Touched.NOTHING
    for change in changes:
        total |= change
    assert total == Touched.BLOCKS | Touched.OUTBOX


def test_a_closed_bridge_takes_no_work(bridge: Bridge, qtbot: QtBot) -> None:
    stopped = threading.Event()
    seen: list[object] = []
    owner = QObject()
    bridge.run(_held(stopped), owner=owner, done=seen.append)
    bridge.close()
    assert stopped.wait(2)
    job = bridge.run(_answer(), owner=owner, done=seen.append)
    job.cancel()
    bridge.touch(Touched.CASES)
    assert not seen
    assert bridge.busy == 0
