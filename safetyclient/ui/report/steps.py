"""Steps: one widget per kind of question; they show and give answers, nothing more."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QCheckBox,
    QRadioButton,
    QWidget,
)

from safetyclient.application.report_views import NodeView, OptionView
from safetyclient.application.texts import Texts
from safetyclient.domain.flow_nodes import NodeKind
from safetyclient.domain.reports import Answer
from safetyclient.ui.safe_text import PlainEdit, PlainLine, SafeLabel, handle_text
from safetyclient.ui.widgets.basics import Box, column, hug
from safetyclient.ui.widgets.fields import Choice

MOST_BUTTONS = 9
"""More options than this are a list that drops down."""
TYPING_PAUSE_MS = 700


class StepWidget(QWidget):
    """A question: title, help, control, problem. `changed` means: keep it now."""

    changed = Signal()

    def __init__(self, node: NodeView, texts: Texts) -> None:
        super().__init__()
        self.node = node
        self.setObjectName(f"report.{node.id}")
        self._texts = texts
        self.title = texts.say(node.title_key)
        self.lines = column(self, gap="xs")
        self.lines.addWidget(SafeLabel(self.title, role="strong", wrap=True))
        if node.help_key:
            text = texts.say(node.help_key)
            self.lines.addWidget(SafeLabel(text, role="small", wrap=True))
        self._problem = SafeLabel(
            role="problem", wrap=True, name=f"report.{node.id}.problem"
        )
        self._problem.hide()

    def finish(self) -> None:
        """Put the place for problems last; called once the control stands."""
        self.lines.addWidget(self._problem)

    def value(self) -> Answer:
        """Return the answer as it stands; empty means: none."""
        raise NotImplementedError

    def focus_control(self) -> None:
        """Put the keyboard where the answer is given."""
        self.setFocus()

    def show_problem(self, text: str) -> None:
        """Say what is wrong with the answer, under it."""
        self._problem.setText(text)
        self._problem.setVisible(bool(text))
        self.setAccessibleDescription(text)

    def _dress(self, widget: QWidget, option: str = "", *, said: str = "") -> None:
        name = f"report.{self.node.id}.{option}" if option else self.answer_name
        widget.setObjectName(name)
        widget.setAccessibleName(f"{self.title} {said}".strip())
        if isinstance(widget, QAbstractButton):
            hug(widget)

    @property
    def answer_name(self) -> str:
        """Return the object name of the one control of this question."""
        return f"report.{self.node.id}.answer"

    def option_text(self, option: OptionView) -> str:
        """Return our words for an option, or the foreign name that it is."""
        if option.text_key:
            return self._texts.say(option.text_key)
        return handle_text(option.id.removeprefix("@"))


class ChoiceStep(StepWidget):
    """One of several: round buttons."""

    def __init__(self, node: NodeView, texts: Texts) -> None:
        super().__init__(node, texts)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QRadioButton] = {}
        for option in node.options:
            said = self.option_text(option)
            made = QRadioButton(said)
            made.setChecked(node.answer == option.id)
            self._dress(made, option.id, said=said)
            self._group.addButton(made)
            self._buttons[option.id] = made
            self.lines.addWidget(made)
        self._group.buttonClicked.connect(self._on_clicked)
        self.finish()

    def _on_clicked(self) -> None:
        self.changed.emit()

    def value(self) -> Answer:
        """Return the option that is picked."""
        picked = (name for name, made in self._buttons.items() if made.isChecked())
        return next(picked, "")

    def focus_control(self) -> None:
        """Go to the first option."""
        next(iter(self._buttons.values())).setFocus()


class ListStep(StepWidget):
    """One of many: a list that drops down."""

    def __init__(self, node: NodeView, texts: Texts) -> None:
        super().__init__(node, texts)
        self._box = Choice()
        self._box.addItem("", "")
        for option in node.options:
            self._box.addItem(self.option_text(option), option.id)
        self._box.setCurrentIndex(max(self._box.findData(node.answer), 0))
        self._dress(self._box)
        self._box.activated.connect(self._on_activated)
        self.lines.addWidget(self._box)
        self.finish()

    def _on_activated(self) -> None:
        self.changed.emit()

    def value(self) -> Answer:
        """Return the option that is picked."""
        return str(self._box.currentData())

    def focus_control(self) -> None:
        """Go to the list."""
        self._box.setFocus()


class SeveralStep(StepWidget):
    """Some of several: boxes; their order is the order in which they were ticked."""

    def __init__(self, node: NodeView, texts: Texts) -> None:
        super().__init__(node, texts)
        chosen = node.answer if isinstance(node.answer, tuple) else ()
        self._order = list(chosen)
        self._boxes: dict[str, QCheckBox] = {}
        for option in node.options:
            said = self.option_text(option)
            box = QCheckBox(said)
            box.setChecked(option.id in self._order)
            self._dress(box, option.id, said=said)
            box.clicked.connect(partial(self._on_box_clicked, option.id))
            self._boxes[option.id] = box
            self.lines.addWidget(box)
        self.finish()

    def _on_box_clicked(self, name: str) -> None:
        self._order = [each for each in self._order if each != name]
        if self._boxes[name].isChecked():
            self._order.append(name)
        self.changed.emit()

    def value(self) -> Answer:
        """Return what is ticked, first ticked first."""
        return tuple(self._order)

    def focus_control(self) -> None:
        """Go to the first box."""
        next(iter(self._boxes.values())).setFocus()


class TextStep(StepWidget):
    """Own words; kept after a short pause and when the field is left."""

    def __init__(self, node: NodeView, texts: Texts) -> None:
        super().__init__(node, texts)
        self._edit = PlainEdit(lines=3)
        if isinstance(node.answer, str):
            self._edit.setPlainText(node.answer)
        self._kept = self.value()
        self._dress(self._edit)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(TYPING_PAUSE_MS)
        self._pause.timeout.connect(self._keep)
        self._edit.textChanged.connect(self._pause.start)
        self._edit.left.connect(self._keep)
        self.lines.addWidget(self._edit)
        self.finish()

    def _keep(self) -> None:
        self._pause.stop()
        if self.value() != self._kept:
            self._kept = self.value()
            self.changed.emit()

    def value(self) -> Answer:
        """Return what is written."""
        return self._edit.toPlainText().strip()

    def focus_control(self) -> None:
        """Go to the field."""
        self._edit.setFocus()


class LinesStep(TextStep):
    """One answer for each line: people, posts, moments."""

    def __init__(self, node: NodeView, texts: Texts) -> None:
        super().__init__(node, texts)
        if isinstance(node.answer, tuple):
            self._edit.setPlainText("\n".join(node.answer))
        self._kept = self.value()
        self._pause.stop()

    def value(self) -> Answer:
        """Return the lines that are not empty."""
        lines = (line.strip() for line in self._edit.toPlainText().splitlines())
        return tuple(line for line in lines if line)


class PersonStep(StepWidget):
    """One person out of those that were seen, or somebody else by name."""

    def __init__(self, node: NodeView, texts: Texts) -> None:
        super().__init__(node, texts)
        answer = node.answer if isinstance(node.answer, tuple) else ()
        wanted = answer[0] if answer else ""
        self._box = Choice()
        self._box.addItem(texts.say("report.wizard.other_person"), "")
        for option in node.options:
            self._box.addItem(self.option_text(option), option.id)
        self._box.setCurrentIndex(max(self._box.findData(wanted), 0))
        self._dress(self._box)
        self._line = PlainLine(limit=64)
        self._dress(self._line, "other", said=texts.say("report.wizard.other_person"))
        if wanted and not self._box.currentIndex():
            self._line.setText(wanted)
        self._box.activated.connect(self._on_activated)
        self._line.editingFinished.connect(self._on_edited)
        self.lines.addWidget(self._box)
        self.lines.addWidget(self._line)
        self._line.setVisible(not self._box.currentIndex())
        self.finish()

    def _on_activated(self, index: int) -> None:
        self._line.setVisible(not index)
        self.changed.emit()

    def _on_edited(self) -> None:
        self.changed.emit()

    def value(self) -> Answer:
        """Return the person, as a list of one or none."""
        who = str(self._box.currentData()) or self._line.text().strip()
        return (who,) if who else ()

    def focus_control(self) -> None:
        """Go to the list."""
        self._box.setFocus()


_KINDS: dict[NodeKind, type[StepWidget]] = {
    NodeKind.CHOICE: ChoiceStep,
    NodeKind.SEVERAL: SeveralStep,
    NodeKind.PEOPLE: LinesStep,
    NodeKind.POSTS: LinesStep,
    NodeKind.MOMENT: LinesStep,
    NodeKind.TEXT: TextStep,
}


def step_widget(node: NodeView, texts: Texts) -> StepWidget:
    """Return the widget that asks a question."""
    if node.kind is NodeKind.CHOICE and len(node.options) > MOST_BUTTONS:
        return ListStep(node, texts)
    if node.kind is NodeKind.PEOPLE and node.options:
        return PersonStep(node, texts)
    return _KINDS[node.kind](node, texts)


class NoticeBox(Box):
    """What a person should know before they go on, and places that help."""

    def __init__(
        self, keys: Sequence[str], cards: Sequence[tuple[str, str]], texts: Texts
    ) -> None:
        super().__init__(gap="s", margin="m", name="report.notice")
        said = [texts.say(key) for key in keys]
        for text in said:
            self.column.addWidget(SafeLabel(text, wrap=True, select=True))
        for title, text in cards:
            self.column.addWidget(SafeLabel(title, role="strong", wrap=True))
            self.column.addWidget(SafeLabel(text, role="small", wrap=True, select=True))
        self.setAccessibleName(" ".join([*said, *(title for title, _ in cards)]))
