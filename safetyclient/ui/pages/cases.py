"""My reports: every case with its timeline, its decision and the way to appeal."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QWidget,
)

from safetyclient.application.touched import Touched
from safetyclient.domain.capabilities import Capability
from safetyclient.domain.ids import CaseId
from safetyclient.domain.reports import (
    Case,
    CaseEvent,
    CaseState,
    Decision,
    ReportDraft,
)
from safetyclient.ui import ops
from safetyclient.ui.context import Context
from safetyclient.ui.links import open_external, safe_address
from safetyclient.ui.look import space
from safetyclient.ui.safe_text import SafeLabel, foreign
from safetyclient.ui.widgets.basics import (
    Box,
    Chip,
    button,
    clear,
    column,
    kept_focus,
    row,
    rule,
)
from safetyclient.ui.widgets.entry import Entry
from safetyclient.ui.widgets.page import Page
from safetyclient.ui.widgets.subjects import case_title
from safetyclient.ui.widgets.when import day, moment, now

TONE = {
    CaseState.WAITING_TO_SEND: "wait",
    CaseState.SENT: "ok",
    CaseState.IN_REVIEW: "wait",
    CaseState.DECIDED: "ok",
    CaseState.APPEALED: "wait",
    CaseState.CLOSED: "",
    CaseState.UNSURE: "unsure",
    CaseState.REFUSED: "refused",
    CaseState.WITHDRAWN: "",
    CaseState.REPORTED_ELSEWHERE: "",
}
FACTS = ("rule", "facts", "scope", "redress")
SHOWN = 100


class CasesPage(Page):
    """Cases at the left, the chosen one at the right."""

    page_id = "cases"
    scrolls = False
    reads = Touched.CASES

    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx)
        self._cases: tuple[Case, ...] = ()
        self._chosen: CaseId | None = None
        self._wizard: QWidget | None = None
        self._halves = row(gap="l")
        self.body.addLayout(self._halves, 1)
        left = QWidget()
        left.setProperty("role", "page")
        self._list = column(left, gap="xs")
        self._left = _scroll(left, "cases.list", ctx.say("ui.cases.title"))
        self._halves.addWidget(self._left)
        right = QWidget()
        right.setProperty("role", "page")
        self._detail = column(right, gap="m")
        self._right = _scroll(right, "cases.detail", ctx.say("ui.cases.detail"))
        self._halves.addWidget(self._right, 1)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the chosen case the greater half."""
        super().resizeEvent(event)
        self._left.setFixedWidth(min(300, max(180, self.width() // 3)))

    def refresh(self) -> None:
        """Read the cases."""
        self.ctx.run(
            self.ctx.client.reports.cases(self.ctx.account),
            owner=self,
            done=self._show,
            failed=self.show_problem,
        )

    def show_target(self, target: object) -> None:
        """Show one case."""
        if isinstance(target, str):
            self._choose(CaseId(target))

    def _show(self, cases: tuple[Case, ...]) -> None:
        self._cases = cases
        if not cases:
            self.show_state(
                self.empty(
                    "cases",
                    icon="inbox",
                    clicked=lambda: self.ctx.go("report"),
                )
            )
            return
        with kept_focus(self):
            self._fill(cases)
        self.show_content()

    def _fill(self, cases: tuple[Case, ...]) -> None:
        clear(self._list)
        known = {case.id for case in cases}
        if self._chosen not in known:
            self._chosen = cases[0].id
        for case in cases[:SHOWN]:
            self._list.addWidget(self._entry(case))
        self._list.addStretch(1)
        if self._wizard is None:
            self._show_case()

    def _entry(self, case: Case) -> QWidget:
        say = self.ctx.say
        title = foreign(case_title(self.ctx, case), limit=32, lines=False)
        state = say(f"ui.case.{case.state.value}")
        detail = f"{state} · {day(case.created)}"
        made = Entry(title, detail, name=f"cases.{case.id}")
        made.setChecked(case.id == self._chosen)
        made.clicked.connect(lambda _=False: self._choose(case.id))
        self._group.addButton(made)
        return made

    def _choose(self, case: CaseId) -> None:
        self._chosen = case
        self._drop_wizard()
        self._show_case()

    def _show_case(self) -> None:
        clear(self._detail)
        case = next((c for c in self._cases if c.id == self._chosen), None)
        if case is None:
            return
        say = self.ctx.say
        box = Box(gap="s")
        head = row(gap="m")
        head.addWidget(
            SafeLabel(
                foreign(case_title(self.ctx, case), limit=200, lines=False),
                role="heading",
                wrap=True,
                select=True,
            ),
            1,
        )
        head.addWidget(Chip(say(f"ui.case.{case.state.value}"), TONE[case.state]))
        box.column.addLayout(head)
        reasons = ", ".join(self._reason(reason) for reason in case.reasons)
        box.column.addWidget(
            SafeLabel(say("ui.cases.reasons", reasons=reasons), wrap=True)
        )
        number = case.remote_id or say("ui.cases.no_number")
        box.column.addWidget(
            SafeLabel(
                say("ui.cases.about", about=str(case.subject), number=number),
                role="small",
                wrap=True,
                select=True,
            )
        )
        hint = f"ui.case.{case.state.value}_text"
        if self.ctx.texts.has(hint):
            box.column.addWidget(SafeLabel(say(hint), role="muted", wrap=True))
        self._acts(box, case)
        self._detail.addWidget(box)
        if case.decision is not None:
            self._detail.addWidget(self._decision(case, case.decision))
        self._detail.addWidget(self._timeline(case))
        self._detail.addStretch(1)

    def _reason(self, reason: str) -> str:
        key = f"flow.report.leaves.option.{reason}"
        return self.ctx.say(key) if self.ctx.texts.has(key) else reason

    def _acts(self, box: Box, case: Case) -> None:
        say, line = self.ctx.say, row()
        if case.state in {CaseState.UNSURE, CaseState.REFUSED}:
            line.addWidget(
                button(
                    say("ui.cases.open_history"),
                    "cases.history",
                    clicked=lambda: self.ctx.go("history", "problems"),
                )
            )
        if case.url and safe_address(case.url) is not None:
            line.addWidget(
                button(
                    say("ui.cases.open"),
                    "cases.open",
                    kind="quiet",
                    clicked=partial(
                        open_external, case.url, parent=self, say=self.ctx.say
                    ),
                )
            )
        if line.count():
            line.addStretch(1)
            box.column.addLayout(line)

    def _decision(self, case: Case, decision: Decision) -> QWidget:
        say = self.ctx.say
        box = Box(gap="s", name="cases.decision")
        head = row(gap="m")
        head.addWidget(
            SafeLabel(say("ui.decision.title"), role="heading", wrap=True), 1
        )
        head.addWidget(Chip(say(f"ui.decision.outcome.{decision.outcome.value}"), "ok"))
        box.column.addLayout(head)
        how = "automated" if decision.automated else "by_hand"
        lasts = (
            say("ui.decision.days", count=decision.days)
            if decision.days
            else say("ui.decision.for_good")
        )
        box.column.addWidget(
            SafeLabel(
                f"{moment(decision.at)} · {say(f'ui.decision.{how}')} · {lasts}",
                role="small",
                wrap=True,
            )
        )
        for name in FACTS:
            text = foreign(str(getattr(decision, name)), limit=3000)
            if text:
                box.column.addWidget(
                    SafeLabel(say(f"ui.decision.{name}"), role="strong")
                )
                box.column.addWidget(SafeLabel(text, wrap=True, select=True))
        self._appeal(box, case, decision)
        return box

    def _appeal(self, box: Box, case: Case, decision: Decision) -> None:
        say = self.ctx.say
        if case.appeal is not None:
            box.column.addWidget(rule())
            box.column.addWidget(SafeLabel(say("ui.appeal.yours"), role="strong"))
            text = foreign(case.appeal.text, limit=3000)
            box.column.addWidget(SafeLabel(text, wrap=True, select=True))
            if case.appeal.answered is not None:
                key = "overturned" if case.appeal.overturned else "upheld"
                box.column.addWidget(
                    SafeLabel(say(f"ui.appeal.{key}"), role="strong", wrap=True)
                )
                answer = foreign(case.appeal.answer, limit=3000)
                box.column.addWidget(SafeLabel(answer, wrap=True, select=True))
            return
        offer = self.ctx.offer(Capability.APPEAL)
        until = decision.appeal_until
        if until is None or until <= now() or (offer and not offer.usable):
            box.column.addWidget(
                SafeLabel(say("ui.appeal.closed"), role="small", wrap=True)
            )
            return
        line = row(gap="m")
        line.addWidget(
            button(
                say("ui.appeal.start"),
                "cases.appeal",
                kind="primary",
                clicked=partial(self._start_appeal, case.id),
            )
        )
        line.addWidget(
            SafeLabel(say("ui.appeal.until", when=day(until)), role="small", wrap=True),
            1,
        )
        box.column.addLayout(line)

    def _timeline(self, case: Case) -> QWidget:
        say = self.ctx.say
        box = Box(gap="s", name="cases.timeline")
        box.column.addWidget(SafeLabel(say("ui.cases.timeline"), role="heading"))
        for event in case.events:
            box.column.addLayout(self._event(event))
        if not case.events:
            box.column.addWidget(SafeLabel(say("ui.cases.no_events"), role="muted"))
        return box

    def _event(self, event: CaseEvent) -> QHBoxLayout:
        line = row(gap="m")
        when = SafeLabel(moment(event.at), role="small")
        when.setMinimumWidth(space("xxl") * 4)
        line.addWidget(when)
        words = column(gap="xs")
        said = self.ctx.say(f"ui.event.{event.kind.value}")
        words.addWidget(SafeLabel(said, wrap=True))
        text = foreign(event.text, limit=1000)
        if text:
            words.addWidget(SafeLabel(text, role="muted", wrap=True, select=True))
        line.addLayout(words, 1)
        return line

    def _start_appeal(self, case: CaseId) -> None:
        self.ctx.act(ops.start_appeal(self.ctx, case=case), owner=self, done=self._open)

    def _open(self, draft: ReportDraft) -> None:
        from safetyclient.ui.report.wizard import ReportWizard

        clear(self._detail)
        wizard = ReportWizard(
            self.ctx.bridge, self.ctx.client, self.ctx.texts, draft, self
        )
        wizard.finished.connect(lambda: self._leave())
        wizard.left.connect(self._leave)
        top = self._right.verticalScrollBar()
        wizard.moved.connect(lambda: top.setValue(0))
        box = Box(name="cases.steps")
        box.column.addWidget(wizard)
        self._wizard = box
        self._detail.addWidget(box)
        self._detail.addStretch(1)
        wizard.setFocus()

    def _leave(self) -> None:
        self._drop_wizard()
        self._show_case()

    def _drop_wizard(self) -> None:
        if self._wizard is not None:
            self._wizard.hide()
            self._wizard.deleteLater()
            self._wizard = None


def _scroll(inner: QWidget, name: str, label: str) -> QScrollArea:
    area = QScrollArea()
    area.setObjectName(name)
    area.setAccessibleName(label)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inner)
    return area
