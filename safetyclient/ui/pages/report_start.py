"""Report: paste a link, or pick from own posts and live Spaces; then guided steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtWidgets import QWidget

from safetyclient.application.presentation import Level, present
from safetyclient.application.report_views import ReportReceipt
from safetyclient.application.touched import Touched
from safetyclient.domain.ids import SubjectKind, SubjectRef
from safetyclient.domain.media import OwnPost
from safetyclient.domain.reports import ReportDraft
from safetyclient.domain.spaces import Space, SpaceRole
from safetyclient.ui import ops
from safetyclient.ui.bridge import Problem
from safetyclient.ui.context import Context
from safetyclient.ui.safe_text import PlainLine, SafeLabel, foreign, name_text
from safetyclient.ui.widgets.basics import (
    Box,
    Chip,
    Picture,
    Pile,
    button,
    clear,
    column,
    kept_focus,
    row,
)
from safetyclient.ui.widgets.fields import Field
from safetyclient.ui.widgets.page import Page
from safetyclient.ui.widgets.when import moment

SHOWN_POSTS = 5


@dataclass(frozen=True, slots=True)
class Choices:
    """What a report can be begun with."""

    drafts: tuple[ReportDraft, ...]
    spaces: tuple[Space, ...]
    posts: tuple[OwnPost, ...]


class ReportStartPage(Page):
    """Begins a report and hosts the guided steps until they are done or left."""

    page_id = "report"
    reads = Touched.DRAFTS | Touched.SPACES | Touched.POSTS

    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx)
        say = ctx.say
        self._stack = Pile()
        self.body.addWidget(self._stack, 1)
        self._start = QWidget()
        lines = column(self._start, gap="l")
        link = Box(gap="m")
        self._link = PlainLine(limit=2000)
        self._link.setPlaceholderText(say("ui.report.link_example"))
        self._field = Field(
            say("ui.report.link"),
            self._link,
            name="report.link",
            help_text=say("ui.report.link_help"),
        )
        link.column.addWidget(self._field)
        line = row()
        self._go = button(
            say("ui.report.go"), "report.go", kind="primary", clicked=self._on_go
        )
        line.addWidget(self._go)
        line.addStretch(1)
        link.column.addLayout(line)
        self._link.returnPressed.connect(self._on_go)
        lines.addWidget(link)
        self._choices = column(gap="l")
        lines.addLayout(self._choices)
        lines.addStretch(1)
        self._stack.addWidget(self._start)
        self._wizard: QWidget | None = None

    def refresh(self) -> None:
        """Read drafts, Spaces and posts; a report under way is left alone."""
        if self._wizard is not None:
            self.show_content()
            return
        client, account = self.ctx.client, self.ctx.account

        async def read() -> Choices:
            drafts = await client.reports.drafts(account)
            window = await client.media.posts(account, limit=SHOWN_POSTS)
            return Choices(
                drafts=tuple(d for d in drafts if d.flow == "report"),
                spaces=await client.spaces.current(account),
                posts=tuple(post for post in window.rows if post.id),
            )

        self.ctx.run(read(), owner=self, done=self._show, failed=self.show_problem)

    def show_target(self, target: object) -> None:
        """Begin with something that another page names, or go on with a draft."""
        if isinstance(target, ReportDraft):
            self._open(target)
        elif isinstance(target, SubjectRef):
            self._about(target)

    def _show(self, found: Choices) -> None:
        with kept_focus(self):
            self._fill(found)
        self.show_content()

    def _fill(self, found: Choices) -> None:
        say = self.ctx.say
        clear(self._choices)
        if found.drafts:
            self._section("ui.report.drafts", [self._draft(d) for d in found.drafts])
        spaces = [self._space(space) for space in found.spaces]
        if spaces:
            self._section("ui.report.spaces", spaces)
        posts = [self._post(post) for post in found.posts]
        if posts:
            self._section("ui.report.posts", posts)
        if not (found.drafts or spaces or posts):
            self._choices.addWidget(
                SafeLabel(say("ui.report.nothing"), role="muted", wrap=True)
            )

    def _section(self, key: str, rows: list[QWidget]) -> None:
        box = Box(gap="s")
        box.column.addWidget(SafeLabel(self.ctx.say(key), role="heading"))
        for each in rows:
            box.column.addWidget(each)
        self._choices.addWidget(box)

    def _draft(self, draft: ReportDraft) -> QWidget:
        say = self.ctx.say
        about = foreign(draft.subject.summary, limit=90, lines=False)
        about = about or str(draft.subject.ref)
        when = say("ui.report.draft_from", when=moment(draft.changed))
        return self._line(
            "pencil",
            about,
            when,
            [
                (
                    f"report.draft.{draft.id}",
                    say("ui.report.continue"),
                    partial(self._open, draft),
                ),
                (
                    f"report.wipe.{draft.id}",
                    say("ui.report.wipe"),
                    partial(self._wipe, draft),
                ),
            ],
        )

    def _space(self, space: Space) -> QWidget:
        say = self.ctx.say
        hosts = [p.person for p in space.participants if p.role is SpaceRole.HOST]
        host = name_text(hosts[0].name, hosts[0].handle) if hosts else ""
        title = foreign(space.title, limit=90, lines=False)
        line = self._line(
            "radio",
            title,
            say("ui.report.space_host", host=host),
            [
                (
                    f"report.space.{space.id}",
                    say("ui.report.this"),
                    partial(self._about, SubjectRef(SubjectKind.SPACE, space.id)),
                )
            ],
            chip=(
                say(f"ui.space.{space.state.value}"),
                "ok" if space.state.value == "live" else "",
            ),
        )
        return line

    def _post(self, post: OwnPost) -> QWidget:
        say = self.ctx.say
        return self._line(
            "message-square",
            foreign(post.text, limit=90, lines=False) or say("ui.media.no_text"),
            moment(post.created),
            [
                (
                    f"report.post.{post.id}",
                    say("ui.report.this"),
                    partial(self._about, SubjectRef(SubjectKind.POST, post.id)),
                )
            ],
        )

    def _line(
        self,
        icon: str,
        title: str,
        detail: str,
        acts: list[tuple[str, str, Callable[[], object]]],
        *,
        chip: tuple[str, str] = ("", ""),
    ) -> QWidget:
        holder = QWidget()
        line = row(holder, gap="m")
        line.addWidget(Picture(self.ctx.look, icon, colour="muted"))
        words = column(gap="xs")
        words.addWidget(SafeLabel(title, wrap=True))
        words.addWidget(SafeLabel(detail, role="small", wrap=True))
        line.addLayout(words, 1)
        if chip[0]:
            line.addWidget(Chip(*chip))
        for name, text, clicked in acts:
            line.addWidget(button(text, name, foreign=title, clicked=clicked))
        return holder

    def _on_go(self) -> None:
        text = self._link.text().strip()
        if not text:
            self._field.show_problem(self.ctx.say("ui.report.link_missing"))
            self._link.setFocus()
            return
        self._wait(True)
        self.ctx.act(
            ops.start_report(self.ctx, text=text),
            owner=self,
            done=self._open,
            failed=self._on_failed,
        )

    def _about(self, ref: SubjectRef) -> None:
        self._wait(True)
        self.ctx.act(
            ops.start_report_about(self.ctx, ref=ref),
            owner=self,
            done=self._open,
            failed=self._on_failed,
        )

    def _wait(self, waits: bool) -> None:
        self._field.show_problem("")
        self._go.setEnabled(not waits)
        key = "ui.report.looking" if waits else "ui.report.go"
        self._go.setText(self.ctx.say(key))

    def _on_failed(self, problem: Problem) -> None:
        self._wait(False)
        if present(problem).level in {Level.FIELD, Level.ROW}:
            self._field.show_problem(self.ctx.sentence(problem))
            self._link.setFocus()
        else:
            self.ctx.tell(problem)

    def _wipe(self, draft: ReportDraft) -> None:
        self.ctx.act(ops.wipe_draft(self.ctx, draft=draft.id), owner=self)

    def _open(self, draft: ReportDraft) -> None:
        from safetyclient.ui.report.wizard import ReportWizard

        self._wait(False)
        self._link.clear()
        self._drop_wizard()
        wizard = ReportWizard(
            self.ctx.bridge, self.ctx.client, self.ctx.texts, draft, self
        )
        wizard.finished.connect(self._on_finished)
        wizard.left.connect(self._on_left)
        wizard.moved.connect(self.to_top)
        box = Box(name="report.steps")
        box.column.addWidget(wizard)
        self._wizard = QWidget()
        lines = column(self._wizard)
        lines.addWidget(box)
        lines.addStretch(1)
        self._stack.addWidget(self._wizard)
        self._stack.setCurrentWidget(self._wizard)
        self.subtitle.hide()
        self.show_content()
        wizard.setFocus()

    def _on_finished(self, receipt: ReportReceipt) -> None:
        self._on_left()
        self.ctx.go("cases", receipt.case)

    def _on_left(self) -> None:
        self._drop_wizard()
        self.subtitle.show()
        self._stack.setCurrentIndex(0)
        self.refresh()

    def _drop_wizard(self) -> None:
        if self._wizard is not None:
            self._stack.removeWidget(self._wizard)
            self._wizard.deleteLater()
            self._wizard = None
