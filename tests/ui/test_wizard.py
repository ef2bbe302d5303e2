"""The wizard in a window: every kind of question, back without loss, check, send."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from safetyclient.domain.accounts import NetworkKind
from safetyclient.domain.changes import ChangeKind
from safetyclient.domain.flow_nodes import OutcomeKind
from safetyclient.domain.ids import SubjectRef
from tests.flows.desk import SPACE
from tests.ui.wizard_hand import Hand

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

Make = Callable[[NetworkKind], Hand]


@pytest.fixture
def make(qtbot: QtBot) -> Iterator[Make]:
    hands: list[Hand] = []

    def made(kind: NetworkKind) -> Hand:
        hands.append(Hand(qtbot, kind))
        return hands[-1]

    yield made
    for hand in hands:
        hand.close()


@pytest.fixture
def hand(make: Make) -> Hand:
    return make(NetworkKind.REFERENCE)


def test_a_post_is_reported_with_the_keyboard_in_few_acts(hand: Hand) -> None:
    hand.open()
    assert hand.title() == "Before we start"
    hand.press("report.forward")
    assert hand.title() == "What is happening?"
    hand.press("report.symptoms.targeted")
    hand.press("report.forward")
    assert hand.title() == "A closer look"
    hand.press("report.leaves.harass.targeted")
    hand.press("report.forward")
    assert hand.title() == "Check and send"
    assert "You report this post" in hand.find(QLabel, "report.sentence.text").text()
    assert hand.find(QLabel, "report.sent.reasons").text() == "harass.targeted"
    assert "social.example" in hand.find(QLabel, "report.sent.title").text()
    hand.press("report.also.block")
    hand.press("report.forward")
    assert hand.seen("report.next")
    hand.press("report.close")
    assert [r.outcome for r in hand.finished] == [OutcomeKind.SEND]
    changes = hand.core.desk.changes()
    assert [c.kind for c in changes] == [ChangeKind.REPORT, ChangeKind.BLOCK]
    assert changes[1].after_ids == (changes[0].id,)
    assert changes[1].after_limit == 60


def test_block_now_is_a_choice_on_the_check_page(hand: Hand) -> None:
    hand.open(symptoms=("spam",), leaves=("spam.bulk",), danger="no", whom="me")
    hand.press("report.also.block")
    hand.press("report.order.now")
    hand.press("report.forward")
    assert hand.core.desk.changes()[1].after_ids == ()


def test_every_answer_is_kept_at_once_and_back_loses_nothing(hand: Hand) -> None:
    hand.open(danger="no", whom="me", symptoms=("targeted",))
    hand.press("report.leaves.harass.unwanted")
    assert hand.kept()["leaves"] == ("harass.unwanted",)
    hand.press("report.forward")
    hand.write("report.since.answer", "since May")
    assert hand.kept()["since"] == "since May"
    hand.press("report.channel.messages")
    hand.press("report.channel.replies")
    assert hand.kept()["channel"] == ("messages", "replies")
    hand.write("report.comment.answer", "please look")
    hand.press("report.back")
    assert hand.title() == "A closer look"
    assert hand.find(QCheckBox, "report.leaves.harass.unwanted").isChecked()
    hand.press("report.back")
    assert hand.find(QCheckBox, "report.symptoms.targeted").isChecked()
    hand.press("report.back")
    assert hand.find(QRadioButton, "report.whom.me").isChecked()
    assert not hand.find(QPushButton, "report.back").isEnabled()
    for _ in range(3):
        hand.press("report.forward")
    field = hand.find(QPlainTextEdit, "report.since.answer")
    assert field.toPlainText() == "since May"
    field = hand.find(QPlainTextEdit, "report.comment.answer")
    assert field.toPlainText() == "please look"


def test_typed_words_are_kept_when_the_report_is_left(hand: Hand) -> None:
    hand.open(danger="no", whom="me", symptoms=("spam",), leaves=("spam.bulk",))
    field = hand.find(QPlainTextEdit, "report.comment.answer")
    field.setPlainText("not yet kept")
    hand.press("report.later")
    assert hand.left == 1
    assert hand.kept()["comment"] == "not yet kept"


def test_a_missing_answer_is_named_under_its_question(hand: Hand) -> None:
    hand.open(danger="no", whom="me")
    hand.press("report.forward")
    problem = hand.find(QLabel, "report.symptoms.problem")
    assert problem.text() == "Please answer this question first."
    hand.press("report.symptoms.else")
    assert not hand.seen("report.symptoms.problem")
    hand.press("report.forward")
    hand.press("report.leaves.other")
    hand.press("report.forward")
    hand.press("report.forward")
    assert hand.seen("report.other.what.problem")
    assert hand.core.desk.changes() == ()
    hand.write("report.other.what.answer", "it is strange")
    hand.press("report.forward")
    assert len(hand.core.desk.changes()) == 1


def test_a_line_that_is_no_moment_is_named_and_can_be_mended(hand: Hand) -> None:
    hand.open(
        SPACE,
        **{"danger": "no", "whom": "me", "space.part": "whole"},
        symptoms=("spam",),
        leaves=("spam.bulk",),
    )
    hand.write("report.moments.answer", "at some time")
    assert hand.seen("report.moments.problem")
    hand.write("report.moments.answer", "12:30 @sam: words")
    assert not hand.seen("report.moments.problem")
    assert hand.kept()["moments"] == ("12:30 @sam: words",)


def test_a_speaker_is_picked_from_the_space_or_named(hand: Hand) -> None:
    hand.open(SPACE)
    assert not hand.seen("report.space.who.answer")
    hand.press("report.space.part.speaker")
    people = hand.find(QComboBox, "report.space.who.answer")
    offered = [people.itemText(n).strip("\u2066\u2069") for n in range(1, 4)]
    assert offered == ["@hanna", "@sam", "@lee"]
    assert people.count() == 4
    people.setFocus()
    QTest.keyClick(people, Qt.Key.Key_Down)
    QTest.keyClick(people, Qt.Key.Key_Down)
    hand.settle()
    assert hand.kept()["space.who"] == ("@sam",)
    QTest.keyClick(people, Qt.Key.Key_Home)
    hand.settle()
    line = hand.find(QLineEdit, "report.space.who.other")
    QTest.keyClicks(line, "@nobody")
    QTest.keyClick(line, Qt.Key.Key_Return)
    hand.settle()
    assert hand.kept()["space.who"] == ("@nobody",)


def test_a_danger_brings_up_help_at_once(hand: Hand) -> None:
    hand.open()
    assert not hand.seen("report.notice")
    hand.press("report.danger.yes")
    said = hand.find(QWidget, "report.notice").accessibleName()
    assert "your local emergency number" in said
    hand.press("report.danger.no")
    assert not hand.seen("report.notice")


def test_own_words_lead_to_the_check_page(hand: Hand) -> None:
    hand.open(danger="no", whom="me")
    field = hand.find(QLineEdit, "report.search")
    QTest.keyClicks(field, "he keeps writing me")
    QTest.keyClick(field, Qt.Key.Key_Return)
    hand.settle()
    hand.press("report.search.harass.unwanted")
    assert hand.title() == "Check and send"
    assert hand.kept()["leaves"] == ("harass.unwanted",)


def test_no_block_is_offered_for_somebody_one_is_worried_about(hand: Hand) -> None:
    hand.open(
        danger="no", whom="other", symptoms=("selfharm",), leaves=("selfharm.risk",)
    )
    assert hand.seen("report.also.mute")
    assert not hand.seen("report.also.block")


def test_a_reason_that_sends_nothing_says_so(hand: Hand) -> None:
    hand.open(danger="no", whom="me", symptoms=("dislike",))
    title = hand.find(QLabel, "report.sent.title").text()
    assert title == "Nothing is sent to anybody."
    assert hand.find(QPushButton, "report.forward").text() == "Done"
    hand.press("report.also.mute")
    hand.press("report.forward")
    hand.press("report.close")
    assert hand.finished[0].report is None
    assert [c.kind for c in hand.core.desk.changes()] == [ChangeKind.MUTE]


def test_where_nothing_can_be_sent_the_text_can_be_copied(make: Make) -> None:
    hand = make(NetworkKind.X)
    hand.open(danger="no", whom="me", symptoms=("spam",), leaves=("spam.scam",))
    text = hand.find(QLabel, "report.handoff.text").text()
    assert "it is a scam" in text
    hand.press("report.handoff.copy")
    assert QGuiApplication.clipboard().text() == text
    assert hand.find(QPushButton, "report.handoff.open").isEnabled()
    hand.press("report.forward")
    hand.press("report.close")
    assert hand.finished[0].outcome is OutcomeKind.HANDOFF
    QGuiApplication.clipboard().clear()


def test_a_draft_is_deleted_by_the_second_press(hand: Hand) -> None:
    hand.open(danger="no")
    hand.press("report.wipe")
    assert hand.left == 0
    assert hand.find(QPushButton, "report.wipe").text() == "Delete now"
    hand.press("report.wipe")
    assert hand.left == 1
    assert hand.core.wait(hand.core.desk.reports.drafts()) == ()


CONTROLS = (QAbstractButton, QLineEdit, QPlainTextEdit, QComboBox)


@pytest.mark.parametrize(
    "leaf",
    ["legal.eu_notice", "sexual.ncii", "child.csam", "hate.speech", "rules.hacking"],
)
def test_every_control_has_a_name_for_tests_and_for_readers(
    hand: Hand, leaf: str
) -> None:
    hand.open()
    assert hand.wizard is not None
    for _ in range(3):
        for control in hand.wizard.findChildren(QWidget):
            if isinstance(control, CONTROLS) and control.isVisible():
                inner = control.objectName().startswith("qt_")
                assert inner or control.objectName().startswith("report."), control
                named = control.accessibleName()
                if isinstance(control, QAbstractButton):
                    named = named or control.text()
                assert inner or named, control.objectName()
                assert inner or control.focusPolicy() != Qt.FocusPolicy.NoFocus
        reports = hand.core.desk.reports
        assert hand.draft is not None
        if hand.title() == "What is happening?":
            hand.core.wait(reports.pick(hand.draft.id, leaf=leaf))
        hand.press("report.forward")


HOSTILE = "<img src='file:///x'>\u202e<b>bold</b>"


def test_foreign_words_stay_plain(hand: Hand) -> None:
    network = hand.core.desk.network
    seen = network.look_up

    async def hostile(ref: SubjectRef) -> Any:
        from dataclasses import replace

        return replace(await seen(ref), author=HOSTILE, summary=HOSTILE)

    network.look_up = hostile  # type: ignore[method-assign]  # a test's own network
    hand.open(danger="no", whom="me", symptoms=("spam",), leaves=("spam.bulk",))
    assert hand.wizard is not None
    about = hand.find(QLabel, "report.about").text()
    assert "<b>bold</b>" in about
    assert "\u202e" not in about
    for label in hand.wizard.findChildren(QLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText
    for button in hand.wizard.findChildren(QAbstractButton):
        assert "\u202e" not in button.text()


def test_a_wizard_that_is_gone_is_not_called_back(hand: Hand, qtbot: QtBot) -> None:
    hand.open()
    assert hand.wizard is not None
    hand.find(QPushButton, "report.forward").click()
    hand.wizard.deleteLater()
    QApplication.processEvents()
    qtbot.waitUntil(lambda: hand.bridge.busy == 0, timeout=5000)
