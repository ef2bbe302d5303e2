"""Before a profile is open: the questions, the answers, and the crash page."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QRadioButton
from pytestqt.qtbot import QtBot

from safetyclient.domain.errors import (
    SafetyError,
    StoreDamaged,
    StoreTooNew,
    VaultLocked,
    VaultMissing,
    VaultRefused,
)
from safetyclient.ui.bridge import Bug
from safetyclient.ui.gate import redacted_log
from safetyclient.ui.running import Running
from safetyclient.ui.safe_text import PlainEdit
from tests.ui.conftest import MakeStage


def press(running: Running, name: str) -> None:
    found = running.window.findChild(QAbstractButton, name)
    assert found is not None, name
    found.click()


def type_in(running: Running, name: str, text: str) -> None:
    found = running.window.findChild(QLineEdit, name)
    assert found is not None, name
    found.setText(text)


def test_without_a_keyring_a_passphrase_is_asked_for(
    stage: MakeStage, qtbot: QtBot
) -> None:
    shown = stage()
    shown.refuse = [VaultMissing(reason="choose")]
    running = shown.show(qtbot)
    press(running, "gate.go")
    assert len(shown.asked) == 1, "an empty passphrase was taken"
    type_in(running, "gate.first", "correct horse")
    type_in(running, "gate.second", "correct hose")
    press(running, "gate.go")
    assert len(shown.asked) == 1, "two different passphrases were taken"
    type_in(running, "gate.second", "correct horse")
    with qtbot.waitSignal(running.conductor.ready):
        press(running, "gate.go")
    assert (shown.asked[-1].vault, shown.asked[-1].passphrase) == (
        "passphrase",
        "correct horse",
    )
    assert running.ctx.is_open


def test_keeping_nothing_is_a_choice_and_said_on_every_page(
    stage: MakeStage, qtbot: QtBot
) -> None:
    shown = stage()
    shown.refuse = [VaultMissing(reason="choose")]
    running = shown.show(qtbot)
    choice = running.window.findChild(QRadioButton, "gate.session")
    assert choice is not None
    choice.setChecked(True)
    with qtbot.waitSignal(running.conductor.ready):
        press(running, "gate.go")
    assert shown.asked[-1].vault == "session"
    for page in running.window.buttons:
        running.ctx.go(page)
        assert running.window.session_banner.isVisible()


def test_a_wrong_passphrase_is_told_and_asked_for_again(
    stage: MakeStage, qtbot: QtBot
) -> None:
    shown = stage()
    shown.refuse = [VaultLocked(passphrase=1), VaultLocked(passphrase=1)]
    running = shown.show(qtbot)
    type_in(running, "gate.ask", "wrong")
    with qtbot.waitSignal(running.conductor.ready):
        press(running, "gate.go")
    gate = running.window.stack.currentWidget()
    assert gate is not None
    field = gate.findChild(QLineEdit, "gate.ask")
    assert field is not None
    field.setText("right")
    button = gate.findChild(QAbstractButton, "gate.go")
    assert button is not None
    with qtbot.waitSignal(running.conductor.ready):
        button.click()
    assert running.ctx.is_open


@pytest.mark.parametrize(
    ("problem", "beside"),
    [
        (VaultMissing(why="record"), True),
        (VaultLocked(silent=1, reason="keyring"), False),
        (VaultRefused(), False),
        (StoreTooNew(), False),
        (StoreDamaged(), True),
        (SafetyError(), False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_stands_in_the_way_is_said_and_nothing_is_replaced(
    stage: MakeStage, qtbot: QtBot, problem: SafetyError, beside: bool
) -> None:
    shown = stage()
    shown.refuse = [problem]
    running = shown.show(qtbot)
    found = running.window.findChild(QAbstractButton, "gate.beside")
    assert (found is not None) is beside
    with qtbot.waitSignal(running.conductor.ready):
        press(running, "gate.again")
    assert not shown.asked[-1].new_profile
    assert running.ctx.is_open


def test_a_new_profile_is_only_begun_when_asked_for(
    stage: MakeStage, qtbot: QtBot
) -> None:
    shown = stage()
    shown.refuse = [VaultMissing(why="record")]
    running = shown.show(qtbot)
    with qtbot.waitSignal(running.conductor.ready):
        press(running, "gate.beside")
    assert shown.asked[-1].new_profile


def test_a_crash_shows_places_and_no_words(stage: MakeStage, qtbot: QtBot) -> None:
    shown = stage()
    running = shown.show(qtbot)

    async def work() -> None:
        secret = "alice's secret"
        raise ValueError(secret)

    running.ctx.run(work(), owner=running.window)
    qtbot.waitUntil(
        lambda: running.window.findChild(PlainEdit, "crash.log") is not None
    )
    log = running.window.findChild(PlainEdit, "crash.log")
    assert log is not None
    assert "ValueError" in log.toPlainText()
    assert "secret" not in log.toPlainText()
    press(running, "gate.back")
    assert running.window.stack.currentWidget() is running.window.pages["home"]


def test_the_log_names_no_folder_of_this_computer() -> None:
    try:
        raise KeyError("who")
    except KeyError as error:
        bug = Bug("KeyError")
        bug.__cause__ = error
    log = redacted_log(bug)
    assert "who" not in log
    assert "/home" not in log
    assert "ui/test_gate.py" in log
