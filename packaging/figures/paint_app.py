"""CPU of the real start up to the first painted frame, and the widgets it shows."""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter

from safetyclient.__main__ import main as start
from safetyclient.application.launch import Launch


def qt_class(widget: object) -> str:
    """Return the name of the Qt class that a widget is made from."""
    for kind in type(widget).__mro__:
        if kind.__module__ == "PySide6.QtWidgets":
            return kind.__name__
    return "QWidget"


def run_to_first_frame(launch: Launch) -> int:
    """Build and show the window as the app does; print and leave at the first frame."""
    from safetyclient.ui import app

    running = app.build(launch)

    def painted() -> None:
        widgets = Counter(qt_class(w) for w in running.app.allWidgets())
        seconds = running.marks.at["first_frame"]["cpu_ms"] / 1000
        print(json.dumps({"cpu": seconds, "widgets": widgets}), flush=True)
        running.app.quit()

    running.window.painted.connect(painted)
    running.window.show()
    code = running.app.exec()
    app.shut_down(running, launch)
    return code


def main() -> int:
    """Start as `safetyclient` does, with another end."""
    from safetyclient.bootstrap import window

    window.start_ui = run_to_first_frame
    with tempfile.TemporaryDirectory() as folder:
        return start(["--profile", folder, "--vault", "session"])


if __name__ == "__main__":
    sys.exit(main())
