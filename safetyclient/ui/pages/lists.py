"""Mutes and blocks: add with reason and end, search, remove, undo."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent

from safetyclient.application.lists import ListsService
from safetyclient.application.store_ports import HeldShrink
from safetyclient.application.touched import Touched
from safetyclient.domain.capabilities import Capability
from safetyclient.domain.ids import AccountId
from safetyclient.domain.lists import ListEntry, ListKind, RowKey, Window
from safetyclient.ui import ops
from safetyclient.ui.context import Context
from safetyclient.ui.models.entries import AnchoredTable
from safetyclient.ui.models.rows import Column, person_text
from safetyclient.ui.safe_text import PlainLine, SafeLabel, foreign, set_tooltip
from safetyclient.ui.widgets.add_panel import AddPanel, FormScroll
from safetyclient.ui.widgets.basics import Pile, Tabs, button, row
from safetyclient.ui.widgets.page import Page
from safetyclient.ui.widgets.states import Banner
from safetyclient.ui.widgets.table import RowView
from safetyclient.ui.widgets.when import day

KINDS = (ListKind.MUTES, ListKind.BLOCKS)
SEARCH_MS = 180
BOTH_HEIGHT = 600
"""Height of the page from which the form stands above the list."""


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
        self._form = FormScroll(self._add, "lists.form", say("ui.lists.title"))
        self._add.kept.connect(self._on_added)
        self._add.closed.connect(self._on_closed)
        self.body.addWidget(self._form)
        self._bar()
        self.model: AnchoredTable[ListEntry] = AnchoredTable(self._columns(), ctx.run)
        self.view = RowView(
            self.model, ctx.look, say, name="lists.table", label=say("ui.lists.title")
        )
        self.view.widen(1, 220)
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
        self._on_closed()
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
        self._form.show()
        self._make_room(adding=True)
        self._add.open(self.kind)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the form have the page where both have no room."""
        super().resizeEvent(event)
        self._make_room(adding=not self._form.isHidden())

    def _on_closed(self) -> None:
        self._form.hide()
        self._make_room(adding=False)

    def _make_room(self, *, adding: bool) -> None:
        self._open.setHidden(adding)
        self._stack.setHidden(adding and self.height() < BOTH_HEIGHT)

    def _on_added(self) -> None:
        self._on_closed()
        self.view.setFocus()

    def _on_remove(self) -> None:
        people = [found.person.ref for found in self.view.chosen()]
        if people:
            self.view.clearSelection()
            self.ctx.act(
                ops.remove_from_list(self.ctx, kind=self.kind, people=people),
                owner=self,
            )
