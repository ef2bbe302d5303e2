"""Home: who can see you, what waits, what needs you, and the next acts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from safetyclient.application.history import HistoryRow
from safetyclient.application.outbox import OutboxStatus
from safetyclient.application.store_ports import HeldShrink
from safetyclient.application.touched import Touched
from safetyclient.domain.lists import ListKind
from safetyclient.domain.protection import Protection
from safetyclient.domain.reports import Case, CaseState
from safetyclient.domain.rows import RowState
from safetyclient.ui.context import Context
from safetyclient.ui.look import space
from safetyclient.ui.models.rows import TONES
from safetyclient.ui.safe_text import SafeLabel, foreign
from safetyclient.ui.widgets.basics import (
    Box,
    Chip,
    Picture,
    button,
    clear,
    kept_focus,
    row,
)
from safetyclient.ui.widgets.page import Page
from safetyclient.ui.widgets.subjects import batch_title, case_title
from safetyclient.ui.widgets.when import moment

_OPEN_CASES = frozenset(CaseState) - {CaseState.CLOSED, CaseState.WITHDRAWN}
_SHOWN_CASES = 3
TWO_COLUMNS = 760
"""Width of the page from which two cards stand beside each other."""


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that home shows, read in one go."""

    protection: Protection
    requests: int
    more_requests: bool
    mutes: int
    blocks: int
    status: OutboxStatus
    held: tuple[HeldShrink, ...]
    cases: tuple[Case, ...]
    drafts: int
    lately: tuple[HistoryRow, ...]


