"""History: what was done, how far it got, taking it back, and what needs an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from safetyclient.application.history import HistoryRow, UndoResult
from safetyclient.application.presentation import present_code
from safetyclient.application.touched import Touched
from safetyclient.domain.changes import Change, ChangeStatus
from safetyclient.domain.ids import BatchId, ChangeId
from safetyclient.domain.lists import Window
from safetyclient.ui import ops
from safetyclient.ui.context import Context
from safetyclient.ui.safe_text import PlainLine, SafeLabel, foreign
from safetyclient.ui.widgets.basics import (
    Box,
    Chip,
    button,
    clear,
    column,
    kept_focus,
    row,
)
from safetyclient.ui.widgets.page import Page
from safetyclient.ui.widgets.subjects import batch_title, change_subject
from safetyclient.ui.widgets.when import moment

SHOWN = 40
SHOWN_CHANGES = 20
SEARCH_MS = 200
TONE = {
    ChangeStatus.QUEUED: "wait",
    ChangeStatus.SENDING: "wait",
    ChangeStatus.RESEND: "wait",
    ChangeStatus.ACCEPTED: "ok",
    ChangeStatus.REJECTED: "refused",
    ChangeStatus.UNSURE: "unsure",
    ChangeStatus.WITHDRAWN: "",
}
PROBLEMS = frozenset({ChangeStatus.REJECTED, ChangeStatus.UNSURE})


@dataclass(frozen=True, slots=True)
class Seen:
    """What history shows."""

    window: Window[HistoryRow]
    problems: tuple[Change, ...]


class HistoryPage(Page):
    """Problems first, then every batch, newest first."""

    page_id = "history"
    reads = Touched.HISTORY | Touched.OUTBOX

    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx)
        say = ctx.say
        self._limit = SHOWN
        self._opened: set[BatchId] = set()
        self._problems = Box(gap="s", name="history.problems")
        self._problems.hide()
        self.body.addWidget(self._problems)
        self._search = PlainLine(limit=100)
        self._search.setObjectName("history.search")
        self._search.setAccessibleName(say("ui.history.search"))
        self._search.setPlaceholderText(say("ui.history.search"))
        self._search.setClearButtonEnabled(True)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SEARCH_MS)
        self._timer.timeout.connect(self.refresh)
        self._search.textChanged.connect(lambda: self._timer.start())
        self.body.addWidget(self._search)
        self._rows = column(gap="s")
        self.body.addLayout(self._rows)
        self.body.addStretch(1)

    def refresh(self) -> None:
        """Read batches and problems of the account."""
        client, account = self.ctx.client, self.ctx.account
        search, limit = self._search.text().strip(), self._limit

        async def read() -> Seen:
            listed = await client.outbox.list(account, limit=200)
            return Seen(
                window=await client.history.window(account, search=search, limit=limit),
                problems=tuple(c for c in listed if c.status in PROBLEMS),
            )

        self.ctx.run(read(), owner=self, done=self._show, failed=self.show_problem)

    def _show(self, seen: Seen) -> None:
        with kept_focus(self):
            self._fill(seen)
        self.show_content()

    def _fill(self, seen: Seen) -> None:
        self._show_problems(seen.problems)
        clear(self._rows)
        for found in seen.window.rows:
            self._rows.addWidget(BatchCard(self.ctx, found, opened=self._opened))
        if seen.window.next is not None:
            self._rows.addWidget(
                button(
                    self.ctx.say("ui.common.more"), "history.more", clicked=self._more
                )
            )
        if not seen.window.rows:
            self._show_empty()

    def _show_empty(self) -> None:
        name = "no_match" if self._search.text().strip() else "none"
        self._rows.addWidget(
            self.empty(f"history_{name}", icon="history", name="history.empty")
        )

    def _show_problems(self, problems: Sequence[Change]) -> None:
        lines = self._problems.column
        clear(lines)
        self._problems.setVisible(bool(problems))
        if not problems:
            return
        say = self.ctx.say
        lines.addWidget(
            SafeLabel(say("ui.history.problems", count=len(problems)), role="heading")
        )
        for change in problems[:SHOWN_CHANGES]:
            self._problem(lines, change)

    def _problem(self, lines: QVBoxLayout, change: Change) -> None:
        ctx, say = self.ctx, self.ctx.say
        subject = change_subject(ctx, change)
        line = row(gap="m")
        words = column(gap="xs")
        words.addWidget(
            SafeLabel(f"{say(f'ui.kind.{change.kind.value}')} · {subject}", wrap=True)
        )
        unsure = change.status is ChangeStatus.UNSURE
        why = (
            say("ui.history.unsure")
            if unsure
            else say(present_code(change.problem).key)
        )
        role = "small" if unsure else "problem"
        words.addWidget(SafeLabel(why, role=role, wrap=True))
        line.addLayout(words, 1)
        names = ("mark_sent", "send_again") if unsure else ("retry",)
        for name in (*names, "drop"):
            line.addWidget(
                button(
                    say(f"ui.history.{name}"),
                    f"history.{change.id}.{name}",
                    clicked=partial(self._act, name, change.id),
                    foreign=subject,
                )
            )
        lines.addLayout(line)

    def _act(self, name: str, change: ChangeId) -> None:
        ctx = self.ctx
        match name:
            case "retry":
                ctx.act(ops.retry(ctx, change=change), owner=self)
            case "mark_sent":
                ctx.act(ops.mark_sent(ctx, change=change), owner=self)
            case "send_again":
                ctx.act(ops.send_again(ctx, change=change), owner=self)
            case _:
                ctx.act(ops.drop(ctx, change=change), owner=self)

    def _more(self) -> None:
        self._limit += SHOWN
        self.refresh()


class BatchCard(Box):
    """One thing that was done once."""

    def __init__(
        self, ctx: Context, found: HistoryRow, *, opened: set[BatchId]
    ) -> None:
        super().__init__(margin="m", gap="s")
        self._ctx, self._found, self._opened = ctx, found, opened
        say, batch = ctx.say, found.batch
        title = batch_title(ctx, batch)
        line = row(gap="m")
        words = column(gap="xs")
        words.addWidget(SafeLabel(title, wrap=True))
        words.addWidget(SafeLabel(moment(batch.created), role="small"))
        line.addLayout(words, 1)
        for status, count in found.counts:
            text = say(f"ui.change.{status.value}")
            if found.total > 1:
                text = say(f"ui.status.{status.value}", count=count)
            line.addWidget(Chip(text, TONE[status]))
        if found.undone_by is not None:
            line.addWidget(Chip(say("ui.history.undone")))
        if found.total > 1:
            self._more = button(
                say("ui.history.details"),
                f"history.{batch.id}.details",
                kind="quiet",
                clicked=self._on_details,
                foreign=title,
            )
            line.addWidget(self._more)
        undo = button(
            say("ui.history.undo"),
            f"history.{batch.id}.undo",
            clicked=self._on_undo,
            foreign=title,
            tip=say(f"ui.undo.{found.reversibility.value}"),
        )
        undo.setEnabled(found.undoable)
        line.addWidget(undo)
        self.column.addLayout(line)
        self._details = QWidget()
        self._lines = column(self._details, gap="xs")
        self._details.hide()
        self.column.addWidget(self._details)
        if batch.id in opened:
            self._on_details()

    def _on_undo(self) -> None:
        def told(result: UndoResult) -> None:
            self._ctx.said.emit(ops.undo_sentence(self._ctx, result), None)

        self._ctx.act(
            ops.undo(self._ctx, batch=self._found.batch.id),
            owner=self._ctx,
            done=told,
        )

    def _on_details(self) -> None:
        batch = self._found.batch.id
        if self._details.isVisible():
            self._opened.discard(batch)
            self._details.hide()
            return
        self._opened.add(batch)
        self._ctx.run(
            self._ctx.client.history.changes(batch, limit=SHOWN_CHANGES + 1),
            owner=self,
            done=self._show_changes,
        )

    def _show_changes(self, changes: tuple[Change, ...]) -> None:
        clear(self._lines)
        say = self._ctx.say
        for change in changes[:SHOWN_CHANGES]:
            line = row(gap="m")
            line.addWidget(
                SafeLabel(foreign(change_subject(self._ctx, change), lines=False)), 1
            )
            text = say(f"ui.change.{change.status.value}")
            line.addWidget(Chip(text, TONE[change.status]))
            self._lines.addLayout(line)
        rest = self._found.total - SHOWN_CHANGES
        if rest > 0:
            self._lines.addWidget(
                SafeLabel(say("ui.history.rest", count=rest), role="small")
            )
        self._details.show()
