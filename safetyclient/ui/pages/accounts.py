"""Accounts: sign in, sign out, and what this computer keeps."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QApplication, QComboBox

from safetyclient.application.presentation import Level, present
from safetyclient.application.touched import Touched
from safetyclient.domain.accounts import Account, NetworkKind, SignInState
from safetyclient.domain.errors import NetworkTrouble, Offline, TlsTrouble
from safetyclient.domain.ids import AccountId
from safetyclient.ui import ops
from safetyclient.ui.bridge import Problem
from safetyclient.ui.context import Context
from safetyclient.ui.look import Theme
from safetyclient.ui.safe_text import (
    PlainLine,
    SafeLabel,
    SafeMessage,
    handle_text,
    identity_text,
    name_text,
)
from safetyclient.ui.scheme import desktop_theme
from safetyclient.ui.widgets.basics import (
    Box,
    Chip,
    Picture,
    button,
    clear,
    column,
    kept_focus,
    row,
)
from safetyclient.ui.widgets.fields import Choice, Field
from safetyclient.ui.widgets.page import Page

NETWORKS = tuple(NetworkKind)[:1]
"""Networks that the window can sign in to; further ones come with their adapters."""


class AccountsPage(Page):
    """Who is signed in here, and how this computer keeps it."""

    page_id = "accounts"
    needs_account = False
    reads = Touched.ACCOUNTS | Touched.OUTBOX

    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx)
        self._cards = column(gap="m")
        self.body.addLayout(self._cards)
        self.form = SignInForm(ctx)
        self.body.addWidget(self.form)
        self.body.addWidget(self._computer())
        self.body.addStretch(1)

    def refresh(self) -> None:
        """Read the accounts."""
        self.ctx.run(
            self.ctx.client.accounts.list(),
            owner=self,
            done=self._show,
            failed=self.show_problem,
        )

    def show_target(self, target: object) -> None:
        """Prepare to sign in again."""
        if isinstance(target, Account):
            self.form.fill(target)

    def _show(self, accounts: tuple[Account, ...]) -> None:
        with kept_focus(self):
            clear(self._cards)
            for account in accounts:
                self._cards.addWidget(self._card(account))
        self.form.show_first(not accounts)
        self._vault.setText(
            self.ctx.say(f"ui.accounts.vault.{self.ctx.vault or 'keyring'}")
        )
        self.show_content()

    def _card(self, account: Account) -> Box:
        say = self.ctx.say
        box = Box(gap="s", name=f"accounts.{account.id}")
        line = row(gap="m")
        line.addWidget(Picture(self.ctx.look, "user-round", colour="accent", px=26))
        words = column(gap="xs")
        name = name_text(account.name, account.handle)
        words.addWidget(SafeLabel(name, role="strong", wrap=True))
        identity = identity_text(account.handle, account.remote_id)
        words.addWidget(SafeLabel(identity, role="small", wrap=True, select=True))
        words.addWidget(SafeLabel(account.server, role="small", wrap=True, select=True))
        line.addLayout(words, 1)
        expired = account.state is SignInState.EXPIRED
        line.addWidget(
            Chip(
                say(f"ui.accounts.state.{account.state.value}"),
                "refused" if expired else "ok",
            )
        )
        if expired:
            line.addWidget(
                button(
                    say("ui.banner.sign_in"),
                    f"accounts.{account.id}.again",
                    kind="primary",
                    clicked=partial(self.form.fill, account),
                    foreign=account.handle,
                )
            )
        line.addWidget(
            button(
                say("ui.accounts.sign_out"),
                f"accounts.{account.id}.sign_out",
                clicked=partial(self._ask_sign_out, account),
                foreign=account.handle,
            )
        )
        box.column.addLayout(line)
        if account.test_server:
            box.column.addWidget(
                SafeLabel(say("ui.accounts.test_server"), role="small", wrap=True)
            )
        return box

    def _ask_sign_out(self, account: Account) -> None:
        self.ctx.run(
            self.ctx.client.accounts.waiting(account.id),
            owner=self,
            done=partial(self._on_waiting, account),
        )

    def _on_waiting(self, account: Account, waiting: int) -> None:
        say = self.ctx.say
        who = handle_text(account.handle)
        ask = SafeMessage(
            self,
            title=say("ui.sign_out.title", who=who),
            text=say("ui.sign_out.waiting", count=waiting)
            if waiting
            else say("ui.sign_out.nothing_waits"),
            accept=say("ui.sign_out.discard" if waiting else "ui.accounts.sign_out"),
            reject=say("ui.sign_out.stay" if waiting else "ui.common.cancel"),
            danger=bool(waiting),
            name="sign_out",
        )
        ask.accepted.connect(lambda: self._sign_out(account.id, discard=bool(waiting)))
        ask.open()

    def _sign_out(self, account: AccountId, *, discard: bool) -> None:
        self.ctx.act(
            ops.sign_out(self.ctx, account=account, discard=discard), owner=self
        )

    def _computer(self) -> Box:
        say = self.ctx.say
        box = Box(gap="m", name="accounts.computer")
        box.column.addWidget(SafeLabel(say("ui.accounts.computer"), role="heading"))
        self._vault = SafeLabel(wrap=True, name="accounts.vault")
        box.column.addWidget(self._vault)
        colours = Choice()
        for name in ("desktop", *(theme.value for theme in Theme)):
            colours.addItem(say(f"ui.accounts.colours.{name}"), name)
        settings = self.ctx.settings
        chosen = settings.theme if settings else None
        colours.setCurrentIndex(colours.findData(chosen.value if chosen else "desktop"))
        colours.setMaximumWidth(280)
        colours.currentIndexChanged.connect(lambda: self._on_colours(colours))
        box.column.addWidget(
            Field(say("ui.accounts.colours.label"), colours, name="accounts.colours")
        )
        box.column.addWidget(SafeLabel(say("ui.erase.title"), role="strong"))
        box.column.addWidget(SafeLabel(say("ui.erase.text"), role="muted", wrap=True))
        line = row()
        line.addWidget(
            button(say("ui.erase.action"), "accounts.erase", clicked=self._ask_erase)
        )
        line.addStretch(1)
        box.column.addLayout(line)
        return box

    def _on_colours(self, box: QComboBox) -> None:
        name = str(box.currentData())
        theme = None if name == "desktop" else Theme(name)
        if self.ctx.settings is not None:
            self.ctx.settings.set_theme(theme)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            self.ctx.look.apply(app, theme or desktop_theme())

    def _ask_erase(self) -> None:
        say = self.ctx.say
        ask = SafeMessage(
            self,
            title=say("ui.erase.ask"),
            text=say("ui.erase.ask_text"),
            accept=say("ui.erase.accept"),
            reject=say("ui.common.cancel"),
            danger=True,
            name="erase",
        )
        word = PlainLine(limit=20)
        field = Field(
            say("ui.erase.type", word=say("ui.erase.word")), word, name="erase.word"
        )
        ask.insert(field)
        ask.accept_button.setEnabled(False)
        wanted = say("ui.erase.word").casefold()
        word.textChanged.connect(
            lambda: ask.accept_button.setEnabled(
                word.text().strip().casefold() == wanted
            )
        )
        ask.accepted.connect(self._erase)
        ask.open()
        word.setFocus()

    def _erase(self) -> None:
        self.ctx.act(ops.erase(self.ctx), owner=self, done=lambda _n: self._on_erased())

    def _on_erased(self) -> None:
        say = self.ctx.say
        told = SafeMessage(
            self,
            title=say("ui.erased.title"),
            text=say("ui.erased.text"),
            accept=say("ui.erased.close"),
            name="erased",
        )
        told.finished.connect(lambda: self.window().close())
        told.open()


class SignInForm(Box):
    """Server, handle, password; the password is never kept."""

    def __init__(self, ctx: Context) -> None:
        super().__init__(gap="m", name="accounts.form")
        self._ctx = ctx
        say = ctx.say
        self._title = SafeLabel(say("ui.sign_in.title"), role="heading", wrap=True)
        self.column.addWidget(self._title)
        self._server = PlainLine(limit=300)
        self._server.setPlaceholderText(say("ui.sign_in.server_example"))
        self._handle = PlainLine(limit=100)
        self._password = PlainLine(limit=1000)
        self._password.setEchoMode(PlainLine.EchoMode.Password)
        self._fields = {
            "server": Field(
                say("ui.sign_in.server"), self._server, name="sign_in.server"
            ),
            "handle": Field(
                say("ui.sign_in.handle"), self._handle, name="sign_in.handle"
            ),
            "password": Field(
                say("ui.sign_in.password"),
                self._password,
                name="sign_in.password",
                help_text=say("ui.sign_in.password_help"),
            ),
        }
        for field in self._fields.values():
            field.setMaximumWidth(460)
            self.column.addWidget(field)
        self._problem = SafeLabel(role="problem", wrap=True, name="sign_in.problem")
        self._problem.hide()
        self.column.addWidget(self._problem)
        line = row()
        self._go = button(
            say("ui.sign_in.action"), "sign_in.go", kind="primary", clicked=self._on_go
        )
        line.addWidget(self._go)
        line.addStretch(1)
        self.column.addLayout(line)
        for each in (self._server, self._handle, self._password):
            each.returnPressed.connect(self._on_go)

    def fill(self, account: Account) -> None:
        """Prepare to sign in again to an account."""
        self._server.setText(account.server)
        self._handle.setText(account.handle)
        self._password.setFocus()

    def show_first(self, first: bool) -> None:
        """Say other words while nobody is signed in, and begin here."""
        if first and self.isVisible() and not self._server.text():
            self._server.setFocus()
        key = "ui.sign_in.first" if first else "ui.sign_in.title"
        self._title.setText(self._ctx.say(key))

    def _on_go(self) -> None:
        self._problem.hide()
        empty = [
            name
            for name, edit in (
                ("server", self._server),
                ("handle", self._handle),
                ("password", self._password),
            )
            if not edit.text().strip()
        ]
        for name, field in self._fields.items():
            missing = self._ctx.say("ui.sign_in.missing") if name in empty else ""
            field.show_problem(missing)
        if empty:
            self._fields[empty[0]].control.setFocus()
            return
        self._go.setEnabled(False)
        self._ctx.act(
            ops.add_account(
                self._ctx,
                network=NETWORKS[0],
                server=self._server.text().strip(),
                handle=self._handle.text().strip(),
                password=self._password.text(),
            ),
            owner=self,
            done=lambda _account: self._on_added(),
            failed=self._on_failed,
        )

    def _on_added(self) -> None:
        self._go.setEnabled(True)
        for each in (self._server, self._handle, self._password):
            each.clear()
        self._ctx.go("home")

    def _on_failed(self, problem: Problem) -> None:
        self._go.setEnabled(True)
        self._password.clear()
        shown = present(problem)
        text = self._ctx.sentence(problem)
        if shown.level is Level.FIELD and shown.field in self._fields:
            self._fields[shown.field].show_problem(text)
            self._fields[shown.field].control.setFocus()
            return
        if isinstance(problem, Offline | NetworkTrouble) and not isinstance(
            problem, TlsTrouble
        ):
            # Signing in is not kept for later, so nothing may promise that.
            text = self._ctx.say("ui.sign_in.no_answer")
        self._problem.setText(text)
        self._problem.show()
