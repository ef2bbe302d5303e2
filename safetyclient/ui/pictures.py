"""Pictures: every page as PNG, per theme, from what the facade really holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QAbstractButton, QDialog

from safetyclient.application.launch import Launch
from safetyclient.ui.app import build, shut_down
from safetyclient.ui.look import Theme
from safetyclient.ui.main_window import MainWindow
from safetyclient.ui.navigation import PAGES
from safetyclient.ui.running import Running
from safetyclient.ui.tour import Stop, Tour

DEADLINE_MS = 120_000
SETTLE_MS = 2500
"""Time for the first refresh of a newly opened profile."""


def stops() -> list[Stop]:
    """Return every page, and the states behind its tabs and forms."""
    extra = [
        Stop("protection", "protection-preview", _click("protection.switch")),
        Stop("protection", "protection-requests", _tab("protection.tabs", 1)),
        Stop("protection", "protection-followers", _tab("protection.tabs", 2)),
        Stop("lists", "lists-blocks", _tab("lists.tabs", 1)),
        Stop("lists", "lists-add", _click("lists.add")),
        Stop("media", "media-posts", _tab("media.tabs", 1)),
        Stop("cases", "cases-decided", _click_decided),
    ]
    # Last, since a report that was begun stays on its page.
    wizard = Stop("report", "report-wizard", _click_first("report.space."))
    return [*(Stop(spec.id) for spec in PAGES), *extra, wizard]


def render_pages(
    launch: Launch,
    directory: Path,
    *,
    themes: Sequence[str] = ("light", "dark"),
    size: tuple[int, int] = (1120, 760),
    tour_stops: Sequence[Stop] | None = None,
) -> list[Path]:
    """Render every page of an open profile as `PAGE-THEME.png`.

    The device scale comes from `QT_SCALE_FACTOR`, which Qt reads at its start.

    Raises:
        RuntimeError: a page did not come to rest in time.
    """
    directory.mkdir(parents=True, exist_ok=True)
    running = build(launch, theme=Theme(themes[0]))
    running.window.resize(*size)
    made: list[Path] = []
    late: list[str] = []
    waiting = list(themes)
    chosen = list(tour_stops if tour_stops is not None else stops())

    def next_theme() -> None:
        if not waiting:
            running.app.exit(0)
            return
        theme = Theme(waiting.pop(0))
        running.ctx.look.apply(running.app, theme)
        tour = Tour(running.window, chosen)

        def arrived(stop: Stop, _ms: float) -> None:
            keep(stop, theme)

        tour.arrived.connect(arrived)
        tour.ended.connect(lambda: ended(tour))
        tour.start()

    def ended(tour: Tour) -> None:
        late.extend(tour.late)
        next_theme()

    def keep(stop: Stop, theme: Theme) -> None:
        path = directory / f"{stop.label}-{theme.value}.png"
        running.window.toast.hide()
        _grab(running.window).save(str(path))
        made.append(path)

    running.bridge.crashed.connect(lambda: running.app.exit(1))
    _when_ready(running, next_theme)
    try:
        code = running.app.exec()
    finally:
        shut_down(running, launch)
    if code or late:
        raise RuntimeError(f"not painted in time: {', '.join(late) or 'the window'}")
    return made


def _when_ready(running: Running, called: Callable[[], object]) -> None:
    watch = QTimer(running.app)
    watch.setSingleShot(True)
    watch.timeout.connect(lambda: running.app.exit(1))
    watch.start(DEADLINE_MS)
    first = QTimer(running.window)
    first.setSingleShot(True)
    first.timeout.connect(called)
    running.conductor.ready.connect(lambda: first.start(SETTLE_MS))
    running.window.show()


def _grab(window: MainWindow) -> QPixmap:
    dialogs = [d for d in window.findChildren(QDialog) if d.isVisible()]
    return dialogs[0].grab() if dialogs else window.grab()


def _click(name: str) -> Callable[[MainWindow], object]:
    def click(window: MainWindow) -> None:
        found = window.findChild(QAbstractButton, name)
        if found is not None:
            found.click()

    return click


def _click_first(prefix: str) -> Callable[[MainWindow], object]:
    def click(window: MainWindow) -> None:
        page = window.pages["report"]
        for found in page.findChildren(QAbstractButton):
            if found.objectName().startswith(prefix) and found.isVisible():
                found.click()
                return

    return click


def _click_decided(window: MainWindow) -> None:
    decided = window.ctx.say("ui.case.decided")
    for found in window.pages["cases"].findChildren(QAbstractButton):
        if decided in found.text():
            found.click()
            return


def _tab(name: str, number: int) -> Callable[[MainWindow], object]:
    def choose(window: MainWindow) -> None:
        from safetyclient.ui.widgets.basics import Tabs

        tabs = window.findChild(Tabs, name)
        if tabs is not None:
            tabs.choose(number)

    return choose
