"""Rate limits: how many requests a key may make in a minute."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from safetyclient.backend.clock import Clock
from safetyclient.backend.problems import Refusal
from safetyclient.wire.v1.common import ProblemCode

_WINDOW = timedelta(minutes=1)
_MANY_KEYS = 10_000


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left in the present minute; `reset` is in whole seconds."""

    limit: int
    remaining: int
    reset: int

    def headers(self) -> dict[str, str]:
        """Return the `RateLimit-*` headers."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset),
        }


@dataclass(slots=True)
class _Count:
    start: datetime
    taken: int = 0


class RateLimiter:
    """Counts by key in fixed minutes of the server's time, in this process only."""

    def __init__(self, clock: Clock, *, per_minute: int) -> None:
        self._clock = clock
        self._limit = per_minute
        self._counts: dict[str, _Count] = {}
        self._lock = threading.Lock()

    def take(self, key: str) -> Allowance:
        """Count one request.

        Raises:
            Refusal: `rate_limited`, with the seconds until the next minute.
        """
        now = self._clock.now()
        with self._lock:
            count = self._counts.get(key)
            if count is None or not timedelta() <= now - count.start < _WINDOW:
                self._forget(now)
                count = self._counts[key] = _Count(now)
            reset = math.ceil((count.start + _WINDOW - now).total_seconds())
            if count.taken >= self._limit:
                refusal = Refusal(ProblemCode.RATE_LIMITED, retry_after=reset)
                refusal.headers |= Allowance(self._limit, 0, reset).headers()
                raise refusal
            count.taken += 1
            return Allowance(self._limit, self._limit - count.taken, reset)

    def _forget(self, now: datetime) -> None:
        if len(self._counts) >= _MANY_KEYS:
            self._counts = {
                key: count
                for key, count in self._counts.items()
                if now - count.start < _WINDOW
            }
