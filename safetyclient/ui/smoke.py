"""Smoke: paints every page once and prints how long each took, as JSON."""

from __future__ import annotations

import json
import sys

from PySide6.QtCore import QTimer

from safetyclient.ui.navigation import PAGES
from safetyclient.ui.running import Running
from safetyclient.ui.tour import Stop, Tour

DEADLINE_MS = 60_000


def run_smoke(running: Running) -> int:
    """Visit every page; the exit code is 1 when one did not come in time."""
    app, window = running.app, running.window
    pages: dict[str, float] = {}
    tour = Tour(window, [Stop(spec.id) for spec in PAGES])

    def arrived(stop: Stop, ms: float) -> None:
        picture = window.grab()
        pages[stop.label] = round(ms, 1)
        if picture.isNull():
            tour.late.append(stop.label)

    def ready() -> None:
        running.marks.note("opened")
        if window.ctx.is_open:
            tour.start()
        else:
            app.exit(1)

    tour.arrived.connect(arrived)
    tour.ended.connect(lambda: app.exit(1 if tour.late else 0))
    running.conductor.ready.connect(ready)
    running.bridge.crashed.connect(lambda: app.exit(1))
    watch = QTimer(app)
    watch.setSingleShot(True)
    watch.timeout.connect(lambda: app.exit(1))
    watch.start(DEADLINE_MS)
    window.show()
    code = app.exec()
    answer = {
        "marks": running.marks.at,
        "pages_ms": pages,
        "late": tour.late,
        "painted": len(pages),
    }
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
    return code if len(pages) == len(PAGES) else 1
