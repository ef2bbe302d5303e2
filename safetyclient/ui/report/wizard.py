"""ReportWizard: shows whatever page of questions a draft stands at, and its end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from safetyclient.application.facade import SafetyClient
from safetyclient.application.flows import Card
from safetyclient.application.presentation import Level, present
from safetyclient.application.report_views import (
    CheckPage,
    FlowView,
    NodeView,
    ReportReceipt,
)
from safetyclient.application.texts import Texts
from safetyclient.domain.errors import BadInput
from safetyclient.domain.flow_nodes import OutcomeKind
from safetyclient.domain.reports import Answer, ReportDraft
from safetyclient.ui.bridge import Bridge, Problem
from safetyclient.ui.report.panels import (
    AlsoPanel,
    HandoffPanel,
    NextPanel,
    SentencePanel,
    SentPanel,
)
from safetyclient.ui.report.search import SearchBox
from safetyclient.ui.report.steps import NoticeBox, StepWidget, step_widget
from safetyclient.ui.safe_text import SafeLabel, foreign
from safetyclient.ui.widgets.basics import button, clear, column, row

CHECK_PAGE = "check"
SEARCH_PAGES = frozenset({"what", "how"})


@dataclass(frozen=True, slots=True)
class Shown:
    """What the core thread hands up: a page, and on the last one what is sent."""

    view: FlowView
    check: CheckPage | None
    cards: dict[str, Card]


class ReportWizard(QWidget):
    """The guided report; it knows no question and no order, it asks where it stands.

    Every answer is kept at once. `finished` carries the receipt when the person closed
    the last page, `left` means that the draft waits or was deleted.
    """

    finished = Signal(object)
    left = Signal()
    moved = Signal()
    """Another page of questions stands there."""

    def __init__(
        self,
        bridge: Bridge,
        client: SafetyClient,
        texts: Texts,
        draft: ReportDraft,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("report.wizard")
        self._bridge = bridge
        self._reports = client.reports
        self._texts = texts
        self._draft = draft
        self._number = 0
        self._view: FlowView | None = None
        self._steps: dict[str, StepWidget] = {}
        self._lines = column(self, gap="l")
        self._build_head()
        self._search = SearchBox(bridge, client.reports, texts, draft.id)
        self._search.picked.connect(self._on_leaf_picked)
        self._lines.addWidget(self._search)
        self._sentence = SentencePanel(texts)
        self._body = column(gap="l")
        self._handoff = HandoffPanel(texts)
        self._also = AlsoPanel(texts)
        self._sent = SentPanel(texts)
        self._lines.addWidget(self._sentence)
        self._lines.addLayout(self._body)
        for panel in (self._handoff, self._also, self._sent):
            self._lines.addWidget(panel)
        self._problem = SafeLabel(role="problem", wrap=True, name="report.problem")
        self._lines.addWidget(self._problem)
        self._build_foot()
        self._show_check(None)
        self._problem.hide()
        self._read(self._reports.view)

    def _build_head(self) -> None:
        subject = self._draft.subject
        said = self._texts.say(f"flow.sentence.subject.{subject.ref.kind.value}")
        about = foreign(subject.summary or subject.text, limit=120, lines=False)
        what = f"{said}: {about}" if about else said
        about = "report.wizard.about"
        if self._draft.flow == "appeal":
            about = "report.wizard.about_appeal"
        self._progress = SafeLabel(role="small", name="report.progress")
        self._title = SafeLabel(role="heading", name="report.title")
        self._lines.addWidget(
            SafeLabel(
                self._texts.say(about, what=what),
                role="muted",
                wrap=True,
                name="report.about",
            )
        )
        self._lines.addWidget(self._progress)
        self._lines.addWidget(self._title)

    def _build_foot(self) -> None:
        say = self._texts.say
        line = row()
        self._back = self._act("back", clicked=self._on_back)
        self._later = self._act("later", clicked=self._on_later, kind="quiet")
        self._wipe = self._act("wipe", clicked=self._on_wipe, kind="quiet")
        self._forward = self._act("forward", clicked=self._on_forward, kind="primary")
        self._saved = SafeLabel(role="small", name="report.saved")
        for part in (self._back, self._later, self._wipe):
            line.addWidget(part)
        line.addStretch(1)
        line.addWidget(self._saved)
        line.addWidget(self._forward)
        self._foot = QWidget()
        self._foot.setAccessibleName(say("report.wizard.forward"))
        self._foot.setLayout(line)
        self._lines.addWidget(self._foot)
        self._lines.addStretch(1)

    def _act(
        self, name: str, *, clicked: Callable[[], object], kind: str = ""
    ) -> QPushButton:
        text = self._texts.say(f"report.wizard.{name}")
        return button(text, f"report.{name}", kind=kind, clicked=clicked)

    # --- asking the core

    def _read(self, ask: Callable[..., Awaitable[FlowView]], **more: object) -> None:
        """Keep what was typed, ask, and show the answer unless a later one is asked."""
        self._number += 1
        number, reports, id_ = self._number, self._reports, self._draft.id
        typed = self._unsaved()

        async def work() -> Shown:
            for node, value in typed.items():
                await reports.answer(id_, node=node, value=value)
            view = await ask(id_, **more)
            check = None
            if view.page_id == CHECK_PAGE:
                check = await reports.check(id_)
            return Shown(view, check, dict(reports.cards))

        self._bridge.run(
            work(),
            owner=self,
            done=lambda shown: self._show(shown) if number == self._number else None,
            failed=self._on_failed,
        )

    def _unsaved(self) -> dict[str, Answer]:
        found: dict[str, Answer] = {}
        for name, step in self._steps.items():
            if step.value() != (step.node.answer or type(step.value())()):
                found[name] = step.value()
        return found

    # --- showing

    def _show(self, shown: Shown) -> None:
        view = shown.view
        moved = self._view is None or self._view.page_id != view.page_id
        self._view = view
        self._problem.hide()
        page, pages = view.progress
        say = self._texts.say
        self._progress.setText(say("report.wizard.progress", page=page, pages=pages))
        area = "page" if view.draft.flow == "report" else "appeal_page"
        self._title.setText(say(f"report.{area}.{view.page_id}"))
        self._search.setVisible(
            view.page_id in SEARCH_PAGES and view.draft.flow == "report"
        )
        self._back.setEnabled(view.can_go_back)
        self._fill(view, shown.cards, fresh=moved)
        self._show_check(shown.check)
        self._saved.setText(say("report.wizard.saved") if view.draft.answers else "")
        if moved:
            self._on_moved()

    def _on_moved(self) -> None:
        if self._steps:
            next(iter(self._steps.values())).focus_control()
        elif self.isVisible():
            self._forward.setFocus()
        self.moved.emit()

    def _fill(self, view: FlowView, cards: dict[str, Card], *, fresh: bool) -> None:
        """Put the questions in their order; what is the same stays as it is."""
        kept = {} if fresh else self._steps
        self._steps = {}
        spare = dict(kept)
        for node in view.page:
            old = kept.get(node.id)
            if old is not None and old.node.options == node.options:
                old.node = node
                self._steps[node.id] = old
                del spare[node.id]
            else:
                self._steps[node.id] = self._make(node)
        for step in self._steps.values():
            self._body.removeWidget(step)
            step.setParent(self)
        clear(self._body)
        optional = False
        for node in view.page:
            if node.notices:
                help_ = [self._card(cards[card]) for card in node.cards]
                self._body.addWidget(NoticeBox(node.notices, help_, self._texts))
            if not node.compulsory and not optional and view.page_id == CHECK_PAGE:
                optional = True
                title = self._texts.say("report.wizard.optional")
                self._body.addWidget(SafeLabel(title, role="heading"))
            self._body.addWidget(self._steps[node.id])
            self._steps[node.id].show()

    def _make(self, node: NodeView) -> StepWidget:
        step = step_widget(node, self._texts)
        step.changed.connect(partial(self._on_step_changed, node.id))
        return step

    def _card(self, card: Card) -> tuple[str, str]:
        say = self._texts.say
        title = say(card.title_key)
        if card.contact:
            title = say("report.wizard.card_contact", title=title, contact=card.contact)
        return title, say(card.text_key)

    def _show_check(self, check: CheckPage | None) -> None:
        for panel in (self._sentence, self._sent, self._also, self._handoff):
            panel.setVisible(check is not None)
        if check is None:
            self._forward.setText(self._texts.say("report.wizard.forward"))
            return
        self._sentence.show_check(check)
        self._sent.show_check(check)
        self._also.show_check(check)
        self._handoff.show_text(check.handoff_text, check.url)
        self._forward.setText(self._texts.say(f"report.wizard.{_send_key(check)}"))

    # --- what the person does

    def _on_step_changed(self, name: str) -> None:
        step = self._steps.get(name)
        if step is not None:
            step.show_problem("")
            self._read(self._reports.answer, node=name, value=step.value())

    def _on_forward(self) -> None:
        if self._view is not None and self._view.page_id == CHECK_PAGE:
            self._submit()
        else:
            self._read(self._reports.forward)

    def _on_back(self) -> None:
        self._read(self._reports.back)

    def _on_later(self) -> None:
        reports, id_, typed = self._reports, self._draft.id, self._unsaved()

        async def work() -> None:
            for node, value in typed.items():
                await reports.answer(id_, node=node, value=value)

        self._bridge.run(
            work(),
            owner=self,
            done=lambda _none: self.left.emit(),
            failed=self._on_failed,
        )

    def _on_wipe(self) -> None:
        sure = self._texts.say("report.wizard.wipe_sure")
        if self._wipe.text() != sure:
            # The second press is the answer to the question that the first one asks.
            self._wipe.setText(sure)
            self._wipe.setAccessibleName(sure)
            return
        self._bridge.run(
            self._reports.wipe(self._draft.id),
            owner=self,
            done=lambda _none: self.left.emit(),
            failed=self._on_failed,
        )

    def _on_leaf_picked(self, leaf: str) -> None:
        self._read(self._reports.pick, leaf=leaf)

    def _submit(self) -> None:
        self._forward.setEnabled(False)
        reports, id_, typed = self._reports, self._draft.id, self._unsaved()
        also, wait = self._also.also(), self._also.after_report

        async def work() -> ReportReceipt:
            for node, value in typed.items():
                await reports.answer(id_, node=node, value=value)
            return await reports.submit(id_, also=also, block_after_report=wait)

        self._bridge.run(
            work(), owner=self, done=self._on_submitted, failed=self._on_failed
        )

    def _on_submitted(self, receipt: ReportReceipt) -> None:
        self._number += 1
        self._steps = {}
        clear(self._lines)
        panel = NextPanel(receipt, self._texts)
        panel.closed.connect(partial(self.finished.emit, receipt))
        self._lines.addWidget(panel)
        panel.close_button.setFocus()
        self.moved.emit()

    def _on_failed(self, problem: Problem) -> None:
        self._forward.setEnabled(True)
        shown = present(problem)
        params = {
            name: foreign(value, limit=200, lines=False)
            if isinstance(value, str)
            else value
            for name, value in shown.params.items()
        }
        text = self._texts.say(shown.key, **params)
        step = self._steps.get(shown.field) if isinstance(problem, BadInput) else None
        if step is not None and shown.level is Level.FIELD:
            step.show_problem(text)
            step.focus_control()
            return
        self._problem.setText(text)
        self._problem.show()


def _send_key(check: CheckPage) -> str:
    if check.draft.flow != "report":
        return "send_appeal"
    if check.outcome is OutcomeKind.HANDOFF:
        return "done_handoff"
    return "done_nothing" if check.outcome is OutcomeKind.NOTHING else "send"
