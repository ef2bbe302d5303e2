"""Tables over windows of projected rows: columns, roles and what a person reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
)

from safetyclient.domain.people import Person
from safetyclient.domain.rows import RowState
from safetyclient.ui.safe_text import foreign, identity_text, name_text, tooltip_html

T = TypeVar("T")
Index = QModelIndex | QPersistentModelIndex
PERSON_ROLE = Qt.ItemDataRole.UserRole + 1
STATE_ROLE = Qt.ItemDataRole.UserRole + 2
TONES = {
    RowState.ON_SERVER: "ok",
    RowState.WAITING: "wait",
    RowState.SENDING: "wait",
    RowState.REFUSED: "refused",
    RowState.UNSURE: "unsure",
}


@dataclass(frozen=True, slots=True)
class Column(Generic[T]):
    """One column: its heading, what stands in it, and whom or what it is about."""

    title: str
    text: Callable[[T], str]
    person: Callable[[T], Person] | None = None
    state: Callable[[T], RowState] | None = None


def person_text(person: Person) -> str:
    """Return name and identity of somebody in one line, for search and speech."""
    identity = identity_text(person.handle, person.id)
    return f"{name_text(person.name, person.handle)} {identity}"


class RowTable(QAbstractTableModel, Generic[T]):
    """A table that knows its rows only when they are looked at.

    `row_at` returns None for a row that is not read yet; it is then asked for, and
    the table announces it when it arrives.
    """

    def __init__(self, columns: list[Column[T]]) -> None:
        super().__init__()
        self.columns = columns

    def row_at(self, number: int) -> T | None:
        """Return a row that is in memory, or None."""
        raise NotImplementedError

    def columnCount(self, parent: Index | None = None) -> int:
        """Return how many columns there are."""
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Return headings; rows have no number that would mean anything."""
        if role == Qt.ItemDataRole.DisplayRole:
            if orientation is Qt.Orientation.Horizontal:
                return self.columns[section].title
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what one cell shows or says."""
        found = self.row_at(index.row())
        if found is None:
            return "…" if role == Qt.ItemDataRole.DisplayRole else None
        column = self.columns[index.column()]
        if role in {
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.AccessibleTextRole,
        }:
            return column.text(found)
        if role == PERSON_ROLE:
            return column.person(found) if column.person else None
        if role == STATE_ROLE:
            return column.state(found) if column.state else None
        if role == Qt.ItemDataRole.ToolTipRole and column.person is None:
            # A plain string would be guessed at: tooltips read rich text.
            return tooltip_html(foreign(column.text(found)))
        return None
