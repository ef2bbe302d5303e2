"""The look: design tokens, palettes, one style sheet and tinted icons."""

from __future__ import annotations

import atexit
import enum
import tomllib
from functools import cache
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import cast

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from safetyclient.assets import resource
from safetyclient.ui.sheet import build_sheet


class Theme(enum.Enum):
    """The palettes that ship."""

    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "contrast"


@cache
def _table(name: str) -> dict[str, object]:
    return tomllib.loads(resource("styles", f"{name}.toml").read_text("utf-8"))


@cache
def _number(group: str, name: str) -> float:
    table = cast("dict[str, float]", _table("tokens")[group])
    return float(table[name])


@cache
def throw_away_folder() -> str:
    """Return a folder that ends with this process."""
    path = mkdtemp(prefix="safetyclient-look-")
    atexit.register(rmtree, path, ignore_errors=True)
    return path


def space(name: str) -> int:
    """Return a step of the spacing scale: `xs s m l xl xxl`."""
    return int(_number("space", name))


def size(name: str) -> int:
    """Return a size of a part: `sidebar content row icon control`."""
    return int(_number("size", name))


def radius(name: str) -> int:
    """Return a corner radius: `s m l`."""
    return int(_number("radius", name))


def type_factor(name: str) -> float:
    """Return a step of the type scale: `title heading body small`."""
    return _number("type", name)


class Look:
    """The look that is in force; one per application."""

    def __init__(self, theme: Theme = Theme.LIGHT) -> None:
        self.theme = theme
        self._icons: dict[tuple[str, str, int], QIcon] = {}

    def colour(self, name: str) -> QColor:
        """Return a colour by what it means."""
        return QColor(self.hex(name))

    def hex(self, name: str) -> str:
        """Return a colour by what it means, as `#RRGGBB`."""
        return str(_table(self.theme.value)[name])

    def apply(self, app: QApplication, theme: Theme) -> None:
        """Put a theme on the whole application."""
        self.theme = theme
        self._icons.clear()
        app.setPalette(self._palette())
        base = app.font().pointSizeF()
        points = {
            name: round(base * type_factor(name), 1)
            for name in ("title", "heading", "body", "small")
        }
        colours = {name: str(value) for name, value in _table(theme.value).items()}
        app.setStyleSheet(
            build_sheet(
                colours, points=points, radius=radius("m"), pictures=self._pictures()
            )
        )

    def icon(self, name: str, colour: str = "text", px: int = 0) -> QIcon:
        """Return one of our icons in a colour of the theme."""
        px = px or size("icon")
        key = (name, colour, px)
        if key not in self._icons:
            icon = QIcon()
            for scale in {1.0, *(s.devicePixelRatio() for s in QApplication.screens())}:
                icon.addPixmap(self.pixmap(name, colour, px, scale))
            self._icons[key] = icon
        return self._icons[key]

    def pixmap(self, name: str, colour: str, px: int, scale: float = 1) -> QPixmap:
        """Return one of our icons as a picture, drawn for a device scale."""
        tinted = self._tinted(name, colour).encode()
        pixmap = QPixmap(int(px * scale), int(px * scale))
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        QSvgRenderer(QByteArray(tinted)).render(
            painter, QRectF(0, 0, px * scale, px * scale)
        )
        painter.end()
        pixmap.setDevicePixelRatio(scale)
        return pixmap

    def _pictures(self) -> str:
        """Write the pictures that a sheet can only name by file, in our colours."""
        folder = Path(throw_away_folder(), self.theme.value)
        folder.mkdir(exist_ok=True)
        for name, colour in (("check", "accent_text"), ("chevron-down", "muted")):
            (folder / f"{name}.svg").write_text(self._tinted(name, colour), "utf-8")
        return folder.as_posix()

    def _tinted(self, name: str, colour: str) -> str:
        source = resource("icons", f"{name}.svg").read_text("utf-8")
        return source.replace("currentColor", self.hex(colour))

    def _palette(self) -> QPalette:
        role = QPalette.ColorRole
        palette = QPalette()
        for target, name in (
            (role.Window, "canvas"),
            (role.WindowText, "text"),
            (role.Base, "surface"),
            (role.AlternateBase, "canvas"),
            (role.Text, "text"),
            (role.Button, "surface"),
            (role.ButtonText, "text"),
            (role.BrightText, "accent_text"),
            (role.ToolTipBase, "surface"),
            (role.ToolTipText, "text"),
            (role.PlaceholderText, "muted"),
            (role.Highlight, "accent"),
            (role.HighlightedText, "accent_text"),
            (role.Link, "accent"),
            (role.LinkVisited, "accent"),
            (role.Accent, "accent"),
            (role.Light, "surface"),
            (role.Midlight, "sunken"),
            (role.Mid, "line"),
            (role.Dark, "control_line"),
            (role.Shadow, "line"),
        ):
            palette.setColor(target, self.colour(name))
        for target in (role.WindowText, role.Text, role.ButtonText):
            palette.setColor(
                QPalette.ColorGroup.Disabled, target, self.colour("control_line")
            )
        return palette
