"""Pictures: every page as PNG, per theme, from what the facade really holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QDialog, QScrollArea

from safetyclient.application.launch import Launch
from safetyclient.domain.errors import SafetyError, VaultLocked, VaultMissing
from safetyclient.domain.lists import ListKind
from safetyclient.ui.app import build, shut_down
from safetyclient.ui.look import Theme
from safetyclient.ui.main_window import MainWindow
from safetyclient.ui.navigation import PAGES
from safetyclient.ui.running import Running
from safetyclient.ui.tour import Stop, Tour
from safetyclient.ui.widgets.when import now

DEADLINE_MS = 120_000
DELIVERED = 60
"""Quiet looks after acts: they are sent, answered and shown."""
SETTLE_MS = 2500
"""Time for the first refresh of a newly opened profile."""


def stops() -> list[Stop]:
    """Return every page, and the states behind its tabs and forms."""
    # The first stop leaves what the last one of another theme left open.
    pages = [
        Stop(spec.id, "", _tidy if not n else None) for n, spec in enumerate(PAGES)
    ]
    extra = [
        Stop("protection", "protection-preview", _click("protection.switch")),
        Stop("protection", "protection-requests", _tab("protection.tabs", 1)),
        Stop("protection", "protection-followers", _tab("protection.tabs", 2)),
        Stop("lists", "lists-blocks", _tab("lists.tabs", 1)),
        Stop("lists", "lists-add", _click("lists.add")),
        Stop("media", "media-posts", _tab("media.tabs", 1)),
        Stop("cases", "cases-decided", _click_decided),
        Stop("home", "home-after-acts", _act, DELIVERED),
        Stop("history", "history-data", None, DELIVERED),
    ]
    wizard = [
        Stop("report", "report-wizard", _click_first("report.space.")),
        Stop("report", "report-symptoms", _click("report.forward")),
        Stop("report", "report-leaves", _answer("report.symptoms.")),
        Stop("report", "report-check", _answer("report.leaves.")),
        Stop("report", "report-check-end", _to_end),
    ]
    gates = [
        Stop("home", "gate-choose", _gate(VaultMissing(reason="choose"))),
        Stop("home", "gate-passphrase", _gate(VaultLocked(passphrase=True))),
        Stop("home", "gate-locked", _gate(VaultLocked())),
    ]
    return [*pages, *extra, *wizard, *gates]


def offline_stops(cut: Callable[[], object]) -> list[Stop]:
    """Return what stands there without a server; `cut` ends it."""

    def offline(window: MainWindow) -> None:
        _tidy(window)
        cut()
        _act(window)
        window.sync_wanted.emit()

    return [
        Stop("lists", "lists-offline", offline, DELIVERED),
        Stop("history", "history-offline"),
        Stop("home", "home-offline"),
    ]


def render_pages(
    launch: Launch,
    directory: Path,
    *,
    themes: Sequence[str] = ("light", "dark"),
    size: tuple[int, int] = (1120, 760),
    tour_stops: Sequence[Stop] | None = None,
    cut: Callable[[], object] | None = None,
) -> list[Path]:
    """Render every page of an open profile as `PAGE-THEME.png`.

    With `cut`, which ends the server, the pages without a server come last.
    The device scale comes from `QT_SCALE_FACTOR`, which Qt reads at its start.

    Raises:
        RuntimeError: a page did not come to rest in time.
    """
    directory.mkdir(parents=True, exist_ok=True)
    running = build(launch, theme=Theme(themes[0]))
    running.window.resize(*size)
    made: list[Path] = []
    late: list[str] = []
    chosen = list(tour_stops if tour_stops is not None else stops())
    waiting = [(theme, chosen) for theme in themes]
    if cut is not None:
        waiting += [(theme, offline_stops(cut)) for theme in themes]

    def next_theme() -> None:
        if not waiting:
            running.app.exit(0)
            return
        name, next_stops = waiting.pop(0)
        theme = Theme(name)
        running.ctx.look.apply(running.app, theme)
        tour = Tour(running.window, next_stops)

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
        if decided in found.accessibleName():
            found.click()
            return


def _tidy(window: MainWindow) -> None:
    from safetyclient.ui.widgets.basics import Tabs

    window.leave_gate()
    window.session_banner.show()
    window.strip.read()
    for tabs in window.findChildren(Tabs):
        tabs.choose(0)
    _click("lists.cancel")(window)
    _click("protection.leave")(window)
    wipe = window.findChild(QAbstractButton, "report.wipe")
    if wipe is not None:
        # The first press asks, the second answers.
        wipe.click()
        wipe.click()


def _act(window: MainWindow) -> None:
    from safetyclient.ui import ops

    ctx = window.ctx
    for who, kind in (("bob", ListKind.MUTES), ("carol", ListKind.BLOCKS)):
        until = now() + timedelta(days=7)
        act = ops.add_to_list(
            ctx, kind=kind, who=[who], until=until, note="Keeps writing"
        )
        ctx.act(act, owner=window)
    ctx.act(ops.set_protection(ctx, protected=True), owner=window)


def _answer(prefix: str) -> Callable[[MainWindow], object]:
    """Return what ticks the first two options of a question and goes on."""

    def answer(window: MainWindow) -> None:
        boxes = [
            box
            for box in window.findChildren(QCheckBox)
            if box.objectName().startswith(prefix) and box.isVisible()
        ]
        for box in boxes[:2]:
            if not box.isChecked():
                box.click()
        _click("report.forward")(window)

    return answer


def _to_end(window: MainWindow) -> None:
    area = window.findChild(QScrollArea, "report.scroll")
    if area is not None:
        area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())


def _gate(problem: SafetyError) -> Callable[[MainWindow], object]:
    def show(window: MainWindow) -> None:
        from safetyclient.ui.gate import gate_for

        ctx = window.ctx
        gate = gate_for(problem, say=ctx.say, look=ctx.look, asked=False)
        # Before a profile is open nothing is known of a session or of a server.
        window.session_banner.hide()
        window.strip.link.hide()
        window.strip.show_gate()
        window.show_gate(gate)

    return show


def _tab(name: str, number: int) -> Callable[[MainWindow], object]:
    def choose(window: MainWindow) -> None:
        from safetyclient.ui.widgets.basics import Tabs

        tabs = window.findChild(Tabs, name)
        if tabs is not None:
            tabs.choose(number)

    return choose
