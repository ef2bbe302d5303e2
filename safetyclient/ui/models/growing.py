"""A list that is read window by window as somebody scrolls down."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from PySide6.QtCore import QModelIndex, Signal

from safetyclient.domain.lists import RowKey, Window
from safetyclient.ui.models.entries import Runner
from safetyclient.ui.models.rows import Column, Index, RowTable

T = TypeVar("T")
Fetch = Callable[[RowKey | None, int], Coroutine[Any, Any, Window[Any]]]
"""Reads rows after a key: `fetch(after, limit)`."""
FIRST = 200


class GrowingTable(RowTable[T]):
    """Rows in the order of the server; more are read when the end comes in sight.

    Reading again after a change asks for as many rows as were there, so that the
    place somebody has scrolled to stays.
    """

    settled = Signal(int)
    """Rows in memory, after every reading."""
    failed = Signal(object)

    def __init__(self, columns: list[Column[T]], run: Runner) -> None:
        super().__init__(columns)
        self._run = run
        self._fetch: Fetch | None = None
        self._rows: list[T] = []
        self._next: RowKey | None = None
        self._busy = False
        self._turn = 0

    @property
    def complete(self) -> bool:
        """Return whether the end of the list is in memory."""
        return self._next is None

    def read(self, fetch: Fetch) -> None:
        """Read a list from the start, or the same list again after a change."""
        self._fetch = fetch
        self._turn += 1
        turn, wanted = self._turn, max(FIRST, len(self._rows))
        self._busy = True
        self._run(
            fetch(None, wanted),
            owner=self,
            done=lambda window: self._on_first(turn, window),
            failed=self._on_failed,
        )

    def rowCount(self, parent: Index | None = None) -> int:
        """Return how many rows are in memory."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def row_at(self, number: int) -> T | None:
        """Return a row."""
        return self._rows[number] if 0 <= number < len(self._rows) else None

    def canFetchMore(self, parent: Index) -> bool:
        """Return whether there is more to read."""
        return self._next is not None and not self._busy

    def fetchMore(self, parent: Index) -> None:
        """Read the next window."""
        if self._fetch is None or not self.canFetchMore(parent):
            return
        self._busy = True
        turn = self._turn
        self._run(
            self._fetch(self._next, FIRST),
            owner=self,
            done=lambda window: self._on_more(turn, window),
            failed=self._on_failed,
        )

    def _on_first(self, turn: int, window: Window[T]) -> None:
        if turn != self._turn:
            return
        self._busy = False
        same = len(window.rows) == len(self._rows)
        if not same:
            self.beginResetModel()
        self._rows = list(window.rows)
        self._next = window.next
        if not same:
            self.endResetModel()
        elif self._rows:
            last = self.index(len(self._rows) - 1, len(self.columns) - 1, QModelIndex())
            self.dataChanged.emit(self.index(0, 0, QModelIndex()), last)
        self.settled.emit(len(self._rows))

    def _on_more(self, turn: int, window: Window[T]) -> None:
        if turn != self._turn:
            return
        self._busy = False
        self._next = window.next
        if window.rows:
            first = len(self._rows)
            self.beginInsertRows(QModelIndex(), first, first + len(window.rows) - 1)
            self._rows.extend(window.rows)
            self.endInsertRows()
        self.settled.emit(len(self._rows))

    def _on_failed(self, problem: object) -> None:
        self._busy = False
        self.failed.emit(problem)
