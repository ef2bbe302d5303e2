"""The window's process: paints first, then opens the profile, and ends in order."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Coroutine
from concurrent.futures import Future
from types import FrameType, TracebackType
from typing import Any, TypeVar

from PySide6.QtCore import QTimer
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from safetyclient.application.core_thread import CoreThread
from safetyclient.application.launch import Launch
from safetyclient.application.texts import Texts, read_catalogue
from safetyclient.ui.bridge import Bridge, Bug
from safetyclient.ui.conductor import Conductor
from safetyclient.ui.context import Context
from safetyclient.ui.links import install_backstop, remove_backstop
from safetyclient.ui.look import Look, Theme
from safetyclient.ui.main_window import MainWindow
from safetyclient.ui.running import Marks, Running, Tint
from safetyclient.ui.scheme import WindowSettings, ask_portal, desktop_theme

T = TypeVar("T")
CLOSE_SECONDS = 1.5
STOP_SECONDS = 0.4
_GENERIC = frozenset({"Sans Serif", "Sans", "DejaVu Sans", "sans-serif", "Helvetica"})
FRAME_TEXTS = "ui.toml"


def run(launch: Launch) -> int:
    """Show the window and return the exit code once it was closed."""
    running = build(launch)
    if launch.smoke:
        from safetyclient.ui.smoke import run_smoke

        try:
            return run_smoke(running)
        finally:
            shut_down(running, launch)
    _end_on_signals(running.app)
    running.window.show()
    try:
        return running.app.exec()
    finally:
        shut_down(running, launch)


def build(launch: Launch, *, theme: Theme | None = None) -> Running:
    """Build the window, ready to be shown; the profile opens after the first frame."""
    marks = Marks()
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    _dress(app)
    settings = WindowSettings(launch.profile)
    look = Look()
    look.apply(app, theme or settings.theme or desktop_theme())
    install_backstop()
    core = CoreThread()
    core.start()

    def submit(coroutine: Coroutine[Any, Any, T], /) -> Future[T]:
        return core.run(coroutine)

    bridge = Bridge(submit, app)
    texts = Texts(read_catalogue("en", only=FRAME_TEXTS))
    ctx = Context(bridge=bridge, texts=texts, look=look, parent=app)
    ctx.settings = settings
    window = MainWindow(ctx)
    conductor = Conductor(launch, ctx, window, load_texts=Texts.load)
    if not settings.geometry.isEmpty():
        window.restoreGeometry(settings.geometry)
    tint = Tint(app)
    running = Running(app, core, bridge, ctx, window, conductor, settings, marks, tint)
    window.closed.connect(lambda: settings.set_geometry(window.saveGeometry()))
    window.painted.connect(lambda: _after_first_frame(running, fixed=theme))
    _catch_bugs(bridge)
    return running


def shut_down(running: Running, launch: Launch) -> None:
    """End in order and within two seconds; the outbox is durable, nothing is lost."""
    sys.excepthook = sys.__excepthook__
    running.bridge.close()
    running.ctx.close()
    remove_backstop()

    async def close() -> None:
        await launch.close()

    try:
        running.core.run(close()).result(CLOSE_SECONDS)
    except Exception:  # noqa: BLE001 - the end comes whatever the profile does
        running.marks.note("close_failed")
    running.core.stop(seconds=STOP_SECONDS)


def _after_first_frame(running: Running, *, fixed: Theme | None) -> None:
    running.marks.note("first_frame")
    running.conductor.start()
    if fixed is not None or running.settings.theme is not None:
        return

    def tint(theme: Theme) -> None:
        running.ctx.look.apply(running.app, theme)

    running.tint.answered.connect(tint)
    bus = os.environ.get("DBUS_SESSION_BUS_ADDRESS", "")
    ask_portal(bus, running.tint.answered.emit)


def _dress(app: QApplication) -> None:
    app.setStyle("Fusion")
    app.setApplicationName("safetyclient")
    app.setApplicationDisplayName("Safety Client")
    app.setDesktopFileName("safetyclient")
    font = QFont(app.font())
    if font.family() in _GENERIC:
        # No desktop said which font it likes: take the one that reads best.
        font.setFamilies(["Noto Sans", "DejaVu Sans"])
        font.setPointSizeF(max(font.pointSizeF(), 10.0))
    app.setFont(font)


def _catch_bugs(bridge: Bridge) -> None:
    def hook(
        kind: type[BaseException],
        error: BaseException,
        trace: TracebackType | None,
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        bug = Bug(kind.__name__)
        bug.__cause__ = error.with_traceback(trace)
        bridge.crashed.emit(bug)

    sys.excepthook = hook


def _end_on_signals(app: QApplication) -> None:

    def end(_number: int, _frame: FrameType | None) -> None:
        app.quit()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    # Python sees a signal only when it runs: let it run a few times a second.
    ticker = QTimer(app)
    ticker.start(250)
    ticker.timeout.connect(lambda: None)
