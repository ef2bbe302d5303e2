"""The rate budget of each server: when it asked us to wait, nothing is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from safetyclient.application.ports import Clock
from safetyclient.domain.errors import RateLimited

DEFAULT_WAIT = 60.0
MAX_WAIT = 3600.0
"""Seconds; a longer wait than this is asked again rather than believed."""
_DIGITS = re.compile(r"[0-9]{1,12}")


def http_date(text: str) -> datetime | None:
    """Return an HTTP date, or None when it is none."""
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def wait_seconds(headers: Mapping[str, str], now: datetime) -> float:
    """Return how long a server asks us to wait, between 1 s and `MAX_WAIT`.

    A date is compared with the answer's own `Date`, so that a wrong clock on either
    side does not matter.
    """
    text = headers.get("retry-after", "").strip()
    seconds = DEFAULT_WAIT
    if _DIGITS.fullmatch(text):
        seconds = float(text)
    elif when := http_date(text):
        server = http_date(headers.get("date", "")) or now
        seconds = (when - server).total_seconds()
    elif not text:
        seconds = _reset(headers, now) or DEFAULT_WAIT
    return min(max(seconds, 1.0), MAX_WAIT)


def _reset(headers: Mapping[str, str], now: datetime) -> float | None:
    text = headers.get("ratelimit-reset", headers.get("x-ratelimit-reset", "")).strip()
    if _DIGITS.fullmatch(text):
        return float(text)
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    server = http_date(headers.get("date", "")) or now
    return (when.astimezone(UTC) - server).total_seconds()


class Budget:
    """Remembers, by server and lane, until when nothing may be sent.

    A lane keeps apart what the server counts apart: a refused sign-in does not stop
    the accounts that are signed in there.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until: dict[tuple[str, str], tuple[datetime, float]] = {}

    def check(self, origin: str, lane: str) -> None:
        """Pass, or say until when to wait.

        Raises:
            RateLimited: nothing may be sent yet.
        """
        if (origin, lane) not in self._until:
            return
        until, end = self._until[origin, lane]
        # Both: the computer's time may be set back meanwhile.
        if self._clock.now() < until and self._clock.monotonic() < end:
            raise RateLimited(until=until)
        del self._until[origin, lane]

    def note(
        self, origin: str, lane: str, status: int, headers: Mapping[str, str]
    ) -> datetime | None:
        """Take what an answer says about the budget; return the end of the wait."""
        now = self._clock.now()
        if status == 429:
            seconds = wait_seconds(headers, now)
        elif headers.get("ratelimit-remaining", "").strip() == "0":
            reset = _reset(headers, now)
            if reset is None or reset <= 0:
                return None
            seconds = min(reset, MAX_WAIT)
        else:
            return None
        until = now + timedelta(seconds=seconds)
        self._until[origin, lane] = (until, self._clock.monotonic() + seconds)
        return until
