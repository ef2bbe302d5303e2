"""The status strip: what waits, what was refused, when the server was last heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QAccessible, QAccessibleEvent

from safetyclient.application.touched import Touched
from safetyclient.ui.context import Context
from safetyclient.ui.look import space
from safetyclient.ui.safe_text import SafeLabel
from safetyclient.ui.widgets.basics import Box, Chip, button, row

if TYPE_CHECKING:
    from safetyclient.application.outbox import OutboxStatus


class StatusStrip(Box):
    """One line of words at the foot of the window; never a dialog."""

    def __init__(self, ctx: Context) -> None:
        super().__init__(role="strip", margin="xs", gap="s", name="strip")
        self._ctx = ctx
        line = row(gap="m")
        line.setContentsMargins(space("s"), 0, space("s"), 0)
        self.column.addLayout(line)
        self.link = Chip(name="strip.link")
        self.words = SafeLabel(ctx.say("ui.strip.opening"), role="small")
        self.words.setObjectName("strip.words")
        line.addWidget(self.link)
        line.addWidget(self.words, 1)
        self.look = button("", "strip.look", kind="quiet", clicked=self._on_look)
        self.look.hide()
        line.addWidget(self.look)
        self.sync = button(
            ctx.say("ui.strip.sync"),
            "strip.sync",
            kind="quiet",
            tip=ctx.say("ui.strip.sync_tip"),
        )
        self.sync.setEnabled(False)
        line.addWidget(self.sync)
        ctx.bridge.changed.connect(self._on_changed)
        ctx.account_changed.connect(self.read)

    def read(self) -> None:
        """Read the state of the present account again."""
        if not self._ctx.is_open:
            return
        info = self._ctx.account_info
        self.sync.setEnabled(info is not None)
        if info is None:
            self.link.show_tone("", "")
            self.words.setText(self._ctx.say("ui.strip.no_account"))
            return
        self._ctx.run(
            self._ctx.client.outbox.status(info.id),
            owner=self,
            done=self.show_status,
            failed=lambda _problem: None,
        )

    def show_status(self, status: OutboxStatus) -> None:
        """Say a status in words."""
        say = self._ctx.say
        link, tone = _link(status)
        self.link.show_tone(say(link) if link else "", tone)
        text = " · ".join(self._parts(status))
        self.look.setText(say("ui.strip.look"))
        self.look.setVisible(bool(status.refused or status.unsure))
        if text != self.words.text():
            self.words.setText(text)
            # Only tell screen readers when the words are other words.
            QAccessible.updateAccessibility(
                QAccessibleEvent(self.words, QAccessible.Event.NameChanged)
            )

    def show_gate(self) -> None:
        """Say that nothing is open while a question about the profile stands."""
        self.words.setText(self._ctx.say("ui.strip.gate"))

    def _on_look(self) -> None:
        self._ctx.go("history", "problems")

    def _parts(self, status: OutboxStatus) -> list[str]:
        from safetyclient.ui.widgets.when import moment

        say = self._ctx.say
        parts = [
            say(f"ui.strip.{name}", count=count)
            for name, count in (
                ("waiting", status.waiting),
                ("sending", status.sending),
                ("refused", status.refused),
                ("unsure", status.unsure),
            )
            if count
        ]
        if not parts:
            # Until the server was heard, nobody knows what it has.
            heard = status.last_heard is not None
            parts.append(say("ui.strip.all_there" if heard else "ui.strip.idle"))
        if status.paused.startswith("rate_limited:"):
            until = moment(status.paused.removeprefix("rate_limited:"))
            parts.append(say("ui.strip.rate_limited", until=until))
        if status.last_heard is not None:
            parts.append(say("ui.strip.heard", when=moment(status.last_heard)))
        return parts

    def _on_changed(self, touched: Touched) -> None:
        if touched & (Touched.OUTBOX | Touched.CONNECTION | Touched.ACCOUNTS):
            self.read()


def _link(status: OutboxStatus) -> tuple[str, str]:
    if status.paused == "sign_in_expired":
        return "ui.strip.expired", "refused"
    if status.reachable is None:
        return "", ""
    if status.reachable:
        return "ui.strip.online", "ok"
    return "ui.strip.offline", "wait"
