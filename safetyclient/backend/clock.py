"""The server's time, and the file that lets a test move it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Clock:
    """Time of this computer plus the seconds that `offset_file` holds.

    The file is read at each call, so that a test moves the time of a running
    server by writing to it. A missing or empty file means no offset.
    """

    offset_file: Path | None = None

    def now(self) -> datetime:
        """Return the present time, aware, in UTC."""
        return datetime.fromtimestamp(time.time(), UTC) + self._offset()

    def _offset(self) -> timedelta:
        if self.offset_file is None:
            return timedelta()
        try:
            text = self.offset_file.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return timedelta()
        return timedelta(seconds=float(text)) if text else timedelta()
