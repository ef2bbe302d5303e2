"""Page: title, states and content of one place in the window."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QWidget,
)

from safetyclient.application.presentation import Level, present
from safetyclient.application.touched import Touched
from safetyclient.ui.bridge import Bug, Problem
from safetyclient.ui.context import Context
from safetyclient.ui.look import size, space
from safetyclient.ui.safe_text import SafeLabel
from safetyclient.ui.widgets.basics import column, row
from safetyclient.ui.widgets.states import Empty, Skeleton, Trouble


class Page(QWidget):
    """One page of the window.

    - It reads again when it is shown, when the account changes and when one of the
      kinds in `reads` was touched; while hidden it only remembers.
    - `refresh` starts reading; the page then calls `show_content` or `show_problem`.
    """

    page_id: ClassVar[str] = ""
    reads: ClassVar[Touched] = Touched.NOTHING
    needs_account: ClassVar[bool] = True
    scrolls: ClassVar[bool] = True

    def __init__(self, ctx: Context) -> None:
        super().__init__()
        self.ctx = ctx
        self.setObjectName(f"page.{self.page_id}")
        self.setProperty("role", "page")
        self._stale = True
        self._read_once = False
        self._area: QScrollArea | None = None
        outer = column(self, gap="l")
        outer.setContentsMargins(space("xxl"), space("xl"), space("xxl"), space("l"))
        outer.addLayout(self._head())
        self._states = QStackedWidget(self)
        outer.addWidget(self._states, 1)
        self._skeleton = Skeleton(ctx.look, name=f"{self.page_id}.skeleton")
        self._states.addWidget(self._skeleton)
        self._content = QWidget()
        self._content.setProperty("role", "page")
        self.body = column(self._content, gap="l")
        self._states.addWidget(self._scroll() if self.scrolls else self._content)
        self._other: QWidget | None = None
        self._states.setCurrentIndex(0)
        ctx.bridge.changed.connect(self._on_changed)
        ctx.account_changed.connect(self._on_account_changed)

    def refresh(self) -> None:
        """Read what the page shows."""
        raise NotImplementedError

    def show_target(self, target: object) -> None:
        """Show one particular thing; called after the page came to the front."""

    def activate(self, target: object = None) -> None:
        """Come to the front."""
        if self.needs_account and self.ctx.account_info is None:
            self._show_no_account()
            return
        if self._stale or not self._read_once:
            self._read()
        if target is not None:
            self.show_target(target)

    def show_content(self) -> None:
        """Show what was read."""
        self._read_once = True
        self._states.setCurrentIndex(1)

    def show_state(self, widget: QWidget) -> None:
        """Show a state of the whole page in place of its content."""
        if self._other is not None:
            self._states.removeWidget(self._other)
            self._other.deleteLater()
        self._other = widget
        self._states.addWidget(widget)
        self._states.setCurrentWidget(widget)

    def show_problem(self, problem: Problem) -> None:
        """Show that reading failed; quiet where old rows can stay."""
        if isinstance(problem, Bug):
            return
        if self._read_once and present(problem).level is not Level.PAGE:
            self.ctx.tell(problem)
            return
        say = self.ctx.say
        self.show_state(
            Trouble(
                self.ctx.look,
                title=say("ui.trouble.title"),
                text=self.ctx.sentence(problem),
                actions=(("again", say("ui.trouble.again"), self._read),),
                name=f"{self.page_id}.trouble",
            )
        )

    def empty(
        self,
        key: str,
        *,
        icon: str,
        clicked: Callable[[], object] | None = None,
        name: str = "",
    ) -> Empty:
        """Return the empty state with texts under a key: title, text, action."""
        say = self.ctx.say
        return Empty(
            self.ctx.look,
            icon=icon,
            title=say(f"ui.empty.{key}.title"),
            text=say(f"ui.empty.{key}.text"),
            action=say(f"ui.empty.{key}.action") if clicked else "",
            clicked=clicked,
            name=name or f"{self.page_id}.empty",
        )

    @property
    def settled(self) -> bool:
        """Return whether something else than the skeleton is shown."""
        return self._states.currentIndex() != 0

    def to_top(self) -> None:
        """Scroll to the top, once what is shown has its size."""
        if self._area is not None:
            bar = self._area.verticalScrollBar()
            QTimer.singleShot(0, bar, lambda: bar.setValue(0))

    def is_front(self) -> bool:
        """Return whether the page is the one that is looked at."""
        return self.isVisible()

    def _head(self) -> QHBoxLayout:
        line = row(gap="m")
        words = column(gap="xs")
        title = SafeLabel(self.ctx.say(f"ui.{self.page_id}.title"), role="title")
        title.setObjectName(f"{self.page_id}.title")
        words.addWidget(title)
        self.subtitle = SafeLabel(
            self.ctx.say(f"ui.{self.page_id}.subtitle"), role="muted", wrap=True
        )
        words.addWidget(self.subtitle)
        line.addLayout(words, 1)
        self.tools = row()
        line.addLayout(self.tools)
        self.tools.setAlignment(Qt.AlignmentFlag.AlignTop)
        return line

    def _scroll(self) -> QScrollArea:
        area = self._area = QScrollArea()
        area.setObjectName(f"{self.page_id}.scroll")
        area.setAccessibleName(self.ctx.say(f"ui.{self.page_id}.title"))
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        holder = QWidget()
        holder.setProperty("role", "page")
        line = row(holder)
        self._content.setMaximumWidth(size("content"))
        policy = QSizePolicy.Policy
        self._content.setSizePolicy(policy.Expanding, policy.Preferred)
        line.addWidget(self._content, 100)
        line.addStretch(1)
        area.setWidget(holder)
        return area

    def _read(self) -> None:
        self._stale = False
        if not self._read_once:
            self._states.setCurrentIndex(0)
        if self.ctx.is_open:
            self.refresh()

    def _on_changed(self, touched: Touched) -> None:
        if not touched & (self.reads | Touched.ACCOUNTS):
            return
        self._stale = True
        if self.is_front():
            self.activate()

    def _on_account_changed(self) -> None:
        self._stale = True
        self._read_once = False
        if self.is_front():
            self.activate()

    def _show_no_account(self) -> None:
        self._stale = True
        self.show_state(
            self.empty(
                "no_account",
                icon="user-round",
                clicked=lambda: self.ctx.go("accounts"),
                name=f"{self.page_id}.no_account",
            )
        )
