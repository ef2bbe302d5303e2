"""What a person does on the pages: each act shows at once and stands in the outbox."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from safetyclient.adapters.store import Store
from safetyclient.application.store_ports import Store as StorePort
from safetyclient.domain.changes import Change, ChangeKind
from safetyclient.domain.facts import (
    EntryFact,
    FollowerFact,
    ProtectionFact,
    RequestFact,
)
from safetyclient.domain.lists import ListKind
from safetyclient.domain.media import MediaWarning
from safetyclient.domain.wishes import Publish, SetBlock, SetProtection
from safetyclient.ui.pages.lists import ListsPage
from safetyclient.ui.pages.media import MediaPage
from safetyclient.ui.safe_text import SafeLabel
from safetyclient.ui.widgets.basics import Tabs
from safetyclient.ui.widgets.composer import FileCard
from safetyclient.ui.widgets.table import RowView
from tests.fakes.network import ALICE
from tests.ui.conftest import MakeStage
from tests.ui.stage import WHEN, Stage, people

W = TypeVar("W", bound=QWidget)


def crowd(store: Store) -> None:
    """Fill mirrors with a few people."""
    store.mirrors.apply(
        ALICE,
        [
            ProtectionFact(protected=False),
            *(RequestFact(p, WHEN) for p in people("asker", 3)),
            *(FollowerFact(p, WHEN) for p in people("fan", 3)),
            *(EntryFact(ListKind.MUTES, p, WHEN) for p in people("noisy", 3)),
        ],
    )


def find(stage: Stage, kind: type[W], name: str) -> W:
    """Return a widget of the window."""
    assert stage.running is not None
    found = stage.running.window.findChild(kind, name)
    assert found is not None, name
    return found


def outbox(stage: Stage) -> tuple[Change, ...]:
    """Return what stands in the outbox."""
    assert stage.core is not None
    store: StorePort = stage.core.store
    return store.outbox.listed(ALICE, limit=50)


def rest(stage: Stage, qtbot: QtBot) -> None:
    """Wait until nothing is under way and changes were announced."""
    running = stage.running
    assert running is not None
    qtbot.waitUntil(lambda: not running.bridge.busy)


def test_protecting_shows_consequences_first(stage: MakeStage, qtbot: QtBot) -> None:
    shown = stage(crowd)
    shown.show(qtbot)
    shown.open_page(qtbot, "protection")
    switch = find(shown, QCheckBox, "protection.switch")
    preview = find(shown, QWidget, "protection.preview")
    switch.click()
    qtbot.waitUntil(preview.isVisible)
    assert not outbox(shown), "nothing is done before it was said what it does"
    find(shown, QAbstractButton, "protection.apply").click()
    qtbot.waitUntil(lambda: bool(outbox(shown)))
    assert outbox(shown)[0].wish == SetProtection(protected=True)
    state = find(shown, SafeLabel, "protection.state")
    qtbot.waitUntil(lambda: state.text() == "Waiting")
    assert switch.isChecked()


def test_leaving_it_changes_nothing(stage: MakeStage, qtbot: QtBot) -> None:
    shown = stage(crowd)
    shown.show(qtbot)
    shown.open_page(qtbot, "protection")
    switch = find(shown, QCheckBox, "protection.switch")
    switch.click()
    qtbot.waitUntil(find(shown, QWidget, "protection.preview").isVisible)
    find(shown, QAbstractButton, "protection.leave").click()
    assert not switch.isChecked()
    assert not outbox(shown)


def test_somebody_is_blocked_and_it_is_undone_by_key(
    stage: MakeStage, qtbot: QtBot
) -> None:
    shown = stage(crowd)
    running = shown.show(qtbot)
    shown.open_page(qtbot, "lists")
    find(shown, Tabs, "lists.tabs").choose(1)
    rest(shown, qtbot)
    page = running.window.pages["lists"]
    assert isinstance(page, ListsPage)
    find(shown, QAbstractButton, "lists.add").click()
    find(shown, QLineEdit, "lists.who").setText("@mallory")
    find(shown, QLineEdit, "lists.note").setText("threats")
    find(shown, QAbstractButton, "lists.go").click()
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    wish = outbox(shown)[0].wish
    assert isinstance(wish, SetBlock)
    assert (wish.person.handle, wish.note, wish.until) == ("mallory", "threats", None)
    assert running.window.toast.isVisible()
    QTest.keyClick(running.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: page.model.rowCount() == 0)
    assert not outbox(shown)


@pytest.mark.parametrize("who", ["", "not a handle!", "@alice"])
def test_what_cannot_be_somebody_is_told_under_the_field(
    stage: MakeStage, qtbot: QtBot, who: str
) -> None:
    shown = stage(crowd)
    shown.show(qtbot)
    shown.open_page(qtbot, "lists")
    find(shown, QAbstractButton, "lists.add").click()
    find(shown, QLineEdit, "lists.who").setText(who)
    find(shown, QAbstractButton, "lists.go").click()
    problem = find(shown, SafeLabel, "lists.who.problem")
    qtbot.waitUntil(problem.isVisible)
    assert problem.text()
    assert not outbox(shown)


def test_search_and_delete_unmute(stage: MakeStage, qtbot: QtBot) -> None:
    shown = stage(crowd)
    running = shown.show(qtbot)
    shown.open_page(qtbot, "lists")
    page = running.window.pages["lists"]
    assert isinstance(page, ListsPage)
    qtbot.waitUntil(lambda: page.model.rowCount() == 3)
    page.search.setText("noisy101")
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    page.view.setFocus()
    page.view.selectRow(0)
    QTest.keyClick(page.view, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: bool(outbox(shown)))
    assert outbox(shown)[0].kind is ChangeKind.MUTE


def test_requests_are_answered_several_at_once(stage: MakeStage, qtbot: QtBot) -> None:
    shown = stage(crowd)
    shown.show(qtbot)
    shown.open_page(qtbot, "protection", "requests")
    view = find(shown, RowView, "protection.requests")
    accept = find(shown, QAbstractButton, "protection.accept")
    assert not accept.isEnabled()
    view.selectionModel().select(
        view.model().index(0, 0),
        QItemSelectionModel.SelectionFlag.Select
        | QItemSelectionModel.SelectionFlag.Rows,
    )
    view.selectionModel().select(
        view.model().index(1, 0),
        QItemSelectionModel.SelectionFlag.Select
        | QItemSelectionModel.SelectionFlag.Rows,
    )
    assert accept.isEnabled()
    accept.click()
    qtbot.waitUntil(lambda: len(outbox(shown)) == 2)


def test_a_picture_is_published_with_its_own_warning(
    stage: MakeStage, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "street.jpg"
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(0x336699)
    assert image.save(str(path))
    shown = stage(crowd)
    running = shown.show(qtbot)
    shown.open_page(qtbot, "media")
    page = running.window.pages["media"]
    assert isinstance(page, MediaPage)
    publish = find(shown, QAbstractButton, "media.publish")
    assert not publish.isEnabled()
    page.composer.add(path)
    qtbot.waitUntil(lambda: bool(page.composer.findChildren(FileCard)))
    card = page.composer.findChildren(FileCard)[0]
    find(shown, QCheckBox, f"media.{card.staged.spool}.violence").click()
    qtbot.waitUntil(lambda: card.preview.decoded, timeout=15_000)
    qtbot.waitUntil(publish.isEnabled)
    publish.click()
    qtbot.waitUntil(lambda: bool(outbox(shown)))
    wish = outbox(shown)[0].wish
    assert isinstance(wish, Publish)
    assert wish.files[0].warnings == {MediaWarning.VIOLENCE}


def test_signing_out_asks_what_to_do_with_what_waits(
    stage: MakeStage, qtbot: QtBot
) -> None:
    shown = stage(crowd)
    running = shown.show(qtbot)
    shown.open_page(qtbot, "lists")
    find(shown, QAbstractButton, "lists.add").click()
    find(shown, QLineEdit, "lists.who").setText("@mallory")
    find(shown, QAbstractButton, "lists.go").click()
    qtbot.waitUntil(lambda: bool(outbox(shown)))
    shown.open_page(qtbot, "accounts")
    find(shown, QAbstractButton, f"accounts.{ALICE}.sign_out").click()
    qtbot.waitUntil(
        lambda: running.window.findChild(QAbstractButton, "sign_out.reject") is not None
    )
    find(shown, QAbstractButton, "sign_out.reject").click()
    rest(shown, qtbot)
    assert running.ctx.account_info is not None
    assert len(outbox(shown)) == 1


def test_erasing_needs_a_typed_word(stage: MakeStage, qtbot: QtBot) -> None:
    shown = stage(crowd)
    shown.show(qtbot)
    shown.open_page(qtbot, "accounts")
    find(shown, QAbstractButton, "accounts.erase").click()
    accept = find(shown, QAbstractButton, "erase.accept")
    assert not accept.isEnabled()
    find(shown, QLineEdit, "erase.word").setText("ERASE ")
    accept.click()
    qtbot.waitUntil(lambda: shown.erased)
    qtbot.waitUntil(lambda: find(shown, QAbstractButton, "erased.accept").isVisible())
