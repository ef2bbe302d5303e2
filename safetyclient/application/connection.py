"""Link: what is known of the way to one account's server, and when to try again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from safetyclient.application.ports import Clock
from safetyclient.application.retry import back_off


@dataclass(frozen=True, slots=True)
class Connection:
    """How the network is; `reachable` is None while nobody has asked.

    `paused` is empty, `sign_in_expired`, or `rate_limited:` and an ISO time.
    """

    reachable: bool | None = None
    last_heard: datetime | None = None
    paused: str = ""


async def first_of(clock: Clock, event: asyncio.Event, seconds: float | None) -> None:
    """Wait for an event, or for a time to pass; None waits for the event alone."""
    tasks = [asyncio.ensure_future(_happened(event))]
    if seconds is not None:
        tasks.append(asyncio.ensure_future(clock.sleep(seconds)))
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _happened(event: asyncio.Event) -> None:
    await event.wait()


class Gate:
    """When one lane may send again: back-off and the server's own wish."""

    def __init__(self, clock: Clock, jitter: Callable[[], float]) -> None:
        self._clock = clock
        self._jitter = jitter
        self._failures = 0
        self._from = 0.0
        self._until = 0.0
        self.until: datetime | None = None

    def open(self) -> None:
        """Note a success."""
        self._failures = 0
        self._from = 0.0

    def back_off(self) -> None:
        """Note a failure that time may heal."""
        self._from = self._clock.monotonic() + back_off(self._failures, self._jitter())
        self._failures += 1

    def wait_until(self, until: datetime) -> None:
        """Note until when the server wants us to wait."""
        self.until = until
        left = (until - self._clock.now()).total_seconds()
        self._until = self._clock.monotonic() + left

    def delay(self) -> float:
        """Return seconds until the lane may send; zero when it may now."""
        delay = max(0.0, self._from - self._clock.monotonic())
        if self.until is not None:
            # The computer's time may be set back meanwhile.
            left = min(
                (self.until - self._clock.now()).total_seconds(),
                self._until - self._clock.monotonic(),
            )
            if left <= 0:
                self.until = None
            delay = max(delay, left)
        return delay

    def forgive(self) -> None:
        """Try again at once; a server's own wish still counts.

        The waits begin anew: somebody who does many things while the server is away
        must not make its return go unnoticed for minutes.
        """
        self.open()


class Link:
    """Whether the server answers, since when, and whether the token works.

    Time limits that count reachable time only are measured from `since`.
    """

    def __init__(
        self, clock: Clock, jitter: Callable[[], float], *, expired: bool
    ) -> None:
        self._clock = clock
        self.gate = Gate(clock, jitter)
        self.reachable: bool | None = None
        self.last_heard: datetime | None = None
        self.expired = expired
        self.since: float | None = None

    def heard(self) -> None:
        """Note that the server answered."""
        if self.reachable is not True or self.since is None:
            self.since = self._clock.monotonic()
        self.reachable = True
        self.last_heard = self._clock.now()
        self.gate.open()

    def lost(self) -> None:
        """Note that the server could not be reached."""
        self.reachable = False
        self.since = None
        self.gate.back_off()

    def doubtful(self) -> None:
        """Note an exchange that broke: the count of reachable time begins anew."""
        self.since = None

    def refuse(self) -> None:
        """Note that the token no longer works."""
        self.expired = True
        self.since = None

    def reachable_for(self, first_seen: float) -> float:
        """Return seconds of reachable network since a moment."""
        if self.since is None or self.expired:
            return 0.0
        return max(0.0, self._clock.monotonic() - max(self.since, first_seen))
