"""Q1, Q2, Q7: nothing that somebody else wrote makes the window open a file."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from safetyclient.ui.safe_text import (
    PlainEdit,
    PlainLine,
    SafeLabel,
    SafeMessage,
    set_tooltip,
)
from tests.ui.conftest import MakeStage
from tests.ui.stage import PAGE_IDS, hostile
from tests.ui.watch import OpenWatch

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="inotify is Linux"
)
FORMS = (
    '<img src="{path}">',
    '<IMG SRC="file://{path}">',
    '<b>x</b><img src="{path}">',
    '<body background="{path}">x</body>',
    '<table background="{path}"><tr><td>x</td></tr></table>',
    "![x]({path})",
)


@pytest.fixture
def canary(tmp_path: Path) -> Iterator[tuple[Path, OpenWatch]]:
    path = tmp_path / "canary.png"
    image = QImage(4, 4, QImage.Format.Format_RGB32)
    image.fill(0xFF0000)
    assert image.save(str(path))
    watch = OpenWatch(path)
    assert watch.opens() == 0
    yield path, watch
    watch.close()


def plain_label_opens(qtbot: QtBot, watch: OpenWatch, text: str) -> int:
    """Show a text in a plain QLabel, as one forgets to be careful."""
    label = QLabel(text)
    qtbot.addWidget(label)
    label.show()
    label.grab()
    QApplication.processEvents()
    return watch.opens()


def test_q1_no_page_opens_the_canary(
    stage: MakeStage, qtbot: QtBot, canary: tuple[Path, OpenWatch]
) -> None:
    path, watch = canary
    text = FORMS[0].format(path=path)
    shown = stage(hostile(text))
    running = shown.show(qtbot)
    window = running.window
    for page in PAGE_IDS:
        shown.open_page(qtbot, page)
        for tip in window.findChildren(QWidget):
            assert not tip.toolTip() or tip.toolTip().startswith("<qt>")
    running.ctx.said.emit(text, None)
    window.banner.tell(text)
    window.grab()
    assert watch.opens() == 0
    # The same text in a plain label must be noticed, or the watch sees nothing.
    assert plain_label_opens(qtbot, watch, text) > 0


@pytest.mark.parametrize("form", FORMS)
def test_q1_safe_widgets_open_nothing(
    qtbot: QtBot, canary: tuple[Path, OpenWatch], form: str
) -> None:
    path, watch = canary
    text = form.format(path=path)
    parent = QWidget()
    qtbot.addWidget(parent)
    label = SafeLabel(text, parent)
    label.setText(text)
    set_tooltip(label, text)
    edit, line = PlainEdit(parent), PlainLine(parent)
    edit.setPlainText(text)
    line.setText(text)
    message = SafeMessage(parent, title=text, text=text, accept="OK")
    parent.show()
    message.open()
    for widget in (parent, message):
        widget.grab()
    QApplication.processEvents()
    message.close()
    assert watch.opens() == 0
    assert plain_label_opens(qtbot, watch, FORMS[0].format(path=path)) > 0


def test_q1_a_safe_label_shows_every_character(qtbot: QtBot) -> None:
    wide = SafeLabel('<img src="/none" width="900">')
    narrow = SafeLabel("")
    for label in (wide, narrow):
        qtbot.addWidget(label)
    assert wide.text() == '<img src="/none" width="900">'
    metrics = wide.fontMetrics()
    assert wide.sizeHint().width() >= metrics.horizontalAdvance(wide.text())


def test_q2_a_fifo_does_not_hang_the_window(
    stage: MakeStage, qtbot: QtBot, tmp_path: Path
) -> None:
    fifo = tmp_path / "pipe"
    os.mkfifo(fifo)

    def late(_number: int, _frame: FrameType | None) -> None:
        raise AssertionError("the window waits for a pipe that nobody writes to")

    before = signal.signal(signal.SIGALRM, late)
    try:
        shown = stage(hostile(f'<img src="{fifo}">'))
        shown.show(qtbot)
        for page in PAGE_IDS:
            signal.setitimer(signal.ITIMER_REAL, 10)
            shown.open_page(qtbot, page)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("form", FORMS)
def test_q7_pasted_html_stays_text(
    qtbot: QtBot, canary: tuple[Path, OpenWatch], form: str
) -> None:
    path, watch = canary
    html = form.format(path=path)
    mime = QMimeData()
    mime.setHtml(html)
    mime.setText("only this")
    edit = PlainEdit()
    qtbot.addWidget(edit)
    edit.show()
    edit.insertFromMimeData(mime)
    edit.grab()
    assert edit.toPlainText() == "only this"
    assert watch.opens() == 0


def test_q7_files_are_neither_pasted_nor_dropped(qtbot: QtBot, tmp_path: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "secret.txt"))])
    edit, line = PlainEdit(), PlainLine()
    for widget in (edit, line):
        qtbot.addWidget(widget)
        assert not widget.acceptDrops()
    assert not edit.canInsertFromMimeData(mime)
    edit.insertFromMimeData(mime)
    assert edit.toPlainText() == ""


def test_q7_what_is_copied_is_plain(qtbot: QtBot) -> None:
    edit = PlainEdit()
    qtbot.addWidget(edit)
    edit.setPlainText("one\ntwo")
    edit.selectAll()
    mime = edit.createMimeDataFromSelection()
    assert mime.text() == "one\ntwo"
    assert not mime.hasHtml()
