"""The pin of PySide6: some versions lose a reference with every void call."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QListWidget
from pytestqt.qtbot import QtBot

from safetyclient.ui.safe_text import SafeLabel

CALLS = 20_000


class _Sender(QObject):
    told = Signal(bool)


def test_twenty_thousand_calls_cost_no_reference(qtbot: QtBot) -> None:
    label, rows, sender = SafeLabel(), QListWidget(), _Sender()
    for widget in (label, rows):
        qtbot.addWidget(widget)
    heard: list[bool] = []
    sender.told.connect(heard.append)
    before = [sys.getrefcount(each) for each in (None, True, False)]
    for number in range(CALLS // 4):
        label.setText("a")
        rows.addItem("b")
        sender.told.emit(number % 2 == 0)
        label.setEnabled(number % 2 == 0)
    heard.clear()
    after = [sys.getrefcount(each) for each in (None, True, False)]
    for lost, kept in zip(after, before, strict=True):
        # Immortal objects keep one large number; mortal ones may move a little.
        assert lost - kept > -200
