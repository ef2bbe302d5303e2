"""The states every page draws on purpose: empty, loading, banner, trouble, toast."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from safetyclient.ui.look import Look, space
from safetyclient.ui.safe_text import SafeLabel
from safetyclient.ui.widgets.basics import Box, Picture, button, column, narrow, row

TOAST_MS = 8000


class Empty(QWidget):
    """Nothing is here yet: why, and the next thing to do."""

    def __init__(
        self,
        look: Look,
        *,
        icon: str,
        title: str,
        text: str,
        action: str = "",
        clicked: Callable[[], object] | None = None,
        name: str = "empty",
    ) -> None:
        super().__init__()
        self.setObjectName(name)
        lines = column(self, gap="s", margin="xl")
        lines.addStretch(1)
        centre = Qt.AlignmentFlag.AlignHCenter
        lines.addWidget(Picture(look, icon, colour="muted", px=36), 0, centre)
        lines.addSpacing(space("xs"))
        heading = SafeLabel(title, role="heading", wrap=True)
        heading.setAlignment(centre)
        body = SafeLabel(text, role="muted", wrap=True)
        body.setAlignment(centre)
        lines.addWidget(heading)
        lines.addWidget(body)
        if action and clicked is not None:
            lines.addSpacing(space("s"))
            made = button(action, f"{name}.action", kind="primary", clicked=clicked)
            lines.addWidget(made, 0, centre)
        lines.addStretch(2)


class Skeleton(QWidget):
    """Still shapes where rows will be; nothing moves, nothing is claimed."""

    def __init__(self, look: Look, *, rows: int = 5, name: str = "skeleton") -> None:
        super().__init__()
        self.setObjectName(name)
        self._look, self._rows = look, rows
        self.setMinimumHeight(rows * 56)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw two bars per row."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.colour("skeleton"))
        width = self.width()
        for number in range(self._rows):
            top = number * 56 + 8
            first = width * (0.34 + 0.05 * (number % 3))
            second = width * (0.62 - 0.07 * (number % 3))
            for offset, length, height in ((0, first, 14), (22, second, 10)):
                left = width - length if self.isRightToLeft() else 0
                painter.drawRoundedRect(
                    QRectF(left, top + offset, length, height), 5, 5
                )
        painter.end()


class Banner(Box):
    """One line about the whole account, with at most two buttons."""

    def __init__(self, *, tone: str = "", name: str = "banner") -> None:
        super().__init__(role="banner", margin="m", gap="s", name=name)
        self.setProperty("tone", tone)
        self._line = row(gap="m")
        self.column.addLayout(self._line)
        self.label = SafeLabel(wrap=True, name=f"{name}.text")
        self._line.addWidget(self.label, 1)
        self.hide()

    def tell(self, text: str, *actions: tuple[str, str, Callable[[], object]]) -> None:
        """Show a sentence and buttons, each `(name, words, what it does)`."""
        while self._line.count() > 1:
            item = self._line.takeAt(1)
            old = item.widget() if item is not None else None
            if old is not None:
                old.deleteLater()
        self.label.setText(text)
        for name, words, clicked in actions:
            self._line.addWidget(
                button(words, f"{self.objectName()}.{name}", clicked=clicked)
            )
        self.show()


class Trouble(QWidget):
    """A page could not be read: what happened, what is safe, what can be done."""

    def __init__(
        self,
        look: Look,
        *,
        title: str,
        text: str,
        actions: tuple[tuple[str, str, Callable[[], object]], ...] = (),
        icon: str = "triangle-alert",
        name: str = "trouble",
    ) -> None:
        super().__init__()
        self.setObjectName(name)
        lines = column(self, gap="m", margin="xl")
        lines.addStretch(1)
        box = Box(gap="m", margin="xl")
        box.setMaximumWidth(620)
        head = row(gap="m")
        head.addWidget(Picture(look, icon, colour="refused", px=24))
        head.addWidget(SafeLabel(title, role="heading", wrap=True), 1)
        box.column.addLayout(head)
        box.column.addWidget(SafeLabel(text, wrap=True, select=True))
        if actions:
            line = row()
            for number, (key, words, clicked) in enumerate(actions):
                line.addWidget(
                    button(
                        words,
                        f"{name}.{key}",
                        kind="primary" if number == 0 else "",
                        clicked=clicked,
                    )
                )
            line.addStretch(1)
            box.column.addLayout(line)
        lines.addLayout(narrow(box))
        lines.addStretch(2)


class Toast(Box):
    """A short word about what was just done, with a way back; it goes by itself."""

    def __init__(self, parent: QWidget, look: Look) -> None:
        super().__init__(role="toast", margin="m", gap="s", name="toast")
        self.setParent(parent)
        self._look = look
        self._undo: Callable[[], object] | None = None
        line = row(gap="m")
        self.column.addLayout(line)
        self.label = SafeLabel(name="toast.text")
        line.addWidget(self.label)
        self.button = button("", "toast.undo", clicked=self._on_undo)
        line.addWidget(self.button)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def tell(
        self, text: str, *, undo: str = "", clicked: Callable[[], object] | None = None
    ) -> None:
        """Show a sentence; with `clicked`, a button that takes it back."""
        self.label.setText(text)
        self.label.setWordWrap(len(text) > 80)
        self.label.setMinimumWidth(420 if len(text) > 80 else 1)
        self._undo = clicked
        self.button.setText(undo)
        self.button.setVisible(clicked is not None)
        # Shown first: only then do the parts know the sizes of their style.
        self.show()
        self.raise_()
        self.place()
        self._timer.start(TOAST_MS)
        # It takes no focus, so a screen reader has to be told.
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def place(self) -> None:
        """Stand at the lower middle of the window."""
        parent = self.parentWidget()
        if parent is None:
            return
        layout = self.layout()
        if layout is not None:
            layout.activate()
        self.adjustSize()
        self.move(
            (parent.width() - self.width()) // 2,
            parent.height() - self.height() - space("xxl") - space("l"),
        )

    def _on_undo(self) -> None:
        self.hide()
        if self._undo is not None:
            self._undo()
