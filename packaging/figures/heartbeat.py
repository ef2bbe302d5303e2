"""Gaps of a 5 ms beat on the Qt thread while 100,000 blocks are synced.

`app`: the real window with the list in front. `idle`: a plain window that only
idles while the same sync runs in the same core thread.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path

from common import cpu, signed_in, static_server
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QMainWindow

from safetyclient.application.launch import Launch, Opened, OpenRequest
from safetyclient.bootstrap.profile import OpenedProfile
from safetyclient.domain.lists import ListKind
from safetyclient.ui import app as ui_app

BEAT_MS = 5


class Beat(QObject):
    """Notes the gaps between its own beats, in milliseconds beyond the interval."""

    over = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.gaps: list[float] = []
        self.first_rows_cpu = 0.0
        self._last = time.perf_counter()
        self._timer = QTimer(self)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        """Begin to beat."""
        self._last = time.perf_counter()
        self._timer.start()

    def _beat(self) -> None:
        now = time.perf_counter()
        self.gaps.append((now - self._last) * 1000 - BEAT_MS)
        self._last = now


class Synced:
    """A profile that begins its first sync when the window is there."""

    def __init__(self, folder: Path, origin: str, beat: Beat, start_cpu: float) -> None:
        self._profile = OpenedProfile(folder, online=True)
        self._origin = origin
        self._beat = beat
        self._start_cpu = start_cpu
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self, _request: OpenRequest) -> Opened:
        """Open an in-memory store with one signed-in account, and sync it."""
        opened = await self._profile.open(OpenRequest(vault="session"))
        store = self._profile._store  # noqa: SLF001  (the figure's own way in)
        assert store is not None
        account = signed_in(store, self._origin)
        task = asyncio.create_task(self._sync(opened, account))
        task.add_done_callback(self._ended)
        self._tasks.add(task)
        return opened

    async def _sync(self, opened: Opened, account: object) -> None:
        client = opened.client
        waiting = asyncio.create_task(self._first_rows(opened, account))
        await client.sync.refresh(account)  # type: ignore[arg-type]
        await waiting
        total = await client.lists.count(account, kind=ListKind.BLOCKS)  # type: ignore[arg-type]
        self._beat.over.emit(float(total))

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            print(f"the sync failed: {error!r}", file=sys.stderr, flush=True)
            self._beat.over.emit(-1.0)

    async def _first_rows(self, opened: Opened, account: object) -> None:
        while True:
            window = await opened.client.lists.window(account, kind=ListKind.BLOCKS)  # type: ignore[arg-type]
            if window.rows:
                self._beat.first_rows_cpu = cpu() - self._start_cpu
                return
            await asyncio.sleep(0.02)

    async def close(self) -> None:
        """Close the profile."""
        await self._profile.close()


def main() -> None:
    """Measure once and print."""
    mode = sys.argv[1]
    with static_server() as origin, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        holder: list[Synced] = []

        async def open_(request: OpenRequest) -> Opened:
            holder.append(Synced(folder, origin, beat, cpu()))
            return await holder[0].open(request)

        async def close() -> None:
            await holder[0].close()

        launch = Launch(profile=folder, open=open_, close=close, listen=lambda _f: None)
        running = ui_app.build(launch)
        beat = Beat()
        beat.over.connect(lambda _total: running.app.quit())
        window = running.window
        if mode == "app":
            running.conductor.ready.connect(lambda: running.ctx.go("lists"))
            running.conductor.ready.connect(beat.start)
            window.show()
        else:
            plain = QMainWindow()
            plain.resize(window.size())
            plain.show()
            running.core.run(open_(OpenRequest())).result(10)
            beat.start()
        running.app.exec()
        ui_app.shut_down(running, launch)
        gaps = sorted(beat.gaps)
        print(
            json.dumps(
                {
                    "p999": gaps[int(len(gaps) * 0.999)],
                    "max": gaps[-1],
                    "beats": len(gaps),
                    "first_rows_cpu": beat.first_rows_cpu,
                }
            ),
            flush=True,
        )


if __name__ == "__main__":
    main()
