"""ManualClock: time that only moves when a test says so."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class ManualClock:
    """A clock that a test moves; sleepers wake when their time has come."""

    def __init__(self) -> None:
        self._passed = 0.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        """Return the present time."""
        return START + timedelta(seconds=self._passed)

    def monotonic(self) -> float:
        """Return seconds since the start."""
        return self._passed

    async def sleep(self, seconds: float) -> None:
        """Wait until the test has moved the clock that far."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._passed + seconds, future))
        await future

    async def advance(self, seconds: float) -> None:
        """Move the clock and let everything run that this sets free."""
        self._passed += seconds
        due = [f for at, f in self._sleepers if at <= self._passed]
        self._sleepers = [(at, f) for at, f in self._sleepers if at > self._passed]
        for future in due:
            if not future.done():
                future.set_result(None)
        await quiet()


async def quiet(turns: int = 120) -> None:
    """Let the loop run until everything waits for the clock."""
    for _ in range(turns):
        await asyncio.sleep(0)
