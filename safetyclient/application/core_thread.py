"""CoreThread: one asyncio loop in one worker thread, and its orderly end."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")

GRACE_SECONDS = 2.0


class CoreThread:
    """Owns the loop on which services, store and connections live.

    Only coroutines go in and only futures come out.
    """

    def __init__(self, *, name: str = "core") -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._main, name=name, daemon=True)
        self._accepting = False

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """Return the loop; only `call_soon_threadsafe` may be called from outside."""
        return self._loop

    def start(self) -> None:
        """Start the thread."""
        self._accepting = True
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Run a coroutine on the core loop; cancel the future to cancel the work.

        Raises:
            RuntimeError: the thread is not running any more.
        """
        if not self._accepting:
            work.close()
            message = "the core thread takes no more work"
            raise RuntimeError(message)
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def stop(self, *, seconds: float = GRACE_SECONDS) -> bool:
        """Cancel what runs, close the loop, join; returns whether all ended in time."""
        if not self._accepting:
            return not self._thread.is_alive()
        self._accepting = False
        asyncio.run_coroutine_threadsafe(self._wind_down(seconds), self._loop)
        self._thread.join(seconds + 1.0)
        return not self._thread.is_alive()

    def _main(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            self._loop.close()

    async def _wind_down(self, seconds: float) -> None:
        me = asyncio.current_task()
        tasks = [task for task in asyncio.all_tasks() if task is not me]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)
        await self._loop.shutdown_asyncgens()
        try:
            async with asyncio.timeout(seconds):
                await self._loop.shutdown_default_executor()
        except TimeoutError:
            pass
        self._loop.stop()
