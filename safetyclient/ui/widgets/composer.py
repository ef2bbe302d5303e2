"""Composer: files with descriptions and one-time warnings, text, audience, publish."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings, QStandardPaths, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QFileDialog,
    QRadioButton,
    QWidget,
)

from safetyclient.application.presentation import Level, present
from safetyclient.domain.capabilities import Capability
from safetyclient.domain.media import (
    MAX_FILES,
    Audience,
    MediaWarning,
    PublishFile,
    StagedFile,
)
from safetyclient.ui import ops
from safetyclient.ui.bridge import Problem
from safetyclient.ui.context import Context
from safetyclient.ui.look import throw_away_folder
from safetyclient.ui.safe_text import PlainEdit, PlainLine, SafeLabel, foreign
from safetyclient.ui.widgets.basics import Box, button, column, row
from safetyclient.ui.widgets.fields import Field
from safetyclient.ui.widgets.preview import Preview

PATTERN = "*.jpg *.jpeg *.png *.webp *.gif *.mp4 *.webm"


class Composer(QWidget):
    """What is to be published; files are kept on this computer, stripped, until then.

    The account's own default is not touched: a warning counts for one file only.
    """

    published = Signal()

    def __init__(self, ctx: Context) -> None:
        super().__init__()
        self._ctx = ctx
        self._files: list[FileCard] = []
        self._staging = 0
        say = ctx.say
        lines = column(self, gap="l")
        box = Box(gap="m")
        lines.addWidget(box)
        pick = row(gap="m")
        self._pick = button(
            say("ui.media.pick"),
            "media.pick",
            clicked=self._on_pick,
            icon="image-plus",
            look=ctx.look,
        )
        pick.addWidget(self._pick)
        pick.addWidget(SafeLabel(say("ui.media.pick_hint"), role="small", wrap=True), 1)
        box.column.addLayout(pick)
        self._problem = SafeLabel(role="problem", wrap=True, name="media.problem")
        self._problem.hide()
        box.column.addWidget(self._problem)
        self._cards = column(gap="m")
        box.column.addLayout(self._cards)
        self._text = PlainEdit(limit=5000, lines=3)
        box.column.addWidget(Field(say("ui.media.text"), self._text, name="media.text"))
        box.column.addWidget(SafeLabel(say("ui.media.audience.label"), role="strong"))
        self._audience = QButtonGroup(self)
        choices = row(gap="l")
        for number, audience in enumerate(Audience):
            radio = QRadioButton(say(f"ui.media.audience.{audience.value}"))
            radio.setObjectName(f"media.audience.{audience.value}")
            self._audience.addButton(radio, number)
            choices.addWidget(radio)
        choices.addStretch(1)
        self._audience.button(0).setChecked(True)
        box.column.addLayout(choices)
        self._video = QCheckBox(say("ui.media.video_understood"))
        self._video.setObjectName("media.video_understood")
        self._video_note = SafeLabel(say("ui.media.video_note"), wrap=True)
        self._video_box = Box(role="banner", margin="m", gap="s", name="media.video")
        self._video_box.column.addWidget(self._video_note)
        self._video_box.column.addWidget(self._video)
        self._video_box.hide()
        self._video.toggled.connect(lambda: self._show())
        box.column.addWidget(self._video_box)
        last = row(gap="m")
        self._go = button(
            say("ui.media.publish"),
            "media.publish",
            kind="primary",
            clicked=self._on_publish,
        )
        last.addWidget(self._go)
        self._why = SafeLabel(role="small", wrap=True)
        last.addWidget(self._why, 1)
        box.column.addLayout(last)
        lines.addStretch(1)
        self._show()

    def add(self, path: Path) -> None:
        """Keep a file on this computer: checked, stripped, encrypted."""
        self._staging += 1
        self._problem.hide()
        self._show()
        self._ctx.act(
            ops.stage_file(self._ctx, path=path),
            owner=self,
            done=lambda staged: self._on_staged(path, staged),
            failed=lambda problem: self._on_not_staged(path, problem),
        )

    def show_offer(self) -> None:
        """Say what the network does with warnings."""
        self._show()

    def _on_pick(self) -> None:
        # Qt's own dialog writes the folders it saw into a file of the desktop: into
        # one that ends with this process.
        scope = QSettings.Scope.UserScope
        QSettings.setPath(QSettings.Format.NativeFormat, scope, throw_away_folder())
        # The dialog is never run in a loop of its own.
        pictures = QStandardPaths.StandardLocation.PicturesLocation
        dialog = QFileDialog(
            self,
            self._ctx.say("ui.media.pick_title"),
            QStandardPaths.writableLocation(pictures),
        )
        dialog.setObjectName("media.dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilter(f"{self._ctx.say('ui.media.pick_filter')} ({PATTERN})")
        dialog.filesSelected.connect(self._on_selected)
        dialog.finished.connect(lambda: dialog.deleteLater())
        dialog.open()

    def _on_selected(self, paths: list[str]) -> None:
        room = MAX_FILES - len(self._files) - self._staging
        for path in paths[:room]:
            self.add(Path(path))
        if len(paths) > room:
            self._tell(self._ctx.say("ui.media.too_many", count=MAX_FILES))

    def _on_staged(self, path: Path, staged: StagedFile) -> None:
        self._staging -= 1
        card = FileCard(self._ctx, path, staged)
        card.removed.connect(lambda: self._on_removed(card))
        self._files.append(card)
        self._cards.addWidget(card)
        self._show()
        if not self._staging and self.isVisible():
            self._files[0].describe()

    def _on_not_staged(self, path: Path, problem: Problem) -> None:
        self._staging -= 1
        self._show()
        if present(problem).level in {Level.FIELD, Level.BANNER, Level.ROW}:
            name = foreign(path.name, limit=80, lines=False)
            self._tell(f"{name}: {self._ctx.sentence(problem)}")
        else:
            self._ctx.tell(problem)

    def _on_removed(self, card: FileCard) -> None:
        self._files.remove(card)
        self._cards.removeWidget(card)
        self._ctx.act(
            ops.discard_file(self._ctx, spool=card.staged.spool), owner=self._ctx
        )
        card.deleteLater()
        self._show()
        self._pick.setFocus()

    def _on_publish(self) -> None:
        audience = list(Audience)[self._audience.checkedId()]
        self._go.setEnabled(False)
        self._ctx.act(
            ops.publish(
                self._ctx,
                text=self._text.toPlainText(),
                files=[card.to_publish() for card in self._files],
                audience=audience,
            ),
            owner=self,
            done=lambda _receipt: self._on_kept(),
            failed=self._on_failed,
        )

    def _on_kept(self) -> None:
        for card in self._files:
            self._cards.removeWidget(card)
            card.deleteLater()
        self._files.clear()
        self._text.clear()
        self._video.setChecked(False)
        self._show()
        self.published.emit()

    def _on_failed(self, problem: Problem) -> None:
        self._show()
        self._tell(self._ctx.sentence(problem))

    def _tell(self, text: str) -> None:
        self._problem.setText(text)
        self._problem.show()

    def _show(self) -> None:
        say = self._ctx.say
        has_video = any(card.staged.type.is_video for card in self._files)
        self._video_box.setVisible(has_video)
        offer = self._ctx.offer(Capability.PUBLISH)
        why = ""
        if offer is not None and not offer.usable:
            why = say(offer.note)
        elif self._staging:
            why = say("ui.media.staging", count=self._staging)
        elif not self._files:
            why = say("ui.media.why.no_file")
        elif has_video and not self._video.isChecked():
            why = say("ui.media.why.video")
        self._why.setText(why or say("ui.media.once"))
        self._go.setEnabled(not why)
        self._pick.setEnabled(len(self._files) + self._staging < MAX_FILES)


class FileCard(Box):
    """One file: preview, what was cut out of it, description, warnings."""

    removed = Signal()

    def __init__(self, ctx: Context, path: Path, staged: StagedFile) -> None:
        super().__init__(role="inset", margin="m", gap="s")
        self.staged = staged
        say = ctx.say
        line = row(gap="l")
        self.preview = Preview(ctx, path=path, type=staged.type, name=staged.name)
        line.addWidget(self.preview)
        words = column(gap="s")
        line.addLayout(words, 1)
        head = row()
        name = foreign(staged.name, limit=80, lines=False)
        size = _size(staged.size)
        head.addWidget(SafeLabel(name, role="strong", wrap=True), 1)
        head.addWidget(SafeLabel(size, role="small"))
        head.addWidget(
            button(
                say("ui.media.remove"),
                f"media.{staged.spool}.remove",
                kind="quiet",
                clicked=self.removed.emit,
                foreign=name,
            )
        )
        words.addLayout(head)
        words.addWidget(SafeLabel(_stripped(ctx, staged), role="small", wrap=True))
        self._description = PlainLine(limit=1500)
        self._description.setPlaceholderText(say("ui.media.description_help"))
        words.addWidget(
            Field(
                say("ui.media.description"),
                self._description,
                name=f"media.{staged.spool}.description",
            )
        )
        boxes = row(gap="l")
        self._boxes: dict[MediaWarning, QCheckBox] = {}
        for warning in MediaWarning:
            box = QCheckBox(say(f"ui.media.warning.{warning.value}"))
            box.setObjectName(f"media.{staged.spool}.{warning.value}")
            box.setAccessibleName(f"{name}: {box.text()}")
            box.toggled.connect(lambda: self._on_warning())
            self._boxes[warning] = box
            boxes.addWidget(box)
        boxes.addStretch(1)
        words.addWidget(SafeLabel(say("ui.media.warnings"), role="strong"))
        words.addLayout(boxes)
        self.column.addLayout(line)

    def describe(self) -> None:
        """Go where the description is written."""
        self._description.setFocus()

    @property
    def warnings(self) -> frozenset[MediaWarning]:
        """Return the warnings that are ticked."""
        return frozenset(w for w, box in self._boxes.items() if box.isChecked())

    def to_publish(self) -> PublishFile:
        """Return the file as it is published."""
        return PublishFile(
            spool=self.staged.spool,
            name=self.staged.name,
            type=self.staged.type,
            size=self.staged.size,
            sha256=self.staged.sha256,
            description=self._description.text().strip(),
            warnings=self.warnings,
        )

    def _on_warning(self) -> None:
        self.preview.cover(bool(self.warnings))


def _stripped(ctx: Context, staged: StagedFile) -> str:
    if staged.type.is_video:
        return ctx.say("ui.media.kept_video")
    if not staged.removed:
        return ctx.say("ui.media.stripped_nothing")
    parts = ", ".join(ctx.say(f"ui.media.stripped.{part}") for part in staged.removed)
    return ctx.say("ui.media.stripped_parts", parts=parts)


def _size(count: int) -> str:
    from PySide6.QtCore import QLocale

    return QLocale().formattedDataSize(count, 1)
