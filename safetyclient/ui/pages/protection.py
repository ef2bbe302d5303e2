"""Who can see me: the switch with its consequences, follow requests, followers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QStackedWidget, QWidget

from safetyclient.application.touched import Touched
from safetyclient.domain.capabilities import Capability, Offer
from safetyclient.domain.ids import PersonRef
from safetyclient.domain.protection import (
    Consequences,
    Follower,
    FollowRequest,
    Protection,
)
from safetyclient.domain.rows import RowState
from safetyclient.ui import ops
from safetyclient.ui.bridge import Problem
from safetyclient.ui.context import Context
from safetyclient.ui.models.growing import GrowingTable
from safetyclient.ui.models.rows import TONES, Column, person_text
from safetyclient.ui.safe_text import PlainLine, SafeLabel, SafeMessage
from safetyclient.ui.widgets.basics import (
    Box,
    Chip,
    Picture,
    Switch,
    Tabs,
    button,
    clear,
    column,
    drop_from,
    row,
)
from safetyclient.ui.widgets.page import Page
from safetyclient.ui.widgets.table import RowView
from safetyclient.ui.widgets.when import day, moment

SEARCH_MS = 200


class ProtectionPage(Page):
    """Three tabs: visibility, follow requests, followers."""

    page_id = "protection"
    scrolls = False
    reads = Touched.PROTECTION | Touched.REQUESTS | Touched.FOLLOWERS

    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx)
        say = ctx.say
        self._tabs = Tabs(
            [
                ("visibility", say("ui.protection.tab.visibility")),
                ("requests", say("ui.protection.tab.requests")),
                ("followers", say("ui.protection.tab.followers")),
            ],
            name="protection.tabs",
        )
        self._tabs.on_changed(self._on_tab)
        self.body.addWidget(self._tabs)
        self._stack = QStackedWidget()
        self.body.addWidget(self._stack, 1)
        self._visibility = Visibility(ctx)
        self._requests = RequestList(ctx)
        self._followers = FollowerList(ctx)
        for part in (self._visibility, self._requests, self._followers):
            self._stack.addWidget(part)
        self._requests.model.settled.connect(self._on_requests)
        ctx.offers_changed.connect(self._visibility.show_offer)

    def refresh(self) -> None:
        """Read the state; the lists read themselves."""
        self.ctx.run(
            self.ctx.client.protection.show(self.ctx.account),
            owner=self,
            done=self._on_protection,
            failed=self.show_problem,
        )
        self._requests.read()
        self._followers.read()

    def show_target(self, target: object) -> None:
        """Show the follow requests when asked for them."""
        if target == "requests":
            self._tabs.choose(1)

    def _on_protection(self, protection: Protection) -> None:
        self._visibility.show_state(protection)
        self.show_content()

    def _on_requests(self, count: int) -> None:
        say = self.ctx.say
        words = say("ui.protection.tab.requests")
        more = "" if self._requests.model.complete else "+"
        self._tabs.rename(1, f"{words} ({count:,}{more})" if count else words)

    def _on_tab(self, number: int) -> None:
        self._stack.setCurrentIndex(number)


class Visibility(QWidget):
    """The present state, the switch, and what switching would bring with it."""

    def __init__(self, ctx: Context) -> None:
        super().__init__()
        self._ctx = ctx
        self._protection: Protection | None = None
        lines = column(self, gap="l")
        box = Box(gap="m", margin="xl")
        head = row(gap="m")
        self._picture = Picture(ctx.look, "eye", colour="accent", px=28)
        head.addWidget(self._picture)
        self._now = SafeLabel(role="heading", wrap=True, name="protection.now")
        head.addWidget(self._now, 1)
        self._chip = Chip(name="protection.state")
        head.addWidget(self._chip)
        box.column.addLayout(head)
        self._text = SafeLabel(role="muted", wrap=True)
        box.column.addWidget(self._text)
        self.switch = Switch(
            ctx.say("ui.protection.switch"), ctx.look, name="protection.switch"
        )
        self.switch.clicked.connect(self._on_switched)
        box.column.addWidget(self.switch)
        self._why = SafeLabel(role="small", wrap=True, name="protection.why")
        self._why.hide()
        box.column.addWidget(self._why)
        lines.addWidget(box)
        self._preview = Box(gap="s", margin="xl", name="protection.preview")
        self._preview.hide()
        lines.addWidget(self._preview)
        lines.addStretch(1)

    def show_state(self, protection: Protection) -> None:
        """Show the projected state and how sure it is."""
        self._protection = protection
        say = self._ctx.say
        known = not (protection.state is RowState.UNSURE and protection.change is None)
        state = "unknown"
        if known:
            state = "protected" if protection.protected else "public"
        icons = {"protected": "lock", "public": "eye", "unknown": "circle-help"}
        self._picture.show_icon(icons[state], "accent")
        self._now.setText(say(f"ui.protection.now.{state}"))
        self._text.setText(say(f"ui.protection.now.{state}_text"))
        settled = protection.state is RowState.ON_SERVER or not known
        chip = "" if settled else say(f"ui.state.{protection.state.value}")
        self._chip.show_tone(chip, TONES[protection.state])
        if not self._preview.isVisible():
            self.switch.setChecked(protection.protected)
        self.show_offer()

    def show_offer(self) -> None:
        """Disable the switch with the reason where the network has none."""
        offer = self._ctx.offer(Capability.PROTECT_ACCOUNT)
        usable = offer is None or offer.usable
        self.switch.setEnabled(usable)
        note = _offer_note(self._ctx, offer)
        self._why.setText(note)
        self._why.setVisible(bool(note))

    def _on_switched(self, wanted: bool) -> None:
        if self._protection is not None and wanted is self._protection.protected:
            self._leave()
            return
        self.switch.setEnabled(False)
        self._ctx.run(
            self._ctx.client.protection.preview(self._ctx.account, protected=wanted),
            owner=self,
            done=self._show_preview,
            failed=self._on_no_preview,
        )

    def _on_no_preview(self, problem: Problem) -> None:
        self._leave()
        self._ctx.tell(problem)

    def _show_preview(self, seen: Consequences) -> None:
        self.switch.setEnabled(True)
        say, box = self._ctx.say, self._preview
        key = "on" if seen.protected else "off"
        clear(box.column)
        box.column.addWidget(
            SafeLabel(say(f"ui.protection.preview.{key}"), role="heading", wrap=True)
        )
        for text in self._facts(seen, key):
            line = row(gap="s")
            line.addWidget(SafeLabel("•", role="muted"))
            line.addWidget(SafeLabel(text, wrap=True), 1)
            box.column.addLayout(line)
        if not seen.known:
            unknown = say("ui.protection.preview.unknown")
            box.column.addWidget(SafeLabel(unknown, role="small", wrap=True))
        elif seen.as_of is not None:
            as_of = say("ui.protection.preview.as_of", when=moment(seen.as_of))
            box.column.addWidget(SafeLabel(as_of, role="small", wrap=True))
        line = row()
        apply = button(
            say(f"ui.protection.apply.{key}"),
            "protection.apply",
            kind="primary",
            clicked=lambda: self._apply(seen.protected),
        )
        line.addWidget(apply)
        line.addWidget(
            button(say("ui.common.leave_it"), "protection.leave", clicked=self._leave)
        )
        line.addStretch(1)
        box.column.addLayout(line)
        box.show()
        apply.setFocus()

    def _facts(self, seen: Consequences, key: str) -> list[str]:
        say = self._ctx.say
        facts = [say(f"ui.protection.fact.{key}.who")]
        if seen.known:
            counts = {
                "posts": seen.posts,
                "media": seen.posts_with_media,
                "strangers": seen.followers_not_followed,
                "pending": seen.pending_requests,
            }
            facts.extend(
                say(f"ui.protection.fact.{key}.{name}", count=count)
                for name, count in counts.items()
                if count
            )
        facts.append(say(f"ui.protection.fact.{key}.after"))
        return facts

    def _apply(self, protected: bool) -> None:
        self._preview.hide()
        self._ctx.act(ops.set_protection(self._ctx, protected=protected), owner=self)

    def _leave(self) -> None:
        self._preview.hide()
        self.switch.setEnabled(True)
        self.switch.setFocus()
        if self._protection is not None:
            self.switch.setChecked(self._protection.protected)


class PeoplePart(QWidget):
    """A growing table of people with acts on those who are chosen."""

    empty_key = ""

    def __init__(self, ctx: Context, name: str, columns: list[Column[Any]]) -> None:
        super().__init__()
        self.ctx = ctx
        self.model: GrowingTable[Any] = GrowingTable(columns, ctx.run)
        self.bar = row()
        lines = column(self, gap="m")
        lines.addLayout(self.bar)
        self._stack = QStackedWidget()
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
            drop_from(self._stack, 1)
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
            Column(
                say("ui.column.state"),
                lambda r: say(f"ui.state.{r.state.value}"),
                state=lambda r: r.state,
            ),
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

    def empty_state(self) -> QWidget:
        """Say that nobody asks."""
        from safetyclient.ui.widgets.states import Empty

        say = self.ctx.say
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
            Column(
                say("ui.column.state"),
                lambda r: say(f"ui.state.{r.state.value}"),
                state=lambda r: r.state,
            ),
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
        from safetyclient.ui.widgets.states import Empty

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
        ask = SafeMessage(
            self,
            title=say("ui.protection.remove.title", count=len(people)),
            text=say("ui.protection.remove.text"),
            accept=say("ui.protection.remove.accept"),
            reject=say("ui.common.cancel"),
            danger=True,
            name="protection.ask",
        )
        remove: Callable[[], object] = lambda: self.ctx.act(  # noqa: E731 - one slot
            ops.remove_followers(self.ctx, people=people), owner=self
        )
        ask.accepted.connect(remove)
        ask.open()


def _offer_note(ctx: Context, offer: Offer | None) -> str:
    return ctx.say(offer.note) if offer is not None and offer.note else ""
