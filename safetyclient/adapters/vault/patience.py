"""Calls that may never return: a daemon thread, a deadline, and no waiting at exit.

`asyncio.to_thread` would not do: the loop's executor is joined at shutdown, so one
silent keyring would keep the whole program alive.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 3.0
"""Seconds that a keyring gets to answer."""


class Abandoned:
    """Tells the work in the thread that nobody waits for it any more."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def __bool__(self) -> bool:
        """Return whether the caller has gone away."""
        return self._event.is_set()

    def set(self) -> None:
        """Say that the caller has gone away."""
        self._event.set()


async def within(seconds: float, work: Callable[[Abandoned], T]) -> T:
    """Run `work` in a daemon thread; leave it behind when the time is over.

    Raises:
        TimeoutError: `work` has not returned in time; it may still be running.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()
    abandoned = Abandoned()

    def settle(value: T | None, error: BaseException | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(value)  # type: ignore[arg-type]  # T may be None

    def run() -> None:
        value: T | None = None
        problem: BaseException | None = None
        try:
            value = work(abandoned)
        except BaseException as error:  # noqa: BLE001 - handed to the waiting caller
            problem = error
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits
            loop.call_soon_threadsafe(settle, value, problem)

    threading.Thread(target=run, name="vault", daemon=True).start()
    try:
        async with asyncio.timeout(seconds):
            return await future
    finally:
        abandoned.set()
