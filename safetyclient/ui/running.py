"""What lives while the window lives, and when things happened in its life."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from safetyclient.application.core_thread import CoreThread
from safetyclient.ui.bridge import Bridge
from safetyclient.ui.conductor import Conductor
from safetyclient.ui.context import Context
from safetyclient.ui.main_window import MainWindow
from safetyclient.ui.scheme import WindowSettings


@dataclass(slots=True)
class Marks:
    """When things happened, in milliseconds since the process began to count."""

    at: dict[str, dict[str, float]] = field(
        default_factory=dict[str, "dict[str, float]"]
    )

    def note(self, name: str) -> None:
        """Note elapsed time and processor time once per name."""
        self.at.setdefault(
            name,
            {
                "wall_ms": round(time.perf_counter() * 1000, 1),
                "cpu_ms": round(time.process_time() * 1000, 1),
            },
        )


class Tint(QObject):
    """Carries the portal's answer over to the Qt thread."""

    answered = Signal(object)


@dataclass(slots=True)
class Running:
    """Everything that lives while the window lives."""

    app: QApplication
    core: CoreThread
    bridge: Bridge
    ctx: Context
    window: MainWindow
    conductor: Conductor
    settings: WindowSettings
    marks: Marks
    tint: Tint
