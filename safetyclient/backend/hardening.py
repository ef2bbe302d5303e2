"""What the process gives up before it handles anything: core dumps and ptrace."""

from __future__ import annotations

import ctypes
import sys

_PR_SET_DUMPABLE = 4


def harden() -> None:
    """Write no core dump, and let no other process of the user read our memory."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        # The C library has no other name for it; a failure leaves the default.
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
