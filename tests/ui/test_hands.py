"""What a hand on mouse and keys found: warnings changed, Enter, Escape, plain words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QDate, QPoint, QPointF, QSettings, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QFileDialog,
    QLineEdit,
    QScrollArea,
    QWidget,
)
from pytestqt.qtbot import QtBot

from safetyclient.adapters.store import Store
from safetyclient.domain.capabilities import (
    Capabilities,
    Capability,
    Offer,
    Support,
)
from safetyclient.domain.errors import NetworkTrouble, Offline, SafetyError
from safetyclient.domain.facts import FollowerFact
from safetyclient.domain.media import MediaWarning
from safetyclient.domain.wishes import RemoveFollower, SetWarnings
from safetyclient.ui.look import throw_away_folder
from safetyclient.ui.pages.media import MediaPage
from safetyclient.ui.safe_text import SafeLabel
from safetyclient.ui.widgets.basics import Pile, Tabs
from safetyclient.ui.widgets.fields import Choice, DateChoice
from safetyclient.ui.widgets.table import RowView
from tests.fakes.network import ALICE
from tests.ui.conftest import MakeStage
from tests.ui.stage import WHEN, hostile, people
from tests.ui.test_journeys import crowd, find, outbox, rest


def test_a_warning_is_changed_later(stage: MakeStage, qtbot: QtBot) -> None:
    shown = stage(hostile("Mallory"))
    running = shown.show(qtbot)
    running.window.activateWindow()
    shown.open_page(qtbot, "media")
    find(shown, Tabs, "media.tabs").choose(1)
    box = find(shown, QCheckBox, "media.7.8.violence")
    box.setFocus()
    box.click()
    qtbot.waitUntil(lambda: bool(outbox(shown)))
    wish = outbox(shown)[0].wish
    assert isinstance(wish, SetWarnings)
    assert wish.warnings == {MediaWarning.NUDITY, MediaWarning.VIOLENCE}

    def still_there() -> bool:
        focused = running.window.focusWidget()
        return focused is not box and focused is again()

    def again() -> QWidget | None:
        return running.window.findChild(QCheckBox, "media.7.8.violence")

    # The rows were made anew, and the hand is where it was.
    qtbot.waitUntil(still_there)


def test_another_tab_begins_at_its_top(stage: MakeStage, qtbot: QtBot) -> None:
    shown = stage(hostile("Mallory"))
    running = shown.show(qtbot)
    running.window.resize(760, 520)
    shown.open_page(qtbot, "media")
    page = running.window.pages["media"]
    assert isinstance(page, MediaPage)
    page.composer.setMinimumHeight(3000)
    bar = find(shown, QScrollArea, "media.scroll").verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    bar.setValue(bar.maximum())
    find(shown, Tabs, "media.tabs").choose(1)
    qtbot.waitUntil(lambda: bar.value() == 0)
    # As high as what is shown, not as the form that is hidden.
    qtbot.waitUntil(lambda: bar.maximum() < 1000)


def test_enter_presses_the_button_that_has_the_focus(
    stage: MakeStage, qtbot: QtBot
) -> None:
    shown = stage(crowd)
    running = shown.show(qtbot)
    shown.open_page(qtbot, "lists")
    add = find(shown, QAbstractButton, "lists.add")
    QTest.keyClick(add, Qt.Key.Key_Return)
    panel = find(shown, QWidget, "lists.panel")
    assert panel.isVisible()
    assert not add.isVisible(), "one main button at a time"
    QTest.keyClick(panel, Qt.Key.Key_Escape)
    assert not panel.isVisible()
    assert add.isVisible()
    assert running.window.isVisible()


@pytest.mark.parametrize("sure", [False, True], ids=["at once", "after Tab"])
def test_a_dangerous_dialog_needs_one_key_more(
    stage: MakeStage, qtbot: QtBot, sure: bool
) -> None:
    shown = stage(crowd)
    running = shown.show(qtbot)
    shown.open_page(qtbot, "protection")
    find(shown, Tabs, "protection.tabs").choose(2)
    rest(shown, qtbot)
    view = find(shown, RowView, "protection.followers")
    view.selectRow(0)
    QTest.keyClick(view, Qt.Key.Key_Delete)
    ask = find(shown, QWidget, "protection.ask")
    assert "fan100" in ask.windowTitle()
    if sure:
        accept = find(shown, QAbstractButton, "protection.ask.accept")
        accept.setFocus()
        QTest.keyClick(accept, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: bool(outbox(shown)))
        assert isinstance(outbox(shown)[0].wish, RemoveFollower)
        return
    QTest.keyClick(ask, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not ask.isVisible())
    rest(shown, qtbot)
    assert not outbox(shown)
    assert running.window.isVisible()


@pytest.mark.parametrize("trouble", [Offline(), NetworkTrouble()], ids=str)
def test_a_failed_sign_in_promises_nothing(
    stage: MakeStage,
    qtbot: QtBot,
    trouble: SafetyError,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise trouble

    shown = stage(signed_in=False)
    running = shown.show(qtbot)
    monkeypatch.setattr("tests.fakes.network.FakeNetworks.sign_in", fail)
    for name in ("server", "handle", "password"):
        find(shown, QLineEdit, f"sign_in.{name}").setText("https://nowhere.example")
    find(shown, QAbstractButton, "sign_in.go").click()
    problem = find(shown, SafeLabel, "sign_in.problem")
    qtbot.waitUntil(problem.isVisible)
    assert problem.text() == running.ctx.say("ui.sign_in.no_answer")


def test_a_network_without_follow_requests_says_so(
    stage: MakeStage, qtbot: QtBot
) -> None:
    def fill(store: Store) -> None:
        store.mirrors.apply(ALICE, [FollowerFact(p, WHEN) for p in people("fan", 2)])

    shown = stage(fill)
    running = shown.show(qtbot)
    shown.open_page(qtbot, "protection", "requests")
    offers = {each: Offer(Support.NATIVE) for each in Capability}
    del offers[Capability.FOLLOW_REQUESTS]
    running.ctx.capabilities = Capabilities(offers)
    running.ctx.offers_changed.emit()
    note = running.ctx.say("offer.unsupported")
    said = [label.text() for label in running.window.findChildren(SafeLabel)]
    assert note != "offer.unsupported"
    assert note in said


def test_the_strip_leads_to_what_was_refused(stage: MakeStage, qtbot: QtBot) -> None:
    shown = stage(crowd)
    running = shown.show(qtbot)
    look = find(shown, QAbstractButton, "strip.look")
    assert not look.isVisible()
    look.show()
    look.click()
    assert running.window.current == "history"


def test_a_pile_is_as_high_as_what_it_shows(qtbot: QtBot) -> None:
    pile = Pile()
    qtbot.addWidget(pile)
    low, high = QWidget(), QWidget()
    low.setMinimumHeight(10)
    high.setMinimumHeight(900)
    pile.addWidget(low)
    pile.addWidget(high)
    assert pile.sizeHint().height() < 100
    pile.setCurrentIndex(1)
    assert pile.sizeHint().height() >= 900
    pile.drop_from(1)
    assert not low.isHidden()
    assert pile.sizeHint().height() < 100


@pytest.mark.parametrize("kind", [Choice, lambda: DateChoice(QDate(2030, 5, 5))])
def test_the_wheel_changes_no_answer(
    qtbot: QtBot, kind: Callable[[], Choice | DateChoice]
) -> None:
    made = kind()
    qtbot.addWidget(made)
    if isinstance(made, Choice):
        made.addItems(["one", "two", "three"])
    made.show()
    made.setFocus()
    before = made.currentIndex() if isinstance(made, Choice) else made.date()
    middle = QPointF(made.rect().center())
    QApplication.sendEvent(
        made,
        QWheelEvent(
            middle,
            made.mapToGlobal(middle),
            QPoint(),
            QPoint(0, -120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        ),
    )
    after = made.currentIndex() if isinstance(made, Choice) else made.date()
    assert after == before
    assert made.focusPolicy() is Qt.FocusPolicy.StrongFocus


def test_the_file_dialog_leaves_no_trace(
    stage: MakeStage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "config"
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home))
    monkeypatch.setenv("HOME", str(tmp_path))
    shown = stage(crowd)
    running = shown.show(qtbot)
    shown.open_page(qtbot, "media")
    find(shown, QAbstractButton, "media.pick").click()
    dialog = running.window.findChild(QFileDialog, "media.dialog")
    assert dialog is not None
    dialog.setDirectory(str(tmp_path))
    dialog.reject()
    qtbot.waitUntil(
        lambda: running.window.findChild(QFileDialog, "media.dialog") is None
    )
    # What Qt keeps of a dialog goes where its settings of this scope go.
    kept = QSettings(QSettings.Scope.UserScope, "QtProject")
    assert kept.fileName().startswith(throw_away_folder())
    assert not list(home.rglob("*"))
