"""Every page comes to rest: empty, filled, without an account, in every theme."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QDateEdit,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from safetyclient.ui.look import Theme
from tests.ui.conftest import MakeStage
from tests.ui.stage import PAGE_IDS, hostile

CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QDateEdit,
    QLineEdit,
    QPlainTextEdit,
)


@pytest.mark.parametrize("theme", list(Theme), ids=lambda theme: theme.value)
def test_every_page_is_painted(stage: MakeStage, qtbot: QtBot, theme: Theme) -> None:
    shown = stage(hostile("<b>Mallory</b>"))
    shown.show(qtbot, theme=theme)
    for page in PAGE_IDS:
        shown.open_page(qtbot, page)


def test_every_page_has_an_empty_state(stage: MakeStage, qtbot: QtBot) -> None:
    shown = stage()
    shown.show(qtbot)
    for page in PAGE_IDS:
        shown.open_page(qtbot, page)


def test_without_an_account_a_page_says_what_to_do_next(
    stage: MakeStage, qtbot: QtBot
) -> None:
    shown = stage(signed_in=False)
    running = shown.show(qtbot)
    assert running.window.current == "accounts"
    running.ctx.go("lists")
    action = running.window.findChild(QAbstractButton, "lists.no_account.action")
    assert action is not None
    action.click()
    assert running.window.current == "accounts"


def test_every_control_has_a_name(stage: MakeStage, qtbot: QtBot) -> None:
    shown = stage(hostile("Mallory"))
    running = shown.show(qtbot)
    nameless: list[str] = []
    seen = 0
    for page in PAGE_IDS:
        shown.open_page(qtbot, page)
        for control in running.window.findChildren(QWidget):
            if not isinstance(control, CONTROLS) or not control.isVisible():
                continue
            if control.objectName().startswith("qt_"):
                continue
            seen += 1
            interface = QAccessible.queryAccessibleInterface(control)
            spoken = interface.text(QAccessible.Text.Name)
            if not control.objectName() or not spoken.strip(" &"):
                nameless.append(f"{page}: {type(control).__name__} {spoken!r}")
    assert seen > 80
    assert not nameless


def test_pages_are_reached_by_keys_alone(stage: MakeStage, qtbot: QtBot) -> None:
    shown = stage()
    running = shown.show(qtbot)
    window = running.window
    keys = {window.buttons[page].shortcut().toString() for page in PAGE_IDS}
    assert len(keys) == len(PAGE_IDS)
    assert all(key.startswith("Alt+") for key in keys)
