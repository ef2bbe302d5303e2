"""Crash points: counted from outside, around every statement and every request."""

from __future__ import annotations

import functools
import os
import signal
from collections.abc import Awaitable, Callable
from typing import Any

from safetyclient.adapters.store.database import Database


class Points:
    """Counts places where a process may die, and dies at one of them."""

    def __init__(self, *, die_at: int = 0) -> None:
        self.passed = 0
        self.armed = False
        self._die_at = die_at

    def here(self) -> None:
        """Pass a place; the process ends here without a word if it is the one."""
        if not self.armed:
            return
        self.passed += 1
        if self.passed == self._die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def around_statements(self) -> None:
        """Put a place after every statement to the store.

        Nothing happens between one statement's end and the next one's beginning that
        a disk could tell apart; the first statement has nothing before it.
        """
        for name in ("many", "_execute", "run"):
            method: Callable[..., Any] = getattr(Database, name)
            setattr(Database, name, self._around(method))

    def around_requests(self, owner: type[Any], name: str) -> None:
        """Put a place before a request and after its answer."""
        method: Callable[..., Awaitable[Any]] = getattr(owner, name)

        @functools.wraps(method)
        async def wrapped(*args: Any, **kwargs: Any) -> Any:
            self.here()
            answer = await method(*args, **kwargs)
            self.here()
            return answer

        setattr(owner, name, wrapped)

    def _around(self, method: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(method)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            answer = method(*args, **kwargs)
            self.here()
            return answer

        return wrapped
