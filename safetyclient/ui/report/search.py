"""SearchBox: finds a reason by a person's own words."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QTimer, Signal

from safetyclient.application.report_search import SearchHit
from safetyclient.application.reports import ReportsService
from safetyclient.application.texts import Texts
from safetyclient.domain.ids import DraftId
from safetyclient.ui.bridge import Bridge
from safetyclient.ui.safe_text import PlainLine, SafeLabel
from safetyclient.ui.widgets.basics import Box, button, clear, column

PAUSE_MS = 250


class SearchBox(Box):
    """A field and what it finds; `picked` carries the reason that was chosen."""

    picked = Signal(str)

    def __init__(
        self, bridge: Bridge, reports: ReportsService, texts: Texts, draft: DraftId
    ) -> None:
        super().__init__(gap="s", margin="m", name="report.search_box")
        self._bridge = bridge
        self._reports = reports
        self._texts = texts
        self._draft = draft
        title = texts.say("report.wizard.search")
        label = SafeLabel(title, role="strong")
        self._words = PlainLine(limit=120)
        self._words.setObjectName("report.search")
        self._words.setAccessibleName(title)
        self._words.setPlaceholderText(texts.say("report.wizard.search_hint"))
        label.setBuddy(self._words)
        self._hits = column(gap="xs")
        self.column.addWidget(label)
        self.column.addWidget(self._words)
        self.column.addLayout(self._hits)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._on_search)
        self._words.textEdited.connect(self._on_edited)
        self._words.returnPressed.connect(self._on_search)

    def _on_edited(self) -> None:
        self._pause.start()

    def _on_search(self) -> None:
        self._pause.stop()
        words = self._words.text().strip()

        def show(hits: tuple[SearchHit, ...]) -> None:
            self._show(words, hits)

        self._bridge.run(
            self._reports.search(self._draft, words=words), owner=self, done=show
        )

    def _show(self, words: str, hits: tuple[SearchHit, ...]) -> None:
        if words != self._words.text().strip():
            return
        clear(self._hits)
        if words and not hits:
            nothing = self._texts.say("report.wizard.search_nothing")
            self._hits.addWidget(SafeLabel(nothing, role="small"))
        for hit in hits:
            made = button(
                self._texts.say(hit.text_key), f"report.search.{hit.leaf}", kind="row"
            )
            made.clicked.connect(partial(self._on_picked, hit.leaf))
            self._hits.addWidget(made)

    def _on_picked(self, leaf: str) -> None:
        self._words.clear()
        clear(self._hits)
        self.picked.emit(leaf)
