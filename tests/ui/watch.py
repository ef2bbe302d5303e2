"""Watches a file for being opened by anything in this process, C++ included."""

from __future__ import annotations

import ctypes
import os
import struct
from pathlib import Path

IN_ACCESS, IN_OPEN = 0x1, 0x20
_HEADER = struct.calcsize("iIII")


class OpenWatch:
    """Counts opens of one file through inotify, which no reader can avoid."""

    def __init__(self, path: Path) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._fd = self._libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        assert self._fd >= 0, os.strerror(ctypes.get_errno())
        watch = self._libc.inotify_add_watch(
            self._fd, str(path).encode(), IN_OPEN | IN_ACCESS
        )
        assert watch >= 0, os.strerror(ctypes.get_errno())

    def opens(self) -> int:
        """Return how often the file was opened since the last look."""
        found = 0
        while True:
            try:
                data = os.read(self._fd, 65536)
            except BlockingIOError:
                return found
            place = 0
            while place < len(data):
                _, mask, _, size = struct.unpack_from("iIII", data, place)
                found += bool(mask & IN_OPEN)
                place += _HEADER + size

    def close(self) -> None:
        """Stop watching."""
        os.close(self._fd)
