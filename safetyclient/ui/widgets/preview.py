"""A small picture of a file that was picked, blurred while it carries a warning."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QWidget

from safetyclient.domain.media import MediaType
from safetyclient.ui.context import Context

SIDE = 128


class Preview(QWidget):
    """Shows a drawn cover until a helper process has decoded the picture.

    The window itself never decodes a file; a video keeps its drawn cover, and so does
    a picture that the helper refuses.
    """

    def __init__(self, ctx: Context, *, path: Path, type: MediaType, name: str) -> None:
        super().__init__()
        self._ctx = ctx
        self._video = type.is_video
        self._images: dict[bool, QImage] = {}
        self._asked: dict[int, bool] = {}
        self._covered = False
        self.setFixedSize(QSize(SIDE, SIDE))
        if not self._video:
            pictures = ctx.pictures()
            pictures.decoded.connect(self._on_decoded)
            box = QSize(SIDE * 2, SIDE * 2)
            for blur in (False, True):
                number = pictures.ask(path, box=box, picked=True, blur=blur)
                self._asked[number] = blur

    @property
    def decoded(self) -> bool:
        """Return whether the picture is there, plain and blurred."""
        return len(self._images) == 2

    def _on_decoded(self, number: int, image: QImage) -> None:
        if number in self._asked:
            self._images[self._asked.pop(number)] = image
            self.update()

    def cover(self, covered: bool) -> None:
        """Blur the picture, as others will see it first, or show it."""
        self._covered = covered
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture cut to a rounded square, or the cover."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        frame = QPainterPath()
        frame.addRoundedRect(QRectF(self.rect()), 8, 8)
        painter.setClipPath(frame)
        painter.fillRect(self.rect(), self._ctx.look.colour("sunken"))
        image = self._images.get(self._covered, QImage())
        if not image.isNull():
            side = min(image.width(), image.height())
            source = QRectF(
                (image.width() - side) / 2, (image.height() - side) / 2, side, side
            )
            painter.drawImage(QRectF(self.rect()), image, source)
        if image.isNull() or self._covered:
            icon = "film" if self._video else "image"
            icon = "eye-off" if self._covered else icon
            colour = "muted" if image.isNull() else "surface"
            mark = self._ctx.look.pixmap(icon, colour, 32, self.devicePixelRatioF())
            painter.drawPixmap((SIDE - 32) // 2, (SIDE - 32) // 2, mark)
        painter.end()
