"""A table of people: name above our own line of handle and id, state in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from safetyclient.domain.people import Person
from safetyclient.domain.rows import RowState
from safetyclient.ui.look import Look, size, type_factor
from safetyclient.ui.models.rows import PERSON_ROLE, STATE_ROLE, TONES, RowTable
from safetyclient.ui.safe_text import identity_text, looks_mixed, name_text

Say = Callable[..., str]
_PAD = 10
PERSON_SHARE = 0.34


class RowDelegate(QStyledItemDelegate):
    """Paints cells as separate paragraphs, so that no name can reorder a handle."""

    def __init__(self, look: Look, say: Say) -> None:
        super().__init__()
        self._look, self._say = look, say

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw ground and focus as the style does, then our own words."""
        self._ground(painter, option, index)
        person: Person | None = index.data(PERSON_ROLE)
        state: RowState | None = index.data(STATE_ROLE)
        view: Any = option
        area: QRect = view.rect.adjusted(_PAD, 0, -_PAD, 0)
        painter.save()
        if person is not None:
            self._person(painter, area, person, view.font)
        elif state is not None:
            self._state(painter, area, state, str(index.data() or ""), view.font)
        else:
            self._words(painter, area, str(index.data() or ""), view.font)
        painter.restore()

    def sizeHint(
        self,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> QSize:
        """Return room for two lines."""
        return QSize(80, size("row"))

    def _ground(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        plain = QStyleOptionViewItem(option)
        view: Any = plain
        view.text = ""
        style: QStyle = view.widget.style()
        style.drawPrimitive(
            QStyle.PrimitiveElement.PE_PanelItemViewItem, plain, painter, view.widget
        )
        focused = QStyle.StateFlag.State_HasFocus in view.state
        chosen = QStyle.StateFlag.State_Selected in view.state
        if focused and not chosen and view.widget.hasFocus():
            painter.setPen(self._look.colour("focus"))
            painter.drawRect(view.rect.adjusted(0, 0, -1, -1))
        painter.setPen(self._look.colour("line"))
        painter.drawLine(view.rect.bottomLeft(), view.rect.bottomRight())

    def _person(
        self, painter: QPainter, area: QRect, person: Person, font: QFont
    ) -> None:
        top = QRect(area.left(), area.top() + 7, area.width(), area.height() // 2 - 6)
        low = QRect(area.left(), top.bottom() + 2, area.width(), top.height())
        bold = QFont(font)
        bold.setWeight(QFont.Weight.DemiBold)
        name = name_text(person.name, person.handle)
        if looks_mixed(person.name, person.handle):
            name = f"{name}  ({self._say('ui.person.mixed')})"
        self._line(painter, top, name, bold, "text")
        small = QFont(font)
        small.setPointSizeF(font.pointSizeF() * type_factor("small"))
        self._line(
            painter, low, identity_text(person.handle, person.id), small, "muted"
        )

    def _state(
        self,
        painter: QPainter,
        area: QRect,
        state: RowState,
        words: str,
        font: QFont,
    ) -> None:
        tone = TONES[state]
        small = QFont(font)
        small.setPointSizeF(font.pointSizeF() * type_factor("small"))
        if state is RowState.ON_SERVER:
            # What is as it should be stays quiet.
            self._line(painter, area, words, small, "muted")
            return
        width = QFontMetrics(small).horizontalAdvance(words) + 20
        height = QFontMetrics(small).height() + 6
        left = area.left()
        if painter.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            left = area.right() - width
        box = QRect(left, area.center().y() - height // 2, width, height)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.colour(f"{tone}_soft"))
        painter.drawRoundedRect(box, height / 2, height / 2)
        painter.setPen(self._look.colour(tone))
        painter.setFont(small)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)

    def _words(self, painter: QPainter, area: QRect, text: str, font: QFont) -> None:
        self._line(painter, area, text, font, "text")

    def _line(
        self, painter: QPainter, area: QRect, text: str, font: QFont, colour: str
    ) -> None:
        painter.setFont(font)
        painter.setPen(self._look.colour(colour))
        cut = QFontMetrics(font).elidedText(
            text.replace("\n", " "), Qt.TextElideMode.ElideRight, area.width()
        )
        flags = Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(area, int(flags), cut)


class RowView(QTableView):
    """A quiet table: whole rows, one selection, keys for everything."""

    remove_wanted = Signal()
    """Delete was pressed."""

    def __init__(
        self, model: RowTable[Any], look: Look, say: Say, *, name: str, label: str
    ) -> None:
        super().__init__()
        self._rows = model
        self._delegate = RowDelegate(look, say)
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(size("row"))
        header = self.horizontalHeader()
        header.setObjectName(f"{name}.header")
        header.setAccessibleName(label)
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self._wide = dict.fromkeys(range(1, model.columnCount()), 150)
        self._wide[model.columnCount() - 1] = 140
        for number in self._wide:
            header.setSectionResizeMode(number, QHeaderView.ResizeMode.Fixed)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def widen(self, number: int, width: int) -> None:
        """Give a column more room where there is enough."""
        self._wide[number] = width

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room: who it is about keeps the greater part of a narrow table."""
        room = self.viewport().width() * (1 - PERSON_SHARE)
        shrink = min(1.0, room / sum(self._wide.values()))
        for number, width in self._wide.items():
            self.horizontalHeader().resizeSection(number, int(width * shrink))
        super().resizeEvent(event)

    def chosen(self) -> list[Any]:
        """Return the selected rows that are in memory."""
        indexes = self.selectionModel().selectedRows()
        found = [self._rows.row_at(index.row()) for index in indexes]
        return [row for row in found if row is not None]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Delete remove."""
        if event.key() == Qt.Key.Key_Delete:
            self.remove_wanted.emit()
            return
        super().keyPressEvent(event)
