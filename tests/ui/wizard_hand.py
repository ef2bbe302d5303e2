"""A hand that uses the wizard as a person does, and the core behind it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any, TypeVar, cast

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from safetyclient.application.facade import SafetyClient
from safetyclient.application.report_views import ReportReceipt
from safetyclient.application.texts import Texts
from safetyclient.domain.accounts import NetworkKind
from safetyclient.domain.ids import SubjectRef
from safetyclient.domain.reports import Answer, ReportDraft
from safetyclient.ui.bridge import Bridge
from safetyclient.ui.report.wizard import ReportWizard
from tests.flows.desk import ME, POST, Desk, open_desk

T = TypeVar("T")
W = TypeVar("W", bound=QWidget)


class Core:
    """A loop in a thread, and a desk that only this thread uses."""

    def __init__(self, kind: NetworkKind) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

        async def build() -> Desk:
            return open_desk(None, kind=kind)

        self.desk = self.wait(build())

    def submit(self, coroutine: Coroutine[Any, Any, T], /) -> Future[T]:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop)

    def wait(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self.submit(coroutine).result(10)

    def stop(self) -> None:
        async def close() -> None:
            self.desk.store.close()

        self.wait(close())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(5)
        self.loop.close()


class Hand:
    """Uses the wizard as a person does: by what is named and seen."""

    def __init__(self, qtbot: QtBot, kind: NetworkKind = NetworkKind.REFERENCE) -> None:
        self.qtbot = qtbot
        self.core = Core(kind)
        self.bridge = Bridge(self.core.submit)
        self.finished: list[ReportReceipt] = []
        self.left = 0
        self.host: QWidget | None = None
        self.wizard: ReportWizard | None = None
        self.draft: ReportDraft | None = None

    def open(self, ref: SubjectRef = POST, **answers: Answer) -> None:
        """Begin a report and show it."""
        reports = self.core.desk.reports
        self.draft = self.core.wait(reports.start(ME, ref=ref))
        if answers:
            self.core.wait(reports.answer_all(self.draft.id, answers=answers))
        self.show(self.draft)

    def show(self, draft: ReportDraft) -> None:
        """Show a draft."""
        client = cast("SafetyClient", SimpleNamespace(reports=self.core.desk.reports))
        texts = Texts.load(strict=True)
        host = self.host = QWidget()
        self.wizard = ReportWizard(self.bridge, client, texts, draft, host)
        self.wizard.finished.connect(self.finished.append)
        self.wizard.left.connect(self._on_left)
        QVBoxLayout(host).addWidget(self.wizard)
        self.qtbot.addWidget(host)
        host.resize(900, 900)
        host.show()
        self.settle()

    def _on_left(self) -> None:
        self.left += 1

    def settle(self) -> None:
        """Wait until nothing is under way."""
        self.qtbot.waitUntil(lambda: self.bridge.busy == 0, timeout=5000)
        # What was put into a layout is shown by an event of its own.
        QApplication.processEvents()

    def find(self, kind: type[W], name: str) -> W:
        """Return the visible control of a name."""
        assert self.wizard is not None
        found = [w for w in self.wizard.findChildren(kind, name) if w.isVisible()]
        assert len(found) == 1, f"{name}: {len(found)}"
        return found[0]

    def seen(self, name: str) -> bool:
        """Return whether something of a name is visible."""
        assert self.wizard is not None
        found = self.wizard.findChildren(QWidget, name)
        return any(widget.isVisible() for widget in found)

    def press(self, name: str) -> None:
        """Press a button, box or option with the keyboard."""
        button = self.find(QAbstractButton, name)
        button.setFocus()
        QTest.keyClick(button, Qt.Key.Key_Space)
        self.settle()

    def write(self, name: str, text: str) -> None:
        """Write into a field and leave it."""
        field = self.find(QPlainTextEdit, name)
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, text)
        self.find(QPushButton, "report.forward").setFocus()
        self.settle()

    def title(self) -> str:
        """Return which page is shown."""
        return self.find(QLabel, "report.title").text()

    def kept(self) -> dict[str, Answer]:
        """Return the answers that are kept."""
        assert self.draft is not None
        draft = self.core.wait(self.core.desk.reports.draft(self.draft.id))
        return dict(draft.answers)

    def close(self) -> None:
        """Let go of everything."""
        self.bridge.close()
        self.core.stop()
