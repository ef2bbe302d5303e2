"""An entry of a list of choices: a title and a quieter line, cut where room ends."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy

from safetyclient.ui.look import space
from safetyclient.ui.safe_text import SafeLabel
from safetyclient.ui.widgets.basics import column


class Elided(SafeLabel):
    """One line that ends in dots where it has no room."""

    def __init__(self, text: str, *, role: str) -> None:
        super().__init__(text, role=role)
        self._whole = text
        self.setMinimumWidth(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut the text to the room there is now."""
        super().resizeEvent(event)
        end = Qt.TextElideMode.ElideRight
        self.setText(self.fontMetrics().elidedText(self._whole, end, self.width()))


class Entry(QPushButton):
    """An entry of a list that can be chosen: a title, and a quieter line under it."""

    def __init__(self, title: str, detail: str, *, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(f"{title}. {detail}")
        self.setProperty("kind", "row")
        self.setProperty("lines", 2)
        self.setAutoDefault(True)
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        lines = column(self, gap="xs")
        lines.setContentsMargins(space("m"), space("s"), space("m"), space("s"))
        for text, role in ((title, "strong"), (detail, "small")):
            label = Elided(text, role=role)
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            lines.addWidget(label)

    def sizeHint(self) -> QSize:
        """Return room for both lines, whatever the size of the type."""
        layout = self.layout()
        return layout.sizeHint() if layout else super().sizeHint()
