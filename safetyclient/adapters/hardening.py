"""What a process gives up so that its memory does not leave it."""

from __future__ import annotations

import sys

_PR_SET_DUMPABLE = 4


def no_core_dumps() -> None:
    """Let no crash write memory to disk; for every process."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def unreadable() -> bool:
    """Keep other processes of the same user out of this one's memory (Linux).

    For the command line and the backend only: desktop portals look into
    `/proc/PID/root` of a window and refuse one that cannot be looked into.

    Returns:
        Whether the kernel agreed.
    """
    if sys.platform != "linux":
        return False
    import ctypes

    prctl = ctypes.CDLL(None, use_errno=True).prctl
    return bool(prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) == 0)
