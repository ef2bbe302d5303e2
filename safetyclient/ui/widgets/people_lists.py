"""Follow requests and followers: tables of people with acts on those chosen."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from safetyclient.domain.capabilities import Capability
from safetyclient.domain.ids import PersonRef
from safetyclient.domain.protection import Follower, FollowRequest
from safetyclient.domain.rows import RowState
from safetyclient.ui import ops
from safetyclient.ui.context import Context
from safetyclient.ui.models.growing import GrowingTable
from safetyclient.ui.models.rows import Column, person_text
from safetyclient.ui.safe_text import (
    PlainLine,
    SafeLabel,
    SafeMessage,
    handle_text,
)
from safetyclient.ui.widgets.basics import Pile, button, column, row
from safetyclient.ui.widgets.states import Empty
from safetyclient.ui.widgets.table import RowView
from safetyclient.ui.widgets.when import day

SEARCH_MS = 200


def _state(ctx: Context, settled: str) -> Column[Any]:
    """Return the column that says what is known of a person, or under way."""

    def text(found: FollowRequest | Follower) -> str:
        if found.state is RowState.ON_SERVER:
            return ctx.say(settled)
        return ctx.say(f"ui.state.{found.state.value}")

    return Column(ctx.say("ui.column.state"), text, state=lambda r: r.state)


class PeoplePart(QWidget):
    """A growing table of people with acts on those who are chosen."""

    def __init__(self, ctx: Context, name: str, columns: list[Column[Any]]) -> None:
        super().__init__()
        self.ctx = ctx
        self.model: GrowingTable[Any] = GrowingTable(columns, ctx.run)
        self.bar = row()
        lines = column(self, gap="m")
        lines.addLayout(self.bar)
        self._stack = Pile()
        lines.addWidget(self._stack, 1)
        self.view = RowView(
            self.model, ctx.look, ctx.say, name=name, label=ctx.say(f"ui.{name}.label")
        )
        self._stack.addWidget(self.view)
        self.model.settled.connect(self._on_settled)
        self.model.failed.connect(ctx.tell)
        self.view.selectionModel().selectionChanged.connect(
            lambda: self.show_choice(len(self.chosen()))
        )

    def chosen(self) -> list[PersonRef]:
        """Return who is chosen."""
        return [found.person.ref for found in self.view.chosen()]

    def show_choice(self, count: int) -> None:
        """Let the acts be done, or not."""
        raise NotImplementedError

    def empty_state(self) -> QWidget:
        """Return what is shown while there is nobody."""
        raise NotImplementedError

    def _on_settled(self, count: int) -> None:
        if count == 0:
            self._stack.drop_from(1)
            self._stack.addWidget(self.empty_state())
        self._stack.setCurrentIndex(1 if count == 0 else 0)
        self.show_choice(len(self.chosen()))


class RequestList(PeoplePart):
    """People who ask to follow; what is answered cannot be taken back once sent."""

    def __init__(self, ctx: Context) -> None:
        say = ctx.say
        columns: list[Column[FollowRequest]] = [
            Column(
                say("ui.column.person"),
                lambda r: person_text(r.person),
                person=lambda r: r.person,
            ),
            Column(say("ui.column.asked"), lambda r: day(r.since)),
            _state(ctx, "ui.protection.requests.open"),
        ]
        super().__init__(ctx, "protection.requests", columns)
        hint = SafeLabel(say("ui.protection.requests.hint"), role="small", wrap=True)
        self.bar.addWidget(hint, 1)
        self._accept = button(
            say("ui.protection.requests.accept"),
            "protection.accept",
            kind="primary",
            clicked=lambda: self._answer(True),
        )
        self._reject = button(
            say("ui.protection.requests.reject"),
            "protection.reject",
            clicked=lambda: self._answer(False),
        )
        self.bar.addWidget(self._accept)
        self.bar.addWidget(self._reject)
        self.show_choice(0)

    def read(self) -> None:
        """Read the requests again."""
        protection, account = self.ctx.client.protection, self.ctx.account
        self.model.read(
            lambda after, limit: protection.requests(account, after=after, limit=limit)
        )

    def show_choice(self, count: int) -> None:
        """Only those who are chosen are answered."""
        self._accept.setEnabled(count > 0)
        self._reject.setEnabled(count > 0)

    def show_offer(self) -> None:
        """Say why there are none, where the network has none."""
        if self.model.rowCount() == 0 and self._stack.count() > 1:
            self._on_settled(0)

    def empty_state(self) -> QWidget:
        """Say that nobody asks, or that nobody has to ask on this network."""
        say = self.ctx.say
        offer = self.ctx.offer(Capability.FOLLOW_REQUESTS)
        if offer is not None and not offer.usable:
            return Empty(
                self.ctx.look,
                icon="user-check",
                title=say("ui.protection.requests.not_here"),
                text=say(offer.note),
                name="requests.not_here",
            )
        return Empty(
            self.ctx.look,
            icon="user-check",
            title=say("ui.protection.requests.none"),
            text=say("ui.protection.requests.none_text"),
            name="requests.empty",
        )

    def _answer(self, accept: bool) -> None:
        people = self.chosen()
        if people:
            self.ctx.act(
                ops.answer_requests(self.ctx, people=people, accept=accept), owner=self
            )


class FollowerList(PeoplePart):
    """Followers, searched and removed."""

    def __init__(self, ctx: Context) -> None:
        say = ctx.say
        columns: list[Column[Follower]] = [
            Column(
                say("ui.column.person"),
                lambda r: person_text(r.person),
                person=lambda r: r.person,
            ),
            Column(say("ui.column.since"), lambda r: day(r.since)),
            _state(ctx, "ui.protection.followers.follows"),
        ]
        super().__init__(ctx, "protection.followers", columns)
        self._search = PlainLine(limit=100)
        self._search.setObjectName("protection.search")
        self._search.setAccessibleName(say("ui.protection.followers.search"))
        self._search.setPlaceholderText(say("ui.protection.followers.search"))
        self._search.setClearButtonEnabled(True)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SEARCH_MS)
        self._timer.timeout.connect(self.read)
        self._search.textChanged.connect(lambda: self._timer.start())
        self.bar.addWidget(self._search, 1)
        self._remove = button(
            say("ui.protection.followers.remove"),
            "protection.remove",
            clicked=self._on_remove,
        )
        self.bar.addWidget(self._remove)
        self.view.remove_wanted.connect(self._on_remove)
        self.show_choice(0)

    def read(self) -> None:
        """Read the followers again."""
        protection, account = self.ctx.client.protection, self.ctx.account
        search = self._search.text().strip()
        self.model.read(
            lambda after, limit: protection.followers(
                account, search=search, after=after, limit=limit
            )
        )

    def show_choice(self, count: int) -> None:
        """Only those who are chosen are removed."""
        offer = self.ctx.offer(Capability.REMOVE_FOLLOWER)
        usable = offer is None or offer.usable
        self._remove.setEnabled(count > 0 and usable)

    def empty_state(self) -> QWidget:
        """Say that nobody is here, or nobody like that."""
        say = self.ctx.say
        key = "no_match" if self._search.text().strip() else "none"
        return Empty(
            self.ctx.look,
            icon="users-round",
            title=say(f"ui.protection.followers.{key}"),
            text=say(f"ui.protection.followers.{key}_text"),
            name="followers.empty",
        )

    def _on_remove(self) -> None:
        people = self.chosen()
        if not people or not self._remove.isEnabled():
            return
        say = self.ctx.say
        who = handle_text(people[0].handle) or str(people[0].id)
        ask = SafeMessage(
            self,
            title=say("ui.protection.remove.title", count=len(people), who=who),
            text=say("ui.protection.remove.text"),
            accept=say("ui.protection.remove.accept"),
            reject=say("ui.common.cancel"),
            danger=True,
            name="protection.ask",
        )
        ask.accepted.connect(lambda: self._remove_people(people))
        ask.open()

    def _remove_people(self, people: list[PersonRef]) -> None:
        self.ctx.act(ops.remove_followers(self.ctx, people=people), owner=self)
