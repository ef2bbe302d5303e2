"""The only way foreign text reaches a widget: plain, capped, and unable to spoof."""

from __future__ import annotations

import html
import unicodedata

from PySide6.QtCore import QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from safetyclient.domain.people import display_name, mixed_scripts

MAX_SHOWN = 4000
"""A label longer than this takes seconds to paint."""
_LRI, _FSI, _PDI = "\u2066", "\u2068", "\u2069"
_KEPT = frozenset("\n\t")
_BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
_MAX_MARKS = 2


def foreign(text: str, *, limit: int = 2000, lines: bool = True) -> str:
    """Return a foreign text without controls, direction marks and piles of marks.

    Args:
        text: what somebody else wrote.
        limit: characters that are kept; an ellipsis stands for the rest.
        lines: keep line breaks; otherwise they become spaces, and the text is
            isolated so that it cannot reorder the sentence that it stands in.
    """
    plain = _clean(text, limit=limit, lines=lines)
    return plain if lines or not plain else f"{_FSI}{plain}{_PDI}"


def _clean(text: str, *, limit: int, lines: bool) -> str:
    kept: list[str] = []
    marks = 0
    for char in text[: limit * 4]:
        category = unicodedata.category(char)
        if char in _KEPT:
            kept.append(char if lines else " ")
            continue
        if category[0] == "C" or category in {"Zl", "Zp"} or char in _BLANKS:
            continue
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if marks > _MAX_MARKS:
            continue
        kept.append(char)
        if len(kept) >= limit:
            kept.append("…")
            break
    return "".join(kept).strip()


def handle_text(handle: str) -> str:
    """Return `@handle`, isolated left to right so that nothing can reorder it."""
    clean = _clean(handle, limit=80, lines=False)
    return f"{_LRI}@{clean}{_PDI}" if clean else ""


def identity_text(handle: str, person_id: str) -> str:
    """Return our own line about somebody: `@handle · id 12`."""
    tail = f"{_LRI}id {_clean(person_id, limit=80, lines=False)}{_PDI}"
    parts = [handle_text(handle), tail if person_id else ""]
    return " · ".join(part for part in parts if part)


def name_text(name: str, handle: str) -> str:
    """Return a name as it may be shown; the handle stands in for an empty one."""
    return display_name(name) or handle_text(handle)


def looks_mixed(name: str, handle: str) -> bool:
    """Return whether a name or handle mixes alphabets that look alike."""
    return mixed_scripts(name) or mixed_scripts(handle)


def set_tooltip(widget: QWidget, text: str) -> None:
    """Give a widget a tooltip that cannot be read as rich text."""
    widget.setToolTip(tooltip_html(text))


def tooltip_html(text: str) -> str:
    """Return text for a tooltip: escaped inside our own tag, so never guessed at."""
    return f"<qt>{html.escape(text[:MAX_SHOWN])}</qt>" if text else ""


def mnemonic(text: str) -> str:
    """Return foreign text for a button or menu: `&` is no mnemonic there."""
    return foreign(text, limit=200, lines=False).replace("&", "&&")


class SafeLabel(QLabel):
    """A label that shows characters and nothing else.

    `role` picks type size and colour from the design tokens (`title`, `heading`,
    `body`, `muted`, `small`, `problem`).
    """

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        *,
        role: str = "body",
        wrap: bool = False,
        select: bool = False,
        name: str = "",
    ) -> None:
        super().__init__(parent)
        # Before any text: the format decides how the first text is read.
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setOpenExternalLinks(False)
        self.setProperty("role", role)
        if name:
            self.setObjectName(name)
        if wrap:
            self.setWordWrap(True)
            policy = QSizePolicy(
                QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred
            )
            policy.setHeightForWidth(True)
            self.setSizePolicy(policy)
        if select:
            self.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse
                | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
        self.setText(text)

    def minimumSizeHint(self) -> QSize:
        """Return one line where words wrap: their height comes from the width.

        Qt would ask for the height of a narrow column, and leave a page half empty.
        """
        hint = super().minimumSizeHint()
        if self.wordWrap():
            return QSize(1, min(hint.height(), self.fontMetrics().height()))
        return hint

    def setText(self, text: str) -> None:
        """Show text, capped."""
        if len(text) > MAX_SHOWN:
            text = text[:MAX_SHOWN] + "…"
        super().setText(text)

    def set_role(self, role: str) -> None:
        """Change type size and colour."""
        self.setProperty("role", role)
        self.style().unpolish(self)
        self.style().polish(self)


