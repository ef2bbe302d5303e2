"""Mutes and blocks: add with reason and end, search, remove, undo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from PySide6.QtCore import QDate, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent

from safetyclient.application.lists import ListsService
from safetyclient.application.presentation import Level, present
from safetyclient.application.store_ports import HeldShrink
from safetyclient.application.touched import Touched
from safetyclient.domain.capabilities import Capability
from safetyclient.domain.ids import AccountId
from safetyclient.domain.lists import ListEntry, ListKind, RowKey, Window
from safetyclient.ui import ops
from safetyclient.ui.bridge import Problem
from safetyclient.ui.context import Context
from safetyclient.ui.models.entries import AnchoredTable
from safetyclient.ui.models.rows import Column, person_text
from safetyclient.ui.safe_text import PlainLine, SafeLabel, foreign, set_tooltip
from safetyclient.ui.widgets.basics import Box, Pile, Tabs, button, row
from safetyclient.ui.widgets.fields import Choice, DateChoice, Field
from safetyclient.ui.widgets.page import Page
from safetyclient.ui.widgets.states import Banner
from safetyclient.ui.widgets.table import RowView
from safetyclient.ui.widgets.when import day, end_of, now

KINDS = (ListKind.MUTES, ListKind.BLOCKS)
SEARCH_MS = 180
_ENDS = {"hours8": 8, "day1": 24, "week1": 168, "month1": 720}


@dataclass(frozen=True, slots=True)
class ListSource:
    """One list of one account, as searched, for the model."""

    lists: ListsService
    account: AccountId
    kind: ListKind
    search: str

    async def count(self) -> int:
        """Return how many rows match."""
        return await self.lists.count(self.account, kind=self.kind, search=self.search)

    async def anchors(self, step: int) -> tuple[RowKey, ...]:
        """Return the key of every `step`-th row."""
        return await self.lists.anchors(
            self.account, kind=self.kind, search=self.search, step=step
        )

    async def window(
        self, *, after: RowKey | None, limit: int, offset: int
    ) -> Window[ListEntry]:
        """Return rows after a key."""
        return await self.lists.window(
            self.account,
            kind=self.kind,
            search=self.search,
            after=after,
            limit=limit,
            offset=offset,
        )


class ListsPage(Page):
    """One table for both lists; what is added or removed shows at once, as waiting."""

    page_id = "lists"
    scrolls = False
    reads = Touched.MUTES | Touched.BLOCKS | Touched.HELD

    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx)
        say = ctx.say
        self._tabs = Tabs(
            [(kind.value, say(f"ui.lists.tab.{kind.value}")) for kind in KINDS],
            name="lists.tabs",
        )
        self._tabs.on_changed(lambda _number: self._on_tab())
        self.body.addWidget(self._tabs)
        self._hint = SafeLabel(role="muted", wrap=True)
        self.body.addWidget(self._hint)
        self._held = Banner(name="lists.held")
        self.body.addWidget(self._held)
        self._add = AddPanel(ctx)
        self._add.hide()
        self._add.kept.connect(self._on_added)
        self._add.closed.connect(lambda: self._open.show())
        self.body.addWidget(self._add)
        self._bar()
        self.model: AnchoredTable[ListEntry] = AnchoredTable(self._columns(), ctx.run)
        self.view = RowView(
            self.model, ctx.look, say, name="lists.table", label=say("ui.lists.title")
        )
        self.view.setColumnWidth(1, 220)
        self._stack = Pile()
        self._stack.addWidget(self.view)
        self.body.addWidget(self._stack, 1)
        self.model.settled.connect(self._on_settled)
        self.model.failed.connect(self.show_problem)
        self.view.selectionModel().selectionChanged.connect(lambda: self._show_choice())
        self.view.remove_wanted.connect(self._on_remove)
        ctx.offers_changed.connect(self._show_offer)
        self._show_choice()

    @property
    def kind(self) -> ListKind:
        """Return the list that is looked at."""
        return KINDS[self._tabs.current]

    def refresh(self) -> None:
        """Read the list again, at the same place."""
        client, account = self.ctx.client, self.ctx.account
        search = self.search.text().strip()
        self.model.read(ListSource(client.lists, account, self.kind, search))
        self.ctx.run(client.lists.held(account), owner=self, done=self._show_held)
        self._show_offer()

    def show_target(self, target: object) -> None:
        """Show one of the lists, or the form to add somebody."""
        if isinstance(target, ListKind):
            self._tabs.choose(KINDS.index(target))
        elif target == "add":
            self._open_add()

    def _columns(self) -> list[Column[ListEntry]]:
        say = self.ctx.say
        forever = say("ui.lists.forever")
        return [
            Column(
                say("ui.column.person"),
                lambda e: person_text(e.person),
                person=lambda e: e.person,
            ),
            Column(say("ui.column.reason"), lambda e: foreign(e.note, lines=False)),
            Column(
                say("ui.column.until"), lambda e: day(e.until) if e.until else forever
            ),
            Column(
                say("ui.column.state"),
                lambda e: say(f"ui.state.{e.state.value}"),
                state=lambda e: e.state,
            ),
        ]

    def _bar(self) -> None:
        say = self.ctx.say
        bar = row()
        self.search = PlainLine(limit=100)
        self.search.setObjectName("lists.search")
        self.search.setAccessibleName(say("ui.lists.search"))
        self.search.setPlaceholderText(say("ui.lists.search"))
        self.search.setClearButtonEnabled(True)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SEARCH_MS)
        self._timer.timeout.connect(self.refresh)
        self.search.textChanged.connect(lambda: self._timer.start())
        bar.addWidget(self.search, 1)
        self._count = SafeLabel(role="muted", name="lists.count")
        bar.addWidget(self._count)
        self._remove = button(
            say("ui.lists.remove.mutes"), "lists.remove", clicked=self._on_remove
        )
        bar.addWidget(self._remove)
        self._open = button(
            say("ui.lists.add.mutes"),
            "lists.add",
            kind="primary",
            clicked=self._open_add,
        )
        bar.addWidget(self._open)
        self.body.addLayout(bar)

    def _on_tab(self) -> None:
        self._add.hide()
        self.view.clearSelection()
        self.view.scrollToTop()
        self._show_choice()
        if self.ctx.account_info is not None:
            self.refresh()

    def _show_offer(self) -> None:
        wanted = Capability.MUTE if self.kind is ListKind.MUTES else Capability.BLOCK
        offer = self.ctx.offer(wanted)
        usable = offer is None or offer.usable
        self._open.setEnabled(usable)
        hint = f"ui.lists.hint.{self.kind.value}"
        self._hint.setText(self.ctx.say(hint if usable or not offer else offer.note))
        set_tooltip(
            self._open, self.ctx.say(offer.note) if offer and offer.note else ""
        )
        self._show_choice()

    def _on_settled(self, count: int) -> None:
        search = self.search.text().strip()
        key = "found" if search else self.kind.value
        self._count.setText(self.ctx.say(f"ui.lists.count.{key}", count=count))
        if count == 0:
            self._stack.drop_from(1)
            name = "no_match" if search else self.kind.value
            self._stack.addWidget(
                self.empty(
                    f"lists_{name}",
                    icon="search" if search else "list-checks",
                    clicked=None if search else self._open_add,
                )
            )
        self._stack.setCurrentIndex(1 if count == 0 else 0)
        self._show_choice()
        self.show_content()

    def _show_choice(self) -> None:
        kind = self.kind.value
        self._open.setText(self.ctx.say(f"ui.lists.add.{kind}"))
        chosen = len(self.view.chosen())
        words = self.ctx.say(f"ui.lists.remove.{kind}")
        self._remove.setText(f"{words} ({chosen:,})" if chosen > 1 else words)
        self._remove.setEnabled(chosen > 0)

    def _show_held(self, held: tuple[HeldShrink, ...]) -> None:
        found = next((each for each in held if each.kind is self.kind), None)
        if found is None:
            self._held.hide()
            return
        say, kind = self.ctx.say, found.kind
        text = say(
            f"ui.lists.held.{kind.value}", before=found.before, after=found.after
        )
        self._held.tell(
            text,
            ("keep", say("ui.lists.held.keep"), lambda: self._answer(kind, False)),
            ("accept", say("ui.lists.held.accept"), lambda: self._answer(kind, True)),
        )

    def _answer(self, kind: ListKind, accept: bool) -> None:
        self.ctx.act(ops.answer_held(self.ctx, kind=kind, accept=accept), owner=self)

    def _open_add(self) -> None:
        self._open.hide()
        self._add.open(self.kind)

    def _on_added(self) -> None:
        self._add.hide()
        self.view.setFocus()

    def _on_remove(self) -> None:
        people = [found.person.ref for found in self.view.chosen()]
        if people:
            self.view.clearSelection()
            self.ctx.act(
                ops.remove_from_list(self.ctx, kind=self.kind, people=people),
                owner=self,
            )


class AddPanel(Box):
    """Who, why, until when; opens in place, above the list."""

    kept = Signal()
    """Somebody was added."""
    closed = Signal()

    def __init__(self, ctx: Context) -> None:
        super().__init__(name="lists.panel")
        self._ctx = ctx
        say = ctx.say
        self._kind = ListKind.MUTES
        self._title = SafeLabel(role="heading")
        self.column.addWidget(self._title)
        self._who = PlainLine()
        self._who.setPlaceholderText(say("ui.lists.who_example"))
        self._who_field = Field(say("ui.lists.who"), self._who, name="lists.who")
        self.column.addWidget(self._who_field)
        second = row(gap="l")
        self._note = PlainLine(limit=500)
        second.addWidget(
            Field(
                say("ui.lists.note"),
                self._note,
                name="lists.note",
                help_text=say("ui.lists.note_help"),
            ),
            3,
            Qt.AlignmentFlag.AlignTop,
        )
        self._until = Choice()
        for name in ("forever", *_ENDS, "date"):
            self._until.addItem(say(f"ui.lists.end.{name}"), name)
        second.addWidget(
            Field(say("ui.lists.until"), self._until, name="lists.until"),
            1,
            Qt.AlignmentFlag.AlignTop,
        )
        self._date = DateChoice(QDate.currentDate().addDays(7))
        self._date.setMinimumDate(QDate.currentDate().addDays(1))
        self._date_field = Field(say("ui.lists.date"), self._date, name="lists.date")
        self._date_field.hide()
        second.addWidget(self._date_field, 1, Qt.AlignmentFlag.AlignTop)
        self.column.addLayout(second)
        self._loss = SafeLabel(role="small", wrap=True)
        self.column.addWidget(self._loss)
        line = row()
        self._go = button("", "lists.go", kind="primary", clicked=self._on_go)
        line.addWidget(self._go)
        line.addWidget(
            button(say("ui.common.cancel"), "lists.cancel", clicked=self.hide)
        )
        line.addStretch(1)
        self.column.addLayout(line)
        self._until.currentIndexChanged.connect(
            lambda: self._date_field.setVisible(self._until.currentData() == "date")
        )
        self._who.returnPressed.connect(self._on_go)
        self._note.returnPressed.connect(self._on_go)

    def open(self, kind: ListKind) -> None:
        """Show the empty form for a list."""
        self._kind = kind
        say = self._ctx.say
        self._title.setText(say(f"ui.lists.panel.{kind.value}"))
        self._go.setText(say(f"ui.lists.do.{kind.value}"))
        self._loss.setText(say(f"ui.lists.loss.{kind.value}"))
        ends = (
            Capability.MUTE_WITH_END
            if kind is ListKind.MUTES
            else Capability.BLOCK_WITH_END
        )
        offer = self._ctx.offer(ends)
        self._until.setEnabled(offer is None or offer.usable)
        set_tooltip(self._until, say(offer.note) if offer and offer.note else "")
        self._who.clear()
        self._note.clear()
        self._until.setCurrentIndex(0)
        self._who_field.show_problem("")
        self.show()
        self._who.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        """Announce that the form was closed."""
        super().hideEvent(event)
        if self.isHidden():
            self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Escape close the form."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
            return
        super().keyPressEvent(event)

    def _on_go(self) -> None:
        who = [part for part in self._who.text().replace(",", " ").split() if part]
        if not who:
            self._who_field.show_problem(self._ctx.say("ui.lists.who_missing"))
            self._who.setFocus()
            return
        self._who_field.show_problem("")
        self._ctx.act(
            ops.add_to_list(
                self._ctx,
                kind=self._kind,
                who=who,
                until=self._end(),
                note=self._note.text().strip(),
            ),
            owner=self,
            done=lambda _receipt: self.kept.emit(),
            failed=self._on_failed,
        )

    def _end(self) -> datetime | None:
        choice = str(self._until.currentData())
        if choice == "date":
            return end_of(self._date.date())
        if choice in _ENDS:
            return now() + timedelta(hours=_ENDS[choice])
        return None

    def _on_failed(self, problem: Problem) -> None:
        if present(problem).level is Level.FIELD:
            self._who_field.show_problem(self._ctx.sentence(problem))
            self._who.setFocus()
        else:
            self._ctx.tell(problem)
