"""Small parts that every page is built from, in the spacing and roles of the look."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QBoxLayout,
    QButtonGroup,
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from safetyclient.ui.look import Look, space
from safetyclient.ui.safe_text import SafeLabel, set_tooltip

L = TypeVar("L", bound=QBoxLayout)


def column(
    parent: QWidget | None = None, *, gap: str = "m", margin: str = ""
) -> QVBoxLayout:
    """Return a vertical layout in steps of the spacing scale."""
    layout = QVBoxLayout(parent) if parent is not None else QVBoxLayout()
    return _measure(layout, gap, margin)


def row(
    parent: QWidget | None = None, *, gap: str = "s", margin: str = ""
) -> QHBoxLayout:
    """Return a horizontal layout in steps of the spacing scale."""
    layout = QHBoxLayout(parent) if parent is not None else QHBoxLayout()
    return _measure(layout, gap, margin)


def _measure(layout: L, gap: str, margin: str) -> L:
    edge = space(margin) if margin else 0
    layout.setContentsMargins(edge, edge, edge, edge)
    layout.setSpacing(space(gap))
    return layout


def button(
    text: str,
    name: str,
    *,
    kind: str = "",
    clicked: Callable[[], object] | None = None,
    icon: str = "",
    look: Look | None = None,
    foreign: str = "",
    tip: str = "",
) -> QPushButton:
    """Return a push button.

    Args:
        text: our own words, with a mnemonic where there is one.
        name: object name.
        kind: `primary`, `danger`, `quiet`, `page`, `tab`, `row`, or nothing.
        clicked: called without arguments.
        icon: name of one of our icons.
        look: needed with an icon.
        foreign: foreign text appended to the accessible name (whom it is about).
        tip: tooltip.
    """
    # A style sheet knows no distance between picture and words.
    made = QPushButton(f" {text}" if icon else text)
    made.setObjectName(name)
    # The key Enter presses it too, and in a dialog only while it has the focus.
    made.setAutoDefault(True)
    if kind:
        made.setProperty("kind", kind)
    if icon and look is not None:
        colours = {"primary": "accent_text", "danger": "danger_text", "quiet": "accent"}
        made.setIcon(look.icon(icon, colours.get(kind, "text")))
    if foreign:
        made.setAccessibleName(f"{text.replace('&', '')} {foreign}")
    if tip:
        set_tooltip(made, tip)
    if clicked is not None:
        made.clicked.connect(lambda: clicked())
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    return made


def narrow(widget: QWidget) -> QHBoxLayout:
    """Return a line with a widget in its middle, as wide as it may be.

    An alignment would give it the height of its narrowest form, and cut its words.
    """
    line = row()
    line.addStretch(1)
    line.addWidget(widget, 1000)
    line.addStretch(1)
    return line


def hug(made: QAbstractButton) -> None:
    """Let the frame of the focus be as wide as the words."""
    made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)


def card(*, role: str = "card", margin: str = "l", gap: str = "m") -> Box:
    """Return a framed box with a column in it."""
    return Box(role=role, margin=margin, gap=gap)


class Box(QFrame):
    """A framed part of a page; `column` takes its content."""

    def __init__(
        self, *, role: str = "card", margin: str = "l", gap: str = "m", name: str = ""
    ) -> None:
        super().__init__()
        self.setProperty("role", role)
        if name:
            self.setObjectName(name)
        self.column = column(self, gap=gap, margin=margin)


class Chip(SafeLabel):
    """A short word on a soft ground; colour never stands alone."""

    def __init__(self, text: str = "", tone: str = "", *, name: str = "") -> None:
        super().__init__(text, role="chip", name=name)
        self.setProperty("tone", tone)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setVisible(bool(text))

    def show_tone(self, text: str, tone: str) -> None:
        """Show other words in another tone; nothing hides the chip."""
        self.setText(text)
        self.setVisible(bool(text))
        if self.property("tone") != tone:
            self.setProperty("tone", tone)
            self.style().unpolish(self)
            self.style().polish(self)


class Picture(QWidget):
    """One of our icons at its own place; decoration, so it has no name."""

    def __init__(self, look: Look, icon: str, *, colour: str = "text", px: int = 20):
        super().__init__()
        self._look, self._icon, self._colour, self._px = look, icon, colour, px
        self.setFixedSize(px, px)

    def show_icon(self, icon: str, colour: str) -> None:
        """Show another icon."""
        self._icon, self._colour = icon, colour
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the icon in the theme that is in force."""
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        painter.drawPixmap(
            0, 0, self._look.pixmap(self._icon, self._colour, self._px, ratio)
        )
        painter.end()


