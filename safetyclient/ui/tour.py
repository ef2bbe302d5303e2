"""Tour: brings one page after the other to the front and waits until it is painted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from safetyclient.ui.main_window import MainWindow

LOOK_MS = 15
DEADLINE_MS = 15_000


@dataclass(frozen=True, slots=True)
class Stop:
    """One picture of the tour: a page, and how to get it into a certain state."""

    page: str
    name: str = ""
    prepare: Callable[[MainWindow], object] | None = None
    quiet: int = 2
    """Looks in a row at which nothing was under way."""

    @property
    def label(self) -> str:
        """Return the name of the picture."""
        return self.name or self.page


class Tour(QObject):
    """Visits stops in order; says `late` instead of `arrived` after a deadline."""

    arrived = Signal(object, float)
    """Stop, and milliseconds until its rows were painted."""
    ended = Signal()

    def __init__(self, window: MainWindow, stops: Sequence[Stop]) -> None:
        super().__init__(window)
        self._window = window
        self._stops = list(stops)
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._quiet = 0
        self.late: list[str] = []

    def start(self) -> None:
        """Go to the first stop."""
        self._next()

    def _next(self) -> None:
        if not self._stops:
            self.ended.emit()
            return
        self._clock.start()
        self._quiet = 0
        stop = self._stops[0]
        self._window.ctx.go(stop.page)
        if stop.prepare is not None:
            stop.prepare(self._window)
        self._timer.start()

    def _look(self) -> None:
        stop = self._stops[0]
        page = self._window.pages.get(stop.page)
        settled = page is not None and page.settled and not self._window.ctx.bridge.busy
        # Two looks in a row: what was read may have asked for more.
        self._quiet = self._quiet + 1 if settled else 0
        overdue = self._clock.elapsed() > DEADLINE_MS
        if self._quiet < stop.quiet and not overdue:
            return
        self._timer.stop()
        if overdue:
            self.late.append(stop.label)
        self._stops.pop(0)
        self.arrived.emit(stop, float(self._clock.elapsed()))
        self._next()
