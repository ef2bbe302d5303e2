"""Conductor: opens the profile behind the painted window, keeps the frame in step."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from safetyclient.application.launch import Launch, Opened, OpenRequest
from safetyclient.application.touched import Touched
from safetyclient.domain.errors import SafetyError
from safetyclient.ui.bridge import Bug, Problem
from safetyclient.ui.context import Context
from safetyclient.ui.main_window import MainWindow
from safetyclient.ui.navigation import page_of_address

if TYPE_CHECKING:
    from safetyclient.application.history import UndoResult
    from safetyclient.application.texts import Texts
    from safetyclient.domain.accounts import Account
    from safetyclient.domain.capabilities import Capabilities

LoadTexts = Callable[[], "Texts"]


class Conductor(QObject):
    """What happens between the first frame and the end of the window.

    It starts only after the window was painted: reading the full catalogue, the
    store and the networks all come after that.
    """

    ready = Signal()
    """The profile is open and the first page was asked for."""
    _asked = Signal(str)

    def __init__(
        self,
        launch: Launch,
        ctx: Context,
        window: MainWindow,
        *,
        load_texts: LoadTexts,
    ) -> None:
        super().__init__(window)
        self._launch, self._ctx, self._window = launch, ctx, window
        self._load_texts = load_texts
        self._gave_passphrase = False
        self._address = launch.address
        ctx.bridge.crashed.connect(self.show_crash)
        ctx.bridge.changed.connect(self._on_changed)
        ctx.account_changed.connect(self._read_capabilities)
        window.undo_wanted.connect(self._on_undo)
        window.sync_wanted.connect(self._on_sync)
        # Emitted on the core thread, so it must wait in the Qt thread's queue.
        self._asked.connect(self._on_asked, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Begin: read all sentences, listen for other starts, open the profile."""
        self._ctx.texts = self._load_texts()
        self._launch.listen(self._asked.emit)
        self.open(OpenRequest())

    def open(self, request: OpenRequest) -> None:
        """Try to open the profile."""
        self._gave_passphrase = bool(request.passphrase)
        self._window.wait_for_profile()
        self._ctx.run(
            self._open(request),
            owner=self,
            done=self._on_opened,
            failed=self._on_not_opened,
        )

    async def _open(self, request: OpenRequest) -> Opened:
        opened = await self._launch.open(request)
        opened.notifier.listen(self._ctx.bridge.touch)
        return opened

    def _on_opened(self, opened: Opened) -> None:
        self._ctx.open(opened.client, vault=opened.vault, session=opened.session)
        self._window.leave_gate()
        if opened.session:
            self._window.session_banner.tell(self._ctx.say("ui.banner.session"))
        self._ctx.run(
            opened.client.accounts.list(), owner=self, done=self._on_first_accounts
        )

    def _on_not_opened(self, problem: Problem) -> None:
        if isinstance(problem, Bug):
            return
        from safetyclient.ui.gate import gate_for

        gate = gate_for(
            problem,
            say=self._ctx.say,
            look=self._ctx.look,
            asked=self._gave_passphrase,
        )
        gate.answered.connect(self.open)
        self._window.strip.show_gate()
        self._window.show_gate(gate)
        self.ready.emit()

    def _on_first_accounts(self, accounts: tuple[Account, ...]) -> None:
        self._on_accounts(accounts)
        page = page_of_address(self._address) or self._window.current
        self._window.show_page(page or ("home" if accounts else "accounts"))
        self._window.strip.read()
        self.ready.emit()

    def _on_accounts(self, accounts: tuple[Account, ...]) -> None:
        self._window.show_accounts(accounts)
        self._show_account_banner()

    def _show_account_banner(self) -> None:
        from safetyclient.domain.accounts import SignInState

        info = self._ctx.account_info
        if info is None or info.state is SignInState.SIGNED_IN:
            self._window.banner.hide()
            return
        self._window.banner.tell(
            self._ctx.say("ui.banner.expired"),
            (
                "sign_in",
                self._ctx.say("ui.banner.sign_in"),
                lambda: self._ctx.go("accounts", info),
            ),
        )

    def _read_capabilities(self) -> None:
        self._show_account_banner()
        if not self._ctx.is_open or self._ctx.account_info is None:
            return
        self._ctx.run(
            self._ctx.client.accounts.capabilities(self._ctx.account),
            owner=self,
            done=self._on_capabilities,
            failed=lambda _problem: None,
        )

    def _on_capabilities(self, capabilities: Capabilities) -> None:
        if self._ctx.capabilities != capabilities:
            self._ctx.capabilities = capabilities
            self._ctx.offers_changed.emit()

    def _on_changed(self, touched: Touched) -> None:
        if not self._ctx.is_open:
            return
        if touched & Touched.ACCOUNTS:
            self._ctx.run(
                self._ctx.client.accounts.list(), owner=self, done=self._on_accounts
            )
        if touched & (Touched.ACCOUNTS | Touched.CONNECTION):
            self._read_capabilities()

    def _on_undo(self, batch: object) -> None:
        from safetyclient.ui import ops

        action = ops.undo(self._ctx, batch=batch)  # type: ignore[arg-type] # Signal
        self._ctx.act(action, owner=self, done=self._on_undone)

    def _on_undone(self, result: UndoResult) -> None:
        from safetyclient.ui import ops

        self._ctx.said.emit(ops.undo_sentence(self._ctx, result), None)

    def _on_sync(self) -> None:
        from safetyclient.ui import ops

        if self._ctx.is_open:
            self._ctx.run(
                ops.sync_now(self._ctx), owner=self, done=lambda _r: self._synced()
            )

    def _synced(self) -> None:
        self._ctx.said.emit(self._ctx.say("ui.said.synced"), None)

    def _on_asked(self, address: str) -> None:
        window = self._window
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.show()
        window.raise_()
        window.activateWindow()
        page = page_of_address(address)
        if page:
            self._ctx.go(page)

    def show_crash(self, problem: SafetyError | Bug) -> None:
        """Show what happened, what is safe, and a log without anybody's words."""
        from safetyclient.ui.gate import CrashPage, redacted_log

        page = CrashPage(
            self._ctx.say,
            self._ctx.look,
            log=redacted_log(problem),
        )
        page.left.connect(self._leave_crash)
        self._window.show_gate(page)

    def _leave_crash(self) -> None:
        self._window.leave_gate()
        if self._ctx.is_open:
            self._window.show_page(self._window.current or "home")
        else:
            self.open(OpenRequest())
