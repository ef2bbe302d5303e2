"""A list of any length: windows by key, anchors for the scroll bar, nothing else."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from PySide6.QtCore import QModelIndex, QObject, Signal

from safetyclient.domain.lists import RowKey, Window
from safetyclient.ui.bridge import Job, Problem
from safetyclient.ui.models.rows import Column, Index, RowTable

T = TypeVar("T")
STEP = 200
KEPT_WINDOWS = 24
"""Windows in memory: enough for every screen, few enough for a million rows."""


class Source(Protocol[T]):
    """Where an anchored table reads from; all of it runs on the core loop."""

    async def count(self) -> int:
        """Return how many rows there are."""
        ...

    async def anchors(self, step: int) -> tuple[RowKey, ...]:
        """Return the key of every `step`-th row: the last one of each full window."""
        ...

    async def window(
        self, *, after: RowKey | None, limit: int, offset: int
    ) -> Window[T]:
        """Return rows after a key."""
        ...


class Runner(Protocol):
    """Runs a coroutine on the core thread for an owner."""

    def __call__(
        self,
        coroutine: Coroutine[Any, Any, Any],
        *,
        owner: QObject,
        done: Callable[[Any], object] | None = None,
        failed: Callable[[Problem], object] | None = None,
    ) -> Job:
        """Start the work."""
        ...


@dataclass(frozen=True, slots=True)
class _First(Generic[T]):
    """What is read at once: the number of rows and the first window."""

    count: int
    window: Window[T]


class AnchoredTable(RowTable[T]):
    """Rows of a list of any length.

    - At most `KEPT_WINDOWS` windows of `STEP` rows are in memory.
    - The first window is shown at once; anchors are built behind it, so that a jump
      reads one window from the nearest key and never counts through all rows.
    """

    settled = Signal(int)
    """Rows there are, after every reading."""
    failed = Signal(object)

    def __init__(self, columns: list[Column[T]], run: Runner) -> None:
        super().__init__(columns)
        self._run = run
        self._source: Source[T] | None = None
        self._count = 0
        self._windows: OrderedDict[int, tuple[T, ...]] = OrderedDict()
        self._asked: set[int] = set()
        self._anchors: tuple[RowKey, ...] = ()
        self._turn = 0

    @property
    def windows_in_memory(self) -> int:
        """Return how many windows are kept."""
        return len(self._windows)

    def read(self, source: Source[T]) -> None:
        """Read a list from the start, or the same list again after a change."""
        self._source = source
        self._turn += 1
        turn = self._turn
        self._asked.clear()

        async def first() -> _First[T]:
            window = await source.window(after=None, limit=STEP, offset=0)
            return _First(count=await source.count(), window=window)

        self._run(
            first(),
            owner=self,
            done=lambda found: self._on_first(turn, found),
            failed=self.failed.emit,
        )

    def rowCount(self, parent: Index | None = None) -> int:
        """Return how many rows there are."""
        return 0 if parent is not None and parent.isValid() else self._count

    def row_at(self, number: int) -> T | None:
        """Return a row, or None and ask for its window."""
        window, place = divmod(number, STEP)
        found = self._windows.get(window)
        if found is None:
            self._ask(window)
            return None
        self._windows.move_to_end(window)
        return found[place] if place < len(found) else None

    def _on_first(self, turn: int, found: _First[T]) -> None:
        if turn != self._turn:
            return
        same = found.count == self._count
        if not same:
            self.beginResetModel()
        self._count = found.count
        self._windows.clear()
        self._anchors = ()
        self._windows[0] = found.window.rows
        if same:
            self._announce(0, max(0, self._count - 1))
        else:
            self.endResetModel()
        self.settled.emit(self._count)
        if self._count > STEP:
            self._read_anchors(turn)

    def _read_anchors(self, turn: int) -> None:
        source = self._source
        if source is None:
            return

        def keep(anchors: tuple[RowKey, ...]) -> None:
            if turn == self._turn:
                self._anchors = anchors

        self._run(
            source.anchors(STEP), owner=self, done=keep, failed=lambda _problem: None
        )

    def _ask(self, window: int) -> None:
        source = self._source
        if source is None or window in self._asked:
            return
        self._asked.add(window)
        turn = self._turn
        after, offset = self._place(window)
        self._run(
            source.window(after=after, limit=STEP, offset=offset),
            owner=self,
            done=lambda found: self._on_window(turn, window, found.rows),
            failed=lambda _problem: self._asked.discard(window),
        )

    def _place(self, window: int) -> tuple[RowKey | None, int]:
        """Return the key to read after, and how many rows to pass over from it.

        While the anchors are not built yet, rows are passed over from the start.
        """
        if 0 < window <= len(self._anchors):
            return self._anchors[window - 1], 0
        return None, window * STEP

    def _on_window(self, turn: int, window: int, rows: tuple[T, ...]) -> None:
        if turn != self._turn:
            return
        self._asked.discard(window)
        self._windows[window] = rows
        while len(self._windows) > KEPT_WINDOWS:
            self._windows.popitem(last=False)
        first = window * STEP
        self._announce(first, min(first + STEP, self._count) - 1)

    def _announce(self, first: int, last: int) -> None:
        if last < first or not self._count:
            return
        top = self.index(first, 0, QModelIndex())
        bottom = self.index(last, len(self.columns) - 1, QModelIndex())
        self.dataChanged.emit(top, bottom)
