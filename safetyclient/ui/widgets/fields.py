"""A control with its label above, its help and its problem below."""

from __future__ import annotations

from PySide6.QtCore import QDate, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QDateEdit, QWidget

from safetyclient.ui.safe_text import SafeLabel
from safetyclient.ui.widgets.basics import column


class Choice(QComboBox):
    """A drop-down that the wheel does not change in passing."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the wheel scroll the page and nothing else."""
        event.ignore()


class DateChoice(QDateEdit):
    """A day with a calendar; the wheel does not change it either."""

    def __init__(self, day: QDate) -> None:
        super().__init__(day)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCalendarPopup(True)
        # Letters for the month, so that no country misreads it.
        self.setDisplayFormat("d MMM yyyy")

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the wheel scroll the page and nothing else."""
        event.ignore()


class Field(QWidget):
    """Label, control, help, problem; the control gets its names from here."""

    def __init__(
        self, label: str, control: QWidget, *, name: str, help_text: str = ""
    ) -> None:
        super().__init__()
        self.control = control
        control.setObjectName(name)
        control.setAccessibleName(label.replace("&", ""))
        if help_text:
            control.setAccessibleDescription(help_text)
        lines = column(self, gap="xs")
        self._label = SafeLabel(label, role="strong")
        self._label.setBuddy(control)
        lines.addWidget(self._label)
        lines.addWidget(control)
        if help_text:
            lines.addWidget(SafeLabel(help_text, role="small", wrap=True))
        self._problem = SafeLabel(role="problem", wrap=True, name=f"{name}.problem")
        self._problem.hide()
        lines.addWidget(self._problem)

    def show_problem(self, text: str) -> None:
        """Say what is wrong with what was typed, under the control."""
        self._problem.setText(text)
        self._problem.setVisible(bool(text))
        self.control.setProperty("wrong", "true" if text else "false")
        self.control.setAccessibleDescription(text)
        self.control.style().unpolish(self.control)
        self.control.style().polish(self.control)
