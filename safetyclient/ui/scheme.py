"""Which palette: what the person chose, else what the desktop says."""

from __future__ import annotations

import importlib
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QGuiApplication

from safetyclient.ui.look import Theme

PORTAL_SECONDS = 0.5
_FILE = "window.json"


class WindowSettings:
    """Size and colours of the window, kept beside the store; nothing private."""

    def __init__(self, profile: Path) -> None:
        self._path = profile / _FILE
        self._values = self._read()

    @property
    def theme(self) -> Theme | None:
        """Return the theme that the person chose; None follows the desktop."""
        value = self._values.get("theme", "")
        return Theme(value) if value in {theme.value for theme in Theme} else None

    def set_theme(self, theme: Theme | None) -> None:
        """Keep the chosen theme."""
        self._values["theme"] = theme.value if theme else ""
        self._write()

    @property
    def geometry(self) -> QByteArray:
        """Return size and place of the window when it was last closed."""
        return QByteArray.fromBase64(self._values.get("geometry", "").encode())

    def set_geometry(self, geometry: QByteArray) -> None:
        """Keep size and place of the window."""
        self._values["geometry"] = bytes(geometry.toBase64().data()).decode()
        self._write()

    def _read(self) -> dict[str, str]:
        try:
            found = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        if not isinstance(found, dict):
            return {}
        table = cast("dict[object, object]", found)
        return {str(k): v for k, v in table.items() if isinstance(v, str)}

    def _write(self) -> None:
        try:
            self._path.write_text(json.dumps(self._values), "utf-8")
        except OSError:
            # A window without a remembered size is still a window.
            return


def desktop_theme() -> Theme:
    """Return what Qt knows of the desktop's colours, without asking anybody."""
    dark = QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
    return Theme.DARK if dark else Theme.LIGHT


def ask_portal(bus: str, answer: Callable[[Theme], None]) -> threading.Thread:
    """Ask the desktop portal for its colour scheme, in a thread that owns nothing.

    `answer` is called from that thread, or never: a desktop without a portal, or
    one that does not answer, changes nothing.
    """

    def ask() -> None:
        theme = _portal_theme() if bus else None
        if theme is not None:
            answer(theme)

    thread = threading.Thread(target=ask, name="portal", daemon=True)
    thread.start()
    return thread


def _portal_theme() -> Theme | None:
    try:
        # By name: it has no stubs, and not every system has it.
        jeepney: Any = importlib.import_module("jeepney")
        blocking: Any = importlib.import_module("jeepney.io.blocking")
        address = jeepney.DBusAddress(
            "/org/freedesktop/portal/desktop",
            bus_name="org.freedesktop.portal.Desktop",
            interface="org.freedesktop.portal.Settings",
        )
        with blocking.open_dbus_connection("SESSION") as connection:

            def read(name: str) -> int:
                call = jeepney.new_method_call(
                    address, "Read", "ss", ("org.freedesktop.appearance", name)
                )
                reply = connection.send_and_get_reply(call, timeout=PORTAL_SECONDS)
                value: Any = reply.body[0]
                # A variant is (signature, value), and may hold another one.
                while not isinstance(value, int):
                    value = value[1]
                return value

            if read("contrast") == 1:
                return Theme.CONTRAST
            return {1: Theme.DARK, 2: Theme.LIGHT}.get(read("color-scheme"))
    except Exception:  # noqa: BLE001 - whatever the desktop does, the window stays
        return None
