"""Notifier: tells listeners which kinds of things changed, in few calls."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from safetyclient.application.touched import Touched

Listener = Callable[[Touched], None]

_QUIET_SECONDS = 0.1


class Notifier:
    """Announces at once when it was quiet, else once at the end of a short pause.

    All methods are called on the core loop; listeners must return at once.
    """

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._waiting = Touched.NOTHING
        self._pause: asyncio.TimerHandle | None = None

    def listen(self, callback: Listener) -> Callable[[], None]:
        """Call `callback` after changes; returns a function that ends this."""
        self._listeners.append(callback)

        def end() -> None:
            if callback in self._listeners:
                self._listeners.remove(callback)

        return end

    def announce(self, touched: Touched) -> None:
        """Say that things of these kinds may read differently now."""
        if not touched:
            return
        if self._pause is not None:
            self._waiting |= touched
            return
        self._tell(touched)
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        self._pause = loop.call_later(_QUIET_SECONDS, self._pause_over)

    def _pause_over(self) -> None:
        self._pause = None
        waiting, self._waiting = self._waiting, Touched.NOTHING
        self.announce(waiting)

    def _tell(self, touched: Touched) -> None:
        for listener in tuple(self._listeners):
            listener(touched)