class Switch(QCheckBox):
    """A check box drawn as a switch; role, keys and name stay those of a check box."""

    def __init__(self, text: str, look: Look, *, name: str) -> None:
        super().__init__(text)
        self._look = look
        self.setObjectName(name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        """Return room for the switch and its words."""
        words = self.fontMetrics().horizontalAdvance(self.text().replace("&", ""))
        return QSize(44 + 12 + words + 8, max(30, self.fontMetrics().height() + 8))

    def hitButton(self, position: object) -> bool:
        """Take clicks anywhere on the switch or its words."""
        return self.isEnabled()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw track, knob, words and focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on, rtl = self.isChecked(), self.isRightToLeft()
        left = self.width() - 44 if rtl else 2
        top = (self.height() - 22) // 2
        painter.setPen(Qt.PenStyle.NoPen)
        track = "accent" if on else "control_line"
        painter.setBrush(self._look.colour(track if self.isEnabled() else "line"))
        painter.drawRoundedRect(left, top, 40, 22, 11, 11)
        painter.setBrush(self._look.colour("surface"))
        knob = left + (20 if on != rtl else 2)
        painter.drawEllipse(knob, top + 2, 18, 18)
        painter.setPen(self._look.colour("text"))
        area = self.rect().adjusted(*((0, 0, -54, 0) if rtl else (54, 0, 0, 0)))
        side = Qt.AlignmentFlag.AlignRight if rtl else Qt.AlignmentFlag.AlignLeft
        flags = side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextShowMnemonic
        painter.drawText(area, int(flags), self.text())
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            pen = painter.pen()
            pen.setColor(self._look.colour("focus"))
            pen.setWidth(2)
            painter.setPen(pen)
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 6, 6)
        painter.end()


class Tabs(QWidget):
    """A row of tabs drawn quietly; arrow keys move between them."""

    def __init__(self, labels: list[tuple[str, str]], *, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._changed: Callable[[int], object] | None = None
        line = row(self, gap="xl")
        for number, (key, text) in enumerate(labels):
            tab = button(text, f"{name}.{key}", kind="tab")
            tab.setCheckable(True)
            _room_for_bold(tab, text)
            self._group.addButton(tab, number)
            line.addWidget(tab)
        line.addStretch(1)
        self._group.button(0).setChecked(True)
        self._group.idClicked.connect(self._on_clicked)

    @property
    def current(self) -> int:
        """Return the number of the chosen tab."""
        return self._group.checkedId()

    def on_changed(self, called: Callable[[int], object]) -> None:
        """Call a function with the number of a newly chosen tab."""
        self._changed = called

    def choose(self, number: int) -> None:
        """Choose a tab as if it had been clicked."""
        self._group.button(number).setChecked(True)
        self._on_clicked(number)

    def rename(self, number: int, text: str) -> None:
        """Give a tab other words, for instance with a count."""
        tab = self._group.button(number)
        tab.setText(text)
        _room_for_bold(tab, text)

    def _on_clicked(self, number: int) -> None:
        if self._changed is not None:
            self._changed(number)


def _room_for_bold(tab: QAbstractButton, text: str) -> None:
    font = QFont(tab.font())
    font.setWeight(QFont.Weight.DemiBold)
    tab.setMinimumWidth(QFontMetrics(font).horizontalAdvance(text) + 6)


class Pile(QWidget):
    """Widgets of which one is shown; it is as high as that one, not as the highest."""

    def __init__(self) -> None:
        super().__init__()
        self._lines = column(self)
        self._parts: list[QWidget] = []

    def addWidget(self, widget: QWidget) -> None:
        """Put a widget under the others."""
        self._parts.append(widget)
        self._lines.addWidget(widget)
        widget.setVisible(len(self._parts) == 1)

    def removeWidget(self, widget: QWidget) -> None:
        """Take a widget out; the first one is shown."""
        self._parts.remove(widget)
        self._lines.removeWidget(widget)
        widget.hide()
        if self._parts and all(part.isHidden() for part in self._parts):
            self.setCurrentIndex(0)

    def drop_from(self, first: int) -> None:
        """Remove the widgets from a number on, and let them die."""
        for widget in self._parts[first:]:
            self.removeWidget(widget)
            widget.deleteLater()

    def count(self) -> int:
        """Return how many widgets there are."""
        return len(self._parts)

    def setCurrentIndex(self, number: int) -> None:
        """Show a widget by its number."""
        self.setCurrentWidget(self._parts[number])

    def setCurrentWidget(self, widget: QWidget) -> None:
        """Show one widget and hide the others."""
        for part in self._parts:
            if part is not widget:
                part.hide()
        widget.show()


@contextmanager
def kept_focus(root: QWidget) -> Generator[None]:
    """Give the focus to the new part of the same name once parts were made anew.

    Without it the focus wanders to whatever comes next, and the page scrolls there.
    """
    focused: QWidget | None = root.window().focusWidget()
    if not focused or not root.isAncestorOf(focused):
        yield
        return
    name = focused.objectName()
    focused.clearFocus()
    yield
    again = root.findChild(QWidget, name) if name else None
    if again is not None:
        again.setFocus(Qt.FocusReason.OtherFocusReason)


def clear(layout: QBoxLayout) -> None:
    """Remove everything from a layout, and let widgets die."""
    while layout.count():
        item = layout.takeAt(0)
        if item is None:
            break
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
        elif isinstance(inner, QBoxLayout):
            clear(inner)


def rule() -> QFrame:
    """Return a thin line."""
    line = QFrame()
    line.setProperty("role", "rule")
    line.setFixedHeight(1)
    return line


def foreign_label(text: str, *, role: str = "body", wrap: bool = True) -> SafeLabel:
    """Return a label for text that somebody else wrote, already made harmless."""
    return SafeLabel(text, role=role, wrap=wrap, select=True)