class HomePage(Page):
    """Four calm cards; what needs an answer stands first."""

    page_id = "home"
    reads = (
        Touched.PROTECTION
        | Touched.REQUESTS
        | Touched.MUTES
        | Touched.BLOCKS
        | Touched.OUTBOX
        | Touched.CASES
        | Touched.DRAFTS
        | Touched.HELD
        | Touched.CONNECTION
        | Touched.HISTORY
    )

    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx)
        self._needs = Box(role="banner", name="home.needs")
        self._needs.hide()
        self.body.addWidget(self._needs)
        self._grid = QGridLayout()
        self._grid.setSpacing(space("l"))
        self._columns = 0
        self.body.addLayout(self._grid)
        self._seen = self._tile("eye", "seen")
        self._lists = self._tile("ban", "lists")
        self._reports = self._tile("flag", "reports")
        self._waiting = self._tile("send", "waiting")
        self._place(2)
        self._lately = Box(gap="s", name="home.lately")
        self._lately.hide()
        self.body.addWidget(self._lately)
        self.body.addStretch(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the cards beside each other only where both have room."""
        super().resizeEvent(event)
        self._place(2 if self.width() >= TWO_COLUMNS else 1)

    def _place(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        tiles = (self._seen, self._lists, self._reports, self._waiting)
        for number, tile in enumerate(tiles):
            self._grid.addWidget(tile.box, number // columns, number % columns)
        for number in range(2):
            self._grid.setColumnStretch(number, 1 if number < columns else 0)

    def refresh(self) -> None:
        """Read all numbers at once."""
        client, account = self.ctx.client, self.ctx.account

        async def read() -> Overview:
            requests = await client.protection.requests(account, limit=100)
            return Overview(
                protection=await client.protection.show(account),
                requests=len(requests.rows),
                more_requests=requests.next is not None,
                mutes=await client.lists.count(account, kind=ListKind.MUTES),
                blocks=await client.lists.count(account, kind=ListKind.BLOCKS),
                status=await client.outbox.status(account),
                held=await client.lists.held(account),
                cases=await client.reports.cases(account),
                drafts=len(await client.reports.drafts(account)),
                lately=(await client.history.window(account, limit=4)).rows,
            )

        self.ctx.run(read(), owner=self, done=self._show, failed=self.show_problem)

    def _show(self, seen: Overview) -> None:
        with kept_focus(self):
            self._show_needs(seen)
            self._show_seen(seen)
            self._show_lists(seen)
            self._show_reports(seen)
            self._show_waiting(seen)
            self._show_lately(seen.lately)
        self.show_content()

    def _show_seen(self, seen: Overview) -> None:
        say, tile = self.ctx.say, self._seen
        state = "protected" if seen.protection.protected else "public"
        if seen.protection.state is RowState.UNSURE and not seen.protection.change:
            state = "unknown"
        tile.picture.show_icon(
            {"protected": "lock", "public": "eye", "unknown": "circle-help"}[state],
            "accent",
        )
        tile.head.setText(say(f"ui.protection.now.{state}"))
        tile.text.setText(say(f"ui.protection.now.{state}_text"))
        waits = seen.protection.state not in {RowState.ON_SERVER, RowState.UNSURE}
        tile.chip.show_tone(
            say(f"ui.state.{seen.protection.state.value}") if waits else "",
            TONES[seen.protection.state],
        )
        clear(tile.actions)
        self._act(tile, "ui.home.seen.change", "protection")
        if seen.requests:
            key = (
                "ui.home.seen.requests_more"
                if seen.more_requests
                else ("ui.home.seen.requests")
            )
            self._act(tile, key, "protection", "requests", count=seen.requests)
        tile.actions.addStretch(1)

    def _show_lists(self, seen: Overview) -> None:
        say, tile = self.ctx.say, self._lists
        tile.head.setText(say("ui.home.lists.head"))
        if seen.mutes or seen.blocks:
            muted = say("ui.home.lists.muted", count=seen.mutes)
            blocked = say("ui.home.lists.blocked", count=seen.blocks)
            tile.text.setText(f"{muted} · {blocked}")
        else:
            tile.text.setText(say("ui.home.lists.none"))
        clear(tile.actions)
        self._act(tile, "ui.home.lists.open", "lists")
        self._act(tile, "ui.home.lists.add", "lists", "add")
        tile.actions.addStretch(1)

    def _show_reports(self, seen: Overview) -> None:
        say, tile = self.ctx.say, self._reports
        running = [case for case in seen.cases if case.state in _OPEN_CASES]
        if running:
            tile.head.setText(say("ui.home.reports.head", count=len(running)))
        else:
            tile.head.setText(say("ui.home.reports.title"))
        lines = [
            f"{say(f'ui.case.{case.state.value}')} · "
            f"{foreign(case_title(self.ctx, case), limit=60, lines=False)}"
            for case in running[:_SHOWN_CASES]
        ]
        tile.text.setText("\n".join(lines) or say("ui.home.reports.none"))
        clear(tile.actions)
        self._act(tile, "ui.home.reports.start", "report")
        if seen.cases:
            self._act(tile, "ui.home.reports.open", "cases")
        if seen.drafts:
            self._act(tile, "ui.home.reports.drafts", "report", count=seen.drafts)
        tile.actions.addStretch(1)

    def _show_waiting(self, seen: Overview) -> None:
        say, tile, status = self.ctx.say, self._waiting, seen.status
        waiting = status.waiting + status.sending
        tile.picture.show_icon("send" if waiting else "circle-check", "accent")
        if waiting:
            tile.head.setText(say("ui.home.waiting.head", count=waiting))
        else:
            tile.head.setText(say("ui.home.waiting.nothing"))
        key = "some" if waiting else "none"
        if waiting and status.reachable is False:
            key = "offline"
        tile.text.setText(say(f"ui.home.waiting.{key}"))
        clear(tile.actions)
        self._act(tile, "ui.home.waiting.open", "history")
        tile.actions.addStretch(1)

    def _show_lately(self, rows: tuple[HistoryRow, ...]) -> None:
        lines = self._lately.column
        clear(lines)
        self._lately.setVisible(bool(rows))
        lines.addWidget(SafeLabel(self.ctx.say("ui.home.lately"), role="heading"))
        for found in rows:
            line = row(gap="m")
            line.addWidget(SafeLabel(batch_title(self.ctx, found.batch), wrap=True), 1)
            line.addWidget(SafeLabel(moment(found.batch.created), role="small"))
            lines.addLayout(line)

    def _show_needs(self, seen: Overview) -> None:
        say = self.ctx.say
        lines: list[tuple[str, str, Callable[[], object]]] = []
        if seen.status.refused:
            lines.append(
                (
                    "refused",
                    say("ui.home.needs.refused", count=seen.status.refused),
                    lambda: self.ctx.go("history", "problems"),
                )
            )
        if seen.status.unsure:
            lines.append(
                (
                    "unsure",
                    say("ui.home.needs.unsure", count=seen.status.unsure),
                    lambda: self.ctx.go("history", "problems"),
                )
            )
        for held in seen.held:
            text = say(
                f"ui.lists.held.{held.kind.value}",
                before=held.before,
                after=held.after,
            )
            look = partial(self.ctx.go, "lists", held.kind)
            lines.append((f"held_{held.kind.value}", text, look))
        clear(self._needs.column)
        for name, text, clicked in lines:
            line = row()
            line.addWidget(SafeLabel(text, wrap=True), 1)
            line.addWidget(
                button(
                    say("ui.home.needs.look"),
                    f"home.needs.{name}",
                    clicked=clicked,
                    foreign=text,
                )
            )
            self._needs.column.addLayout(line)
        self._needs.setVisible(bool(lines))

    def _act(
        self, tile: Tile, key: str, page: str, target: object = None, **params: int
    ) -> None:
        name = f"home.{key.removeprefix('ui.home.')}"
        kind = "primary" if key == "ui.home.reports.start" else ""
        tile.actions.addWidget(
            button(
                self.ctx.say(key, **params),
                name,
                kind=kind,
                clicked=lambda: self.ctx.go(page, target),
            )
        )

    def _tile(self, icon: str, name: str) -> Tile:
        return Tile(Picture(self.ctx.look, icon, colour="accent", px=22), name)


class Tile:
    """One card of home: picture, a sentence in large type, details, acts."""

    def __init__(self, picture: Picture, name: str) -> None:
        self.picture = picture
        self.box = Box(gap="s", margin="l", name=f"home.{name}")
        self.box.setMinimumHeight(150)
        head = row(gap="m")
        head.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        self.head = SafeLabel(role="heading", wrap=True)
        head.addWidget(self.head, 1)
        self.chip = Chip()
        head.addWidget(self.chip, 0, Qt.AlignmentFlag.AlignTop)
        self.box.column.addLayout(head)
        self.text = SafeLabel(role="muted", wrap=True)
        self.box.column.addWidget(self.text)
        self.box.column.addStretch(1)
        holder = QWidget()
        self.actions = row(holder)
        self.box.column.addWidget(holder)