def plain_mime(source: QMimeData) -> QMimeData:
    """Return a copy that holds the plain text and nothing else."""
    mime = QMimeData()
    if source.hasText() and not source.hasUrls():
        mime.setText(source.text())
    return mime


class PlainEdit(QPlainTextEdit):
    """A field for several lines: plain text in, plain text out, nothing dropped in."""

    left = Signal()
    """The field lost the focus."""

    def __init__(
        self, parent: QWidget | None = None, *, limit: int = 10_000, lines: int = 4
    ) -> None:
        super().__init__(parent)
        self._limit = limit
        self.setAcceptDrops(False)
        self.setTabChangesFocus(True)
        self.setFixedHeight(self.fontMetrics().lineSpacing() * lines + 24)
        self.textChanged.connect(self._cut)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Accept plain text only; a file is not text, even if it has a name."""
        return source.hasText() and not source.hasUrls()

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Insert the plain text only."""
        mime = plain_mime(source)
        if mime.hasText():
            self.insertPlainText(mime.text()[: self._limit])

    def createMimeDataFromSelection(self) -> QMimeData:
        """Copy the plain text only."""
        mime = QMimeData()
        mime.setText(self.textCursor().selectedText().replace("\u2029", "\n"))
        return mime

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Announce that the field was left."""
        super().focusOutEvent(event)
        self.left.emit()

    def _cut(self) -> None:
        if len(self.toPlainText()) > self._limit:
            cursor = self.textCursor()
            cursor.movePosition(cursor.MoveOperation.End)
            while len(self.toPlainText()) > self._limit:
                cursor.deletePreviousChar()


class PlainLine(QLineEdit):
    """A field for one line; nothing can be dropped in."""

    def __init__(self, parent: QWidget | None = None, *, limit: int = 500) -> None:
        super().__init__(parent)
        self.setMaxLength(limit)
        self.setAcceptDrops(False)


class SafeMessage(QDialog):
    """A question or a notice in plain text; `open()` it and listen to `accepted`."""

    def __init__(
        self,
        parent: QWidget,
        *,
        title: str,
        text: str,
        accept: str,
        reject: str = "",
        danger: bool = False,
        name: str = "message",
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName(name)
        self.setWindowTitle(foreign(title, limit=120, lines=False))
        self.setModal(True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(24, 20, 24, 20)
        self._column.setSpacing(12)
        heading = SafeLabel(title, self, role="heading", wrap=True)
        body = SafeLabel(text, self, wrap=True, select=False)
        body.setMinimumWidth(420)
        self._column.addWidget(heading)
        self._column.addWidget(body)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(8)
        self.buttons.addStretch(1)
        self._column.addSpacing(8)
        self._column.addLayout(self.buttons)
        if reject:
            self.reject_button = QPushButton(reject, self)
            self.reject_button.setObjectName(f"{name}.reject")
            self.reject_button.setShortcut(QKeySequence())
            self.reject_button.clicked.connect(self.reject)
            self.buttons.addWidget(self.reject_button)
        self.accept_button = QPushButton(accept, self)
        self.accept_button.setObjectName(f"{name}.accept")
        self.accept_button.setProperty("kind", "danger" if danger else "primary")
        self.accept_button.clicked.connect(self.accept)
        self.buttons.addWidget(self.accept_button)
        if danger and reject:
            # Enter must never do what cannot be taken back.
            # Who goes to the button by key still presses it with Enter.
            self.reject_button.setDefault(True)
            self.reject_button.setFocus()
        else:
            self.accept_button.setDefault(True)

    def insert(self, widget: QWidget) -> None:
        """Put one more widget between the text and the buttons."""
        self._column.insertWidget(self._column.count() - 2, widget)
