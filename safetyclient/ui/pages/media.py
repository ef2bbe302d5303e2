"""Media warnings: publish files with one-time warnings, and change them later."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QCheckBox, QWidget

from safetyclient.application.presentation import present_code
from safetyclient.application.touched import Touched
from safetyclient.domain.capabilities import Capability
from safetyclient.domain.lists import RowKey, Window
from safetyclient.domain.media import MediaWarning, OwnPost, PostMedia
from safetyclient.domain.rows import RowState
from safetyclient.ui import ops
from safetyclient.ui.bridge import Problem
from safetyclient.ui.context import Context
from safetyclient.ui.models.rows import TONES
from safetyclient.ui.safe_text import SafeLabel, foreign
from safetyclient.ui.widgets.basics import (
    Box,
    Chip,
    Picture,
    Pile,
    Tabs,
    button,
    clear,
    column,
    kept_focus,
    row,
)
from safetyclient.ui.widgets.composer import Composer
from safetyclient.ui.widgets.page import Page
from safetyclient.ui.widgets.when import moment

SHOWN = 20


class MediaPage(Page):
    """Two tabs: a new post, and the posts that carry media."""

    page_id = "media"
    reads = Touched.POSTS

    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx)
        say = ctx.say
        self._tabs = Tabs(
            [("new", say("ui.media.tab.new")), ("posts", say("ui.media.tab.posts"))],
            name="media.tabs",
        )
        self.body.addWidget(self._tabs)
        self._stack = Pile()
        self.body.addWidget(self._stack, 1)
        self.composer = Composer(ctx)
        self._stack.addWidget(self.composer)
        self._posts = PostList(ctx)
        self._stack.addWidget(self._posts)
        self._tabs.on_changed(self._on_tab)
        self.composer.published.connect(lambda: self._tabs.choose(1))
        ctx.offers_changed.connect(self.composer.show_offer)

    def _on_tab(self, number: int) -> None:
        self._stack.setCurrentIndex(number)
        self.to_top()

    def refresh(self) -> None:
        """Read the posts; what is being written stays as it is."""
        self.composer.show_offer()
        self._posts.read(done=self.show_content, failed=self.show_problem)


class PostList(QWidget):
    """Own posts with media; each file's warnings can be changed in place."""

    def __init__(self, ctx: Context) -> None:
        super().__init__()
        self._ctx = ctx
        self._limit = SHOWN
        self._lines = column(self, gap="m")

    def read(
        self, *, done: Callable[[], object], failed: Callable[[Problem], object]
    ) -> None:
        """Read the posts again."""

        def show(window: Window[OwnPost]) -> None:
            with kept_focus(self):
                self._show(window.rows, window.next)
            done()

        media = self._ctx.client.media
        self._ctx.run(
            media.posts(self._ctx.account, limit=self._limit),
            owner=self,
            done=show,
            failed=failed,
        )

    def _show(self, posts: tuple[OwnPost, ...], more: RowKey | None) -> None:
        clear(self._lines)
        say = self._ctx.say
        if not posts:
            from safetyclient.ui.widgets.states import Empty

            self._lines.addWidget(
                Empty(
                    self._ctx.look,
                    icon="image",
                    title=say("ui.media.none"),
                    text=say("ui.media.none_text"),
                    name="media.empty",
                )
            )
            return
        self._lines.addWidget(
            SafeLabel(say("ui.media.posts_hint"), role="small", wrap=True)
        )
        for post in posts:
            self._lines.addWidget(PostCard(self._ctx, post))
        if more is not None:
            self._lines.addWidget(
                button(say("ui.common.more"), "media.more", clicked=self._more)
            )
        self._lines.addStretch(1)

    def _more(self) -> None:
        self._limit += SHOWN
        self.read(done=lambda: None, failed=self._ctx.tell)


class PostCard(Box):
    """One post and its files."""

    def __init__(self, ctx: Context, post: OwnPost) -> None:
        super().__init__(gap="s")
        say = ctx.say
        head = row()
        head.addWidget(
            SafeLabel(
                foreign(post.text, limit=400) or say("ui.media.no_text"),
                wrap=True,
                select=True,
            ),
            1,
        )
        if post.state is not RowState.ON_SERVER:
            head.addWidget(Chip(say(f"ui.state.{post.state.value}"), TONES[post.state]))
        self.column.addLayout(head)
        audience = say(f"ui.media.audience.{post.audience.value}")
        self.column.addWidget(
            SafeLabel(f"{moment(post.created)} · {audience}", role="small")
        )
        if post.problem:
            problem = say(present_code(post.problem).key)
            self.column.addWidget(SafeLabel(problem, role="problem", wrap=True))
        for number, media in enumerate(post.media, start=1):
            self.column.addWidget(MediaRow(ctx, post, media, number))


class MediaRow(Box):
    """One published file: what it shows in words, and its three warnings."""

    def __init__(
        self, ctx: Context, post: OwnPost, media: PostMedia, number: int
    ) -> None:
        super().__init__(role="inset", margin="m", gap="s")
        self._ctx, self._post, self._media = ctx, post, media
        say = ctx.say
        line = row(gap="m")
        icon = "film" if media.type.is_video else "image"
        line.addWidget(Picture(ctx.look, icon, colour="muted", px=22))
        words = foreign(media.description, limit=200, lines=False)
        title = say("ui.media.file", number=number)
        line.addWidget(
            SafeLabel(
                f"{title} · {words or say('ui.media.no_description')}", wrap=True
            ),
            1,
        )
        if media.state is not RowState.ON_SERVER and post.id:
            line.addWidget(
                Chip(say(f"ui.state.{media.state.value}"), TONES[media.state])
            )
        self.column.addLayout(line)
        boxes = row(gap="l")
        offer = ctx.offer(Capability.CHANGE_WARNING)
        usable = bool(post.id) and (offer is None or offer.usable)
        self._boxes: dict[MediaWarning, QCheckBox] = {}
        for warning in MediaWarning:
            box = QCheckBox(say(f"ui.media.warning.{warning.value}"))
            box.setObjectName(f"media.{post.id}.{media.id}.{warning.value}")
            box.setAccessibleName(f"{title}: {box.text()}")
            box.setChecked(warning in media.warnings)
            box.setEnabled(usable)
            box.clicked.connect(lambda: self._on_clicked())
            self._boxes[warning] = box
            boxes.addWidget(box)
        boxes.addStretch(1)
        self.column.addLayout(boxes)
        if media.problem:
            problem = say(present_code(media.problem).key)
            self.column.addWidget(SafeLabel(problem, role="problem", wrap=True))

    def _on_clicked(self) -> None:
        chosen = frozenset(w for w, box in self._boxes.items() if box.isChecked())
        self._ctx.act(
            ops.set_warnings(
                self._ctx, post=self._post.id, media=self._media.id, warnings=chosen
            ),
            owner=self._ctx,
        )
