"""What the window asks before a profile can be opened: key, passphrase, a new start."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QRadioButton, QWidget

from safetyclient.application.launch import OpenRequest
from safetyclient.domain.errors import (
    SafetyError,
    StoreTooNew,
    StoreTrouble,
    VaultLocked,
    VaultMissing,
    VaultTrouble,
)
from safetyclient.ui.bridge import Bug, Problem
from safetyclient.ui.look import Look
from safetyclient.ui.safe_text import PlainEdit, PlainLine, SafeLabel
from safetyclient.ui.widgets.basics import Box, Picture, button, column, narrow, row

Say = Callable[..., str]
MIN_PASSPHRASE = 8


class Gate(QWidget):
    """One question about the profile, alone on the page, in plain words."""

    answered = Signal(object)
    """An `OpenRequest`: try to open the profile like this."""

    def __init__(self, say: Say, look: Look, *, key: str, icon: str) -> None:
        super().__init__()
        self._say, self._look = say, look
        self.setObjectName("gate")
        lines = column(self, margin="xl")
        lines.addStretch(1)
        self.box = Box(margin="xl", gap="m")
        self.box.setMaximumWidth(560)
        self.box.setMinimumWidth(420)
        head = row(gap="m")
        head.addWidget(Picture(look, icon, colour="accent", px=24))
        head.addWidget(
            SafeLabel(say(f"ui.gate.{key}.title"), role="heading", wrap=True), 1
        )
        self.box.column.addLayout(head)
        self.box.column.addWidget(SafeLabel(say(f"ui.gate.{key}.text"), wrap=True))
        lines.addLayout(narrow(self.box))
        lines.addStretch(2)
        self.problem = SafeLabel(role="problem", wrap=True, name="gate.problem")
        self.problem.hide()

    def tell(self, text: str) -> None:
        """Say what was wrong with the answer."""
        self.problem.setText(text)
        self.problem.setVisible(bool(text))

    def finish(self, *buttons: tuple[str, str, Callable[[], object]]) -> None:
        """Add the problem line and the buttons; the first is the main one."""
        self.box.column.addWidget(self.problem)
        line = row()
        for number, (name, words, clicked) in enumerate(buttons):
            made = button(
                words,
                f"gate.{name}",
                kind="primary" if number == 0 else "",
                clicked=clicked,
            )
            line.addWidget(made)
        line.addStretch(1)
        self.box.column.addLayout(line)

    def secret(self, key: str, name: str) -> PlainLine:
        """Add a field for a passphrase."""
        label = SafeLabel(self._say(key), role="strong")
        field = PlainLine(limit=1024)
        field.setObjectName(name)
        field.setAccessibleName(self._say(key))
        field.setEchoMode(PlainLine.EchoMode.Password)
        label.setBuddy(field)
        self.box.column.addWidget(label)
        self.box.column.addWidget(field)
        return field


class ChooseGate(Gate):
    """No keyring can be used: a passphrase, or nothing kept at all."""

    def __init__(self, say: Say, look: Look) -> None:
        super().__init__(say, look, key="choose", icon="key-round")
        self.with_passphrase = QRadioButton(say("ui.gate.choose.passphrase"))
        self.with_passphrase.setObjectName("gate.passphrase")
        self.in_memory = QRadioButton(say("ui.gate.choose.session"))
        self.in_memory.setObjectName("gate.session")
        self.box.column.addWidget(self.with_passphrase)
        self.box.column.addWidget(
            SafeLabel(say("ui.gate.choose.passphrase_text"), role="small", wrap=True)
        )
        self.first = self.secret("ui.gate.passphrase.new", "gate.first")
        self.second = self.secret("ui.gate.passphrase.repeat", "gate.second")
        self.box.column.addWidget(self.in_memory)
        self.box.column.addWidget(
            SafeLabel(say("ui.gate.choose.session_text"), role="small", wrap=True)
        )
        self.with_passphrase.setChecked(True)
        self.with_passphrase.toggled.connect(self._on_toggled)
        self.finish(("go", say("ui.gate.choose.action"), self._on_go))
        self.second.returnPressed.connect(self._on_go)

    def _on_toggled(self, on: bool) -> None:
        self.first.setEnabled(on)
        self.second.setEnabled(on)
        self.tell("")

    def _on_go(self) -> None:
        if self.in_memory.isChecked():
            self.answered.emit(OpenRequest(vault="session"))
            return
        if len(self.first.text()) < MIN_PASSPHRASE:
            self.tell(self._say("ui.gate.passphrase.short", count=MIN_PASSPHRASE))
            self.first.setFocus()
        elif self.first.text() != self.second.text():
            self.tell(self._say("ui.gate.passphrase.differ"))
            self.second.setFocus()
        else:
            self.answered.emit(
                OpenRequest(vault="passphrase", passphrase=self.first.text())
            )


class PassphraseGate(Gate):
    """The profile has a passphrase: ask for it."""

    def __init__(self, say: Say, look: Look, *, wrong: bool = False) -> None:
        super().__init__(say, look, key="unlock", icon="lock")
        self.field = self.secret("ui.gate.passphrase.ask", "gate.ask")
        self.finish(("go", say("ui.gate.unlock.action"), self._on_go))
        self.field.returnPressed.connect(self._on_go)
        self.field.setFocus()
        if wrong:
            self.tell(say("ui.gate.unlock.wrong"))

    def _on_go(self) -> None:
        self.answered.emit(OpenRequest(passphrase=self.field.text()))


class TroubleGate(Gate):
    """The key or the file cannot be had: look again, or begin beside it."""

    def __init__(self, say: Say, look: Look, *, key: str, beside: bool) -> None:
        super().__init__(say, look, key=key, icon="triangle-alert")
        actions: list[tuple[str, str, Callable[[], object]]] = [
            ("again", say("ui.gate.again"), self._on_again)
        ]
        if beside:
            actions.append(("beside", say("ui.gate.beside"), self._on_beside))
        self.finish(*actions)

    def _on_again(self) -> None:
        self.answered.emit(OpenRequest())

    def _on_beside(self) -> None:
        self.answered.emit(OpenRequest(new_profile=True))


def gate_for(problem: SafetyError, *, say: Say, look: Look, asked: bool) -> Gate:
    """Return the question that fits what stood in the way of opening.

    Args:
        problem: what `Launch.open` raised.
        say: the words.
        look: the look.
        asked: a passphrase was already given, so it was wrong.
    """
    reason = str(problem.params.get("reason", ""))
    match problem:
        case VaultMissing() if reason == "choose":
            return ChooseGate(say, look)
        case VaultMissing():
            return TroubleGate(say, look, key="lost", beside=True)
        case VaultLocked() if "passphrase" in problem.params:
            return PassphraseGate(say, look, wrong=asked)
        case VaultLocked():
            return TroubleGate(say, look, key="locked", beside=False)
        case VaultTrouble():
            return TroubleGate(say, look, key="refused", beside=False)
        case StoreTooNew():
            return TroubleGate(say, look, key="too_new", beside=False)
        case StoreTrouble():
            return TroubleGate(say, look, key="damaged", beside=True)
        case _:
            return TroubleGate(say, look, key="other", beside=False)


class CrashPage(Gate):
    """Something unexpected: what happened, what is safe, a log to pass on."""

    left = Signal()

    def __init__(self, say: Say, look: Look, *, log: str) -> None:
        super().__init__(say, look, key="crash", icon="triangle-alert")
        self.log = PlainEdit(limit=20_000, lines=8)
        self.log.setObjectName("crash.log")
        self.log.setAccessibleName(say("ui.crash.log"))
        self.log.setReadOnly(True)
        self.log.setPlainText(log)
        self.box.column.addWidget(self.log)
        self.finish(
            ("back", say("ui.crash.back"), self.left.emit),
            ("copy", say("ui.crash.copy"), self._on_copy),
        )

    def _on_copy(self) -> None:
        self.log.selectAll()
        self.log.copy()


def redacted_log(problem: Problem) -> str:
    """Return where a bug happened: modules, lines and types, never a value.

    What an exception says may hold a handle, a text or an address; only its type
    and the places of our own code are kept.
    """
    import traceback
    from pathlib import PurePath

    lines = [f"safetyclient {_version()}"]
    error: BaseException | None = problem
    if isinstance(problem, Bug):
        error = problem.__cause__
    while error is not None:
        lines.append(type(error).__name__)
        for frame in traceback.extract_tb(error.__traceback__):
            place = PurePath(frame.filename)
            lines.append(
                f"  {place.parent.name}/{place.name}:{frame.lineno} {frame.name}"
            )
        error = error.__cause__ or error.__context__
    return "\n".join(lines)


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("safetyclient")
    except PackageNotFoundError:
        return ""
