"""What every process does first so that its memory stays its own."""

from __future__ import annotations

import resource
import sys

_SET_DUMPABLE = 4


def no_core_dumps() -> None:
    """Never leave a core file."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def unreadable() -> None:
    """Let no process of the same user read this one's memory, where the kernel can.

    Not for the window: the desktop portal would refuse every call of it.
    """
    if sys.platform != "linux":
        return
    import ctypes

    ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0)
