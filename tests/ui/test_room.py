"""Every sentence has the room it needs, and every key on a page has one meaning."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QComboBox,
    QDateEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QWidget,
)
from pytestqt.qtbot import QtBot

from safetyclient.domain.errors import (
    SafetyError,
    StoreDamaged,
    StoreTooNew,
    VaultLocked,
    VaultMissing,
    VaultTrouble,
)
from safetyclient.domain.lists import ListKind
from safetyclient.ui.gate import Gate
from safetyclient.ui.main_window import first_size
from safetyclient.ui.widgets.basics import Tabs
from safetyclient.ui.widgets.table import RowView
from tests.ui.conftest import MakeStage
from tests.ui.stage import PAGE_IDS, Stage, hostile

SIZES = [QSize(800, 480), QSize(900, 600), QSize(1120, 760)]
CONTROLS = (QPushButton, QLineEdit, QComboBox, QDateEdit)


def cut(window: QWidget) -> list[str]:
    """Return what is shown smaller than it has to be."""
    window.grab()
    found: list[str] = []
    for label in window.findChildren(QLabel):
        if not label.isVisible() or not label.text():
            continue
        if label.wordWrap():
            needed = label.heightForWidth(label.width())
        else:
            needed = label.minimumSizeHint().height()
            if label.width() < label.sizeHint().width():
                found.append(f"narrow: {label.text()!r}")
        if label.height() < needed:
            found.append(f"{label.height()} of {needed}: {label.text()!r}")
    for control in window.findChildren(QWidget):
        if isinstance(control, CONTROLS) and control.isVisible():
            needed = control.minimumSizeHint().height()
            if control.height() < needed:
                name = control.objectName()
                found.append(f"{control.height()} of {needed}: {name}")
    return found


def void(area: QScrollArea) -> int:
    """Return how many pixels can be scrolled to although nothing stands there."""
    inner = area.widget()
    assert inner is not None
    lowest = area.viewport().height()
    for part in inner.findChildren(QWidget):
        if part.isVisible() and isinstance(part, (*CONTROLS, QLabel, QCheckBox)):
            lowest = max(lowest, part.mapTo(inner, part.rect().bottomLeft()).y())
    return inner.height() - lowest


def settle(shown: Stage, qtbot: QtBot) -> None:
    """Wait until nothing is under way."""
    running = shown.running
    assert running is not None
    qtbot.waitUntil(lambda: not running.bridge.busy)


def check(window: QWidget, qtbot: QtBot, what: str) -> None:
    """Fail unless everything comes to have its room, and no page ends in nothing."""

    def roomy() -> None:
        assert not cut(window), what
        for area in window.findChildren(QScrollArea):
            if area.isVisible():
                assert void(area) < 80, what
                inner = area.widget()
                assert inner is not None
                assert inner.width() <= area.viewport().width(), what

    qtbot.waitUntil(roomy, timeout=2000)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: str(size.width()))
def test_no_words_are_cut(stage: MakeStage, qtbot: QtBot, size: QSize) -> None:
    shown = stage(hostile("Mallory and a rather long name that needs some lines"))
    running = shown.show(qtbot)
    running.window.resize(size)
    for page in PAGE_IDS:
        shown.open_page(qtbot, page)
        settle(shown, qtbot)
        check(running.window, qtbot, page)
        tabs = running.window.findChild(Tabs, f"{page}.tabs")
        if tabs is not None:
            tabs.choose(1)
            settle(shown, qtbot)
            check(running.window, qtbot, f"{page}, second tab")


@pytest.mark.parametrize("kind", list(ListKind), ids=lambda kind: kind.value)
def test_the_form_has_room_also_with_a_date(
    stage: MakeStage, qtbot: QtBot, kind: ListKind
) -> None:
    shown = stage(hostile("Mallory"))
    running = shown.show(qtbot)
    shown.open_page(qtbot, "lists", kind)
    search = running.window.findChild(QLineEdit, "lists.search")
    assert search is not None
    empty = "lists.empty"
    search.setText("nobody")
    qtbot.waitUntil(lambda: running.window.findChild(QWidget, empty) is not None)
    search.setText("")
    qtbot.waitUntil(lambda: not shown_now(running.window, empty))
    shown.open_page(qtbot, "lists", "add")
    settle(shown, qtbot)
    check(running.window, qtbot, "form")
    until = running.window.findChild(QComboBox, "lists.until")
    assert until is not None
    until.setCurrentIndex(until.count() - 1)
    for size in SIZES:
        running.window.resize(size)
        settle(shown, qtbot)
        check(running.window, qtbot, str(size))
    check(running.window, qtbot, "form")


def test_a_narrow_table_still_says_who(stage: MakeStage, qtbot: QtBot) -> None:
    shown = stage(hostile("Mallory"))
    running = shown.show(qtbot)
    shown.open_page(qtbot, "lists")
    view = running.window.findChild(RowView, "lists.table")
    assert view is not None
    header, viewport = view.horizontalHeader(), view.viewport()

    def shared() -> bool:
        room = viewport.width()
        return header.sectionSize(0) >= room // 3 and header.length() <= room

    for size in SIZES:
        running.window.resize(size)
        qtbot.waitUntil(shared)


@pytest.mark.parametrize(
    ("room", "size"),
    [
        (QSize(1920, 1080), QSize(1120, 760)),
        (QSize(853, 533), QSize(841, 489)),
        (QSize(640, 400), QSize(800, 480)),
    ],
    ids=["wide", "scaled", "tiny"],
)
def test_a_new_window_fits_its_screen(room: QSize, size: QSize) -> None:
    assert first_size(room) == size


def shown_now(window: QWidget, name: str) -> bool:
    """Return whether a widget is there to be seen."""
    found = window.findChild(QWidget, name)
    return found is not None and found.isVisible()


GATES = {
    "choose": VaultMissing(reason="choose"),
    "lost": VaultMissing(),
    "passphrase": VaultLocked(passphrase="wanted"),
    "locked": VaultLocked(),
    "refused": VaultTrouble(),
    "new": StoreTooNew(),
    "damaged": StoreDamaged(),
}


@pytest.mark.parametrize("problem", GATES.values(), ids=GATES)
def test_gates_have_room(stage: MakeStage, qtbot: QtBot, problem: SafetyError) -> None:
    shown = stage()
    shown.refuse = [problem]
    running = shown.show(qtbot)
    assert running.window.findChild(Gate) is not None
    qtbot.wait(0)
    check(running.window, qtbot, "form")


def test_the_toast_shows_the_whole_sentence(stage: MakeStage, qtbot: QtBot) -> None:
    shown = stage()
    running = shown.show(qtbot)
    toast = running.window.toast
    for text in (
        "Short",
        "A rather longer sentence about what was done",
        "A word",
        "x" * 300,
    ):
        for undo in (None, lambda: None):
            toast.tell(text, undo="Undo", clicked=undo)
            qtbot.wait(0)
            label = toast.label
            if label.wordWrap():
                assert label.height() >= label.heightForWidth(label.width())
            else:
                assert label.width() >= label.sizeHint().width(), text
            if undo is not None:
                assert toast.button.width() >= toast.button.sizeHint().width()


def keys(window: QWidget) -> Counter[str]:
    """Return the keys with Alt that do something on what is visible."""
    found: Counter[str] = Counter()
    for each in window.findChildren(QAbstractButton):
        if each.isVisible() and each.isEnabled() and not each.shortcut().isEmpty():
            found[each.shortcut().toString()] += 1
    for label in window.findChildren(QLabel):
        text = label.text().replace("&&", "")
        if label.isVisible() and bool(label.buddy()) and "&" in text:
            found[f"Alt+{text[text.index('&') + 1].upper()}"] += 1
    return found


def test_a_key_means_one_thing_on_a_page(stage: MakeStage, qtbot: QtBot) -> None:
    shown = stage(hostile("Mallory"))
    running = shown.show(qtbot)
    for page in PAGE_IDS:
        shown.open_page(qtbot, page, "add" if page == "lists" else None)
        settle(shown, qtbot)
        twice = [key for key, count in keys(running.window).items() if count > 1]
        assert not twice, page
        assert len(keys(running.window)) >= len(PAGE_IDS)


def test_the_guided_report_has_room(stage: MakeStage, qtbot: QtBot) -> None:
    shown = stage(hostile("Mallory"))
    running = shown.show(qtbot)
    window = running.window
    window.resize(SIZES[0])
    shown.open_page(qtbot, "report")
    draft = window.findChild(QAbstractButton, "report.draft.d1")
    assert draft is not None
    draft.click()
    for _ in range(2):
        qtbot.waitUntil(lambda: shown_now(window, "report.forward"))
        settle(shown, qtbot)
        check(window, qtbot, "report")
        forward = window.findChild(QAbstractButton, "report.forward")
        assert forward is not None
        forward.click()
