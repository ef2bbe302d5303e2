"""Floor: the same kinds and numbers of plain widgets in plain PySide6.

Run with a JSON object `{widget class: number}`; `{}` is a bare window. Prints the CPU
seconds of this whole process up to the first painted frame.
"""

from __future__ import annotations

import json
import resource
import sys


def cpu() -> float:
    """Return the CPU seconds that this process has used."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Build, show, paint, print."""
    counts: dict[str, int] = json.loads(sys.argv[1])
    if counts:
        import asyncio  # noqa: F401  (the app needs them before its first frame)

        import msgspec  # noqa: F401
    from PySide6 import QtCore, QtWidgets

    app = QtWidgets.QApplication(["floor"])
    app.setStyle("Fusion")
    window = QtWidgets.QMainWindow()
    body = QtWidgets.QWidget()
    layout = QtWidgets.QVBoxLayout(body)
    for name, number in counts.items():
        kind = getattr(QtWidgets, name, QtWidgets.QWidget)
        if kind is QtWidgets.QMainWindow:
            kind = QtWidgets.QWidget
        for _ in range(number):
            widget = (
                kind() if kind is not QtWidgets.QMainWindow else QtWidgets.QWidget()
            )
            if hasattr(widget, "setText"):
                widget.setText("text")
            layout.addWidget(widget)
    window.setCentralWidget(body)
    window.resize(1100, 720)

    class FirstPaint(QtCore.QObject):
        def eventFilter(self, _watched: object, event: QtCore.QEvent) -> bool:
            if event.type() == QtCore.QEvent.Type.Paint:
                window.removeEventFilter(self)
                QtCore.QTimer.singleShot(0, app.quit)
            return False

    watcher = FirstPaint()
    window.installEventFilter(watcher)
    window.show()
    app.exec()
    print(json.dumps({"cpu": cpu()}), flush=True)


if __name__ == "__main__":
    main()
