"""Who can see me: the switch with its consequences, follow requests, followers."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from safetyclient.application.touched import Touched
from safetyclient.domain.capabilities import Capability, Offer
from safetyclient.domain.protection import (
    Consequences,
    Protection,
)
from safetyclient.domain.rows import RowState
from safetyclient.ui import ops
from safetyclient.ui.bridge import Problem
from safetyclient.ui.context import Context
from safetyclient.ui.models.rows import TONES
from safetyclient.ui.safe_text import SafeLabel
from safetyclient.ui.widgets.basics import (
    Box,
    Chip,
    Picture,
    Pile,
    Switch,
    Tabs,
    button,
    clear,
    column,
    row,
)
from safetyclient.ui.widgets.page import Page
from safetyclient.ui.widgets.people_lists import FollowerList, RequestList
from safetyclient.ui.widgets.when import moment


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
        self._stack = Pile()
        self.body.addWidget(self._stack, 1)
        self._visibility = Visibility(ctx)
        self._requests = RequestList(ctx)
        self._followers = FollowerList(ctx)
        for part in (self._visibility, self._requests, self._followers):
            self._stack.addWidget(part)
        self._requests.model.settled.connect(self._on_requests)
        ctx.offers_changed.connect(self._visibility.show_offer)
        ctx.offers_changed.connect(self._requests.show_offer)

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


def _offer_note(ctx: Context, offer: Offer | None) -> str:
    return ctx.say(offer.note) if offer is not None and offer.note else ""
