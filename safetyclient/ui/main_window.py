"""The frame: account switcher and page list, one page at a time, status in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QKeySequence,
    QPaintEvent,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QPushButton,
    QStackedWidget,
    QWidget,
)

from safetyclient.ui.context import Context
from safetyclient.ui.look import size, space
from safetyclient.ui.navigation import PAGES
from safetyclient.ui.safe_text import SafeLabel, handle_text
from safetyclient.ui.status import StatusStrip
from safetyclient.ui.widgets.basics import Box, Picture, button, column, row
from safetyclient.ui.widgets.fields import Choice
from safetyclient.ui.widgets.states import Banner, Skeleton, Toast

if TYPE_CHECKING:
    from safetyclient.domain.accounts import Account
    from safetyclient.domain.ids import BatchId
    from safetyclient.ui.widgets.page import Page


LEAST = QSize(800, 480)
USUAL = QSize(1120, 760)
FRAME = QSize(12, 44)
"""What a desktop puts around a window."""


def first_size(room: QSize) -> QSize:
    """Return the size of a new window: the usual one, or what the screen has."""
    return USUAL.boundedTo(room - FRAME).expandedTo(LEAST)


class MainWindow(QWidget):
    """The frame around the pages; it holds no truth of its own.

    Before the profile is open it shows the navigation, the status strip and a
    skeleton; `show_gate` puts a question about the profile in the page's place.
    """

    painted = Signal()
    """The first frame stands on the screen."""
    closed = Signal()
    undo_wanted = Signal(object)
    sync_wanted = Signal()

    def __init__(self, ctx: Context) -> None:
        super().__init__()
        self.ctx = ctx
        self.pages: dict[str, Page] = {}
        self.current = ""
        self._undoable: BatchId | None = None
        self._was_painted = False
        self.setObjectName("window")
        self.setWindowTitle(ctx.say("ui.app.title"))
        self.setMinimumSize(LEAST)
        self.resize(first_size(self.screen().availableSize()))
        outer = column(self, gap="xs")
        outer.setSpacing(0)
        middle = row(gap="xs")
        middle.setSpacing(0)
        outer.addLayout(middle, 1)
        middle.addWidget(self._sidebar())
        centre = column(gap="s")
        middle.addLayout(centre, 1)
        self.session_banner = Banner(tone="note", name="banner.session")
        self.banner = Banner(name="banner.account")
        tops = column(gap="s")
        tops.setContentsMargins(space("xxl"), space("m"), space("xxl"), 0)
        tops.addWidget(self.session_banner)
        tops.addWidget(self.banner)
        centre.addLayout(tops)
        self.stack = QStackedWidget(self)
        self.stack.setObjectName("pages")
        centre.addWidget(self.stack, 1)
        self.stack.addWidget(self._first_page())
        self.strip = StatusStrip(ctx)
        outer.addWidget(self.strip)
        self.strip.sync.clicked.connect(lambda: self.sync_wanted.emit())
        self.toast = Toast(self, ctx.look)
        ctx.navigated.connect(self.show_page)
        ctx.said.connect(self._on_said)
        self._shortcuts()
        self.buttons[PAGES[0].id].setChecked(True)

    def show_page(self, page_id: str, target: object = None) -> None:
        """Bring a page to the front; it is built when it is first asked for."""
        if not self.ctx.is_open or page_id not in self.buttons:
            return
        page = self.page(page_id)
        self.current = page_id
        self.buttons[page_id].setChecked(True)
        if self.focusWidget() is not self.buttons[page_id]:
            # Who was led here goes on from here, not from where the button was.
            page.setFocus(Qt.FocusReason.OtherFocusReason)
        self.stack.setCurrentWidget(page)
        page.activate(target)

    def page(self, page_id: str) -> Page:
        """Return a page, built if need be."""
        if page_id not in self.pages:
            spec = next(spec for spec in PAGES if spec.id == page_id)
            page = spec.load()(self.ctx)
            self.pages[page_id] = page
            self.stack.addWidget(page)
        return self.pages[page_id]

    def show_gate(self, gate: QWidget) -> None:
        """Show a question about the profile, or the crash page, alone."""
        self.stack.addWidget(gate)
        self.stack.setCurrentWidget(gate)
        for made in self.buttons.values():
            made.setEnabled(False)

    def leave_gate(self) -> None:
        """Let the pages be used."""
        for made in self.buttons.values():
            made.setEnabled(True)

    def wait_for_profile(self) -> None:
        """Show the skeleton again while the profile is being opened."""
        self.stack.setCurrentIndex(0)

    def show_accounts(self, accounts: tuple[Account, ...]) -> None:
        """Fill the switcher and keep, where possible, the account looked at."""
        before = self.ctx.account_info
        self.switcher.blockSignals(True)
        self.switcher.clear()
        for account in accounts:
            self.switcher.addItem(handle_text(account.handle), account.id)
        index = next((n for n, a in enumerate(accounts) if before == a), -1)
        if index < 0 and before is not None:
            same = [n for n, a in enumerate(accounts) if a.id == before.id]
            index = same[0] if same else -1
        index = index if index >= 0 else (0 if accounts else -1)
        self.switcher.setCurrentIndex(index)
        self.switcher.setEnabled(len(accounts) > 1)
        self.switcher.setVisible(bool(accounts))
        self.switcher.blockSignals(False)
        self.server.setText(accounts[index].server if index >= 0 else "")
        self.server.setVisible(index >= 0)
        self.ctx.accounts = accounts
        self.ctx.look_at(accounts[index] if index >= 0 else None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the toast at its place."""
        super().resizeEvent(event)
        self.toast.place()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Announce the first frame once the children have been painted too."""
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self.painted.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Announce the end."""
        self.closed.emit()
        super().closeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Draw icons again in the colours of a new theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "buttons"):
            self._tint()

    def _sidebar(self) -> QFrame:
        bar = Box(role="sidebar", margin="m", gap="xs", name="sidebar")
        bar.setFixedWidth(size("sidebar"))
        lines = bar.column
        brand = row(gap="s")
        brand.setContentsMargins(space("s"), space("xs"), 0, space("s"))
        mark = Picture(self.ctx.look, "shield-check", colour="accent", px=24)
        brand.addWidget(mark)
        brand.addWidget(SafeLabel(self.ctx.say("ui.app.name"), role="heading"), 1)
        lines.addLayout(brand)
        self.switcher = Choice()
        self.switcher.setObjectName("switcher")
        self.switcher.setAccessibleName(self.ctx.say("ui.frame.switcher"))
        self.switcher.currentIndexChanged.connect(self._on_switched)
        self.switcher.hide()
        lines.addWidget(self.switcher)
        self.server = SafeLabel(role="small", name="server")
        self.server.setContentsMargins(space("s"), 0, 0, 0)
        self.server.hide()
        lines.addWidget(self.server)
        lines.addSpacing(space("s"))
        self.buttons: dict[str, QPushButton] = {}
        group = QButtonGroup(self)
        for spec in PAGES:
            made = button(
                f" {self.ctx.say(spec.label_key)}", f"nav.{spec.id}", kind="page"
            )
            made.setCheckable(True)
            made.setIconSize(QSize(size("icon"), size("icon")))
            made.clicked.connect(self._opener(spec.id))
            group.addButton(made)
            self.buttons[spec.id] = made
            lines.addWidget(made)
        self._tint()
        lines.addStretch(1)
        return bar

    def _opener(self, page: str) -> Callable[[], None]:
        return lambda: self.ctx.go(page)

    def _tint(self) -> None:
        for spec in PAGES:
            self.buttons[spec.id].setIcon(self.ctx.look.icon(spec.icon, "muted"))

    def _first_page(self) -> QWidget:
        holder = QWidget()
        lines = column(holder, gap="l")
        lines.setContentsMargins(space("xxl"), space("xl"), space("xxl"), space("l"))
        lines.addWidget(SafeLabel(self.ctx.say("ui.home.title"), role="title"))
        lines.addWidget(Skeleton(self.ctx.look, name="window.skeleton"), 1)
        return holder

    def _shortcuts(self) -> None:
        for keys, called in (
            (QKeySequence.StandardKey.Quit, self.close),
            (QKeySequence("Ctrl+N"), lambda: self.ctx.go("report")),
            (QKeySequence.StandardKey.Find, self._on_find),
            (QKeySequence("Ctrl+Z"), self._on_undo),
            (QKeySequence("F5"), lambda: self.sync_wanted.emit()),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.activated.connect(called)

    def _on_find(self) -> None:
        page = self.pages.get(self.current)
        field = page.findChild(QWidget, f"{self.current}.search") if page else None
        if field is None or not field.isEnabled():
            self.ctx.go("lists")
            page = self.pages.get("lists")
            field = page.findChild(QWidget, "lists.search") if page else None
        if field is not None:
            field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _on_undo(self) -> None:
        if self._undoable is not None:
            self.undo_wanted.emit(self._undoable)
            self._undoable = None

    def _on_switched(self, index: int) -> None:
        if 0 <= index < len(self.ctx.accounts):
            account = self.ctx.accounts[index]
            self.server.setText(account.server)
            self.ctx.look_at(account)

    def _on_said(self, text: str, batch: BatchId | None) -> None:
        self._undoable = batch
        if batch is None:
            self.toast.tell(text)
            return
        self.toast.tell(text, undo=self.ctx.say("ui.toast.undo"), clicked=self._on_undo)
