"""A control with its label above, its help and its problem below."""

from __future__ import annotations

from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QWidget

from safetyclient.ui.safe_text import SafeLabel
from safetyclient.ui.widgets.basics import column


class Choice(QComboBox):
    """A drop-down that the wheel does not change in passing."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the wheel scroll the page; it changes a choice only with the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
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
