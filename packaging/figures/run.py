"""Runs the figures: each beside its floor, medians of several fresh processes."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
SAMPLES = 5


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: `holds` is None where there is no goal, only a report."""

    value: float
    unit: str
    goal: str
    holds: bool | None
    floor: dict[str, float] = field(default_factory=dict[str, float])
    samples: list[float] = field(default_factory=list[float])


def script(name: str, *arguments: str) -> dict[str, Any]:
    """Run a script of this folder in a fresh process and return its JSON."""
    done = subprocess.run(
        [sys.executable, str(HERE / name), *arguments],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        text=True,
        stdout=subprocess.PIPE,
        check=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def ratio(values: list[float], floors: list[float], goal: float) -> Figure:
    """Return a figure that is a ratio of medians."""
    value = statistics.median(values) / statistics.median(floors)
    return Figure(
        value=round(value, 3),
        unit="ratio",
        goal=f"<= {goal}",
        holds=value <= goal,
        floor={"median": round(statistics.median(floors), 4)},
        samples=[round(v, 4) for v in values],
    )


def first_paint() -> dict[str, Figure]:
    """CPU to the first painted frame, beside plain widgets and a bare window."""
    app = [script("paint_app.py") for _ in range(SAMPLES)]
    counts = json.dumps(app[0]["widgets"])
    floor = [script("paint_floor.py", counts)["cpu"] for _ in range(SAMPLES)]
    bare = [script("paint_floor.py", "{}")["cpu"] for _ in range(SAMPLES)]
    cpu = [run["cpu"] for run in app]
    return {
        "first_paint_over_plain_widgets": ratio(cpu, floor, 1.5),
        "first_paint_over_bare_window": ratio(cpu, bare, 2.2),
    }


def first_sync() -> dict[str, Figure]:
    """CPU of a first sync of 100,000 blocks, beside a bare loop; index apart."""
    app = [script("sync_app.py") for _ in range(SAMPLES)]
    floor = [script("sync_floor.py")["cpu"] for _ in range(SAMPLES)]
    index = [run["index_cpu"] for run in app]
    return {
        "first_sync_over_bare_loop": ratio([run["cpu"] for run in app], floor, 1.5),
        "search_index_cpu": Figure(
            value=round(statistics.median(index), 3),
            unit="s",
            goal="reported apart",
            holds=None,
            samples=[round(v, 3) for v in index],
        ),
    }


def heartbeat() -> dict[str, Figure]:
    """Gaps of a 5 ms beat on the Qt thread while 100,000 rows are synced."""
    app = script("heartbeat.py", "app")
    idle = script("heartbeat.py", "idle")
    figures: dict[str, Figure] = {}
    for name, goal in (("p999", 50.0), ("max", 100.0)):
        figures[f"heartbeat_{name}"] = Figure(
            value=round(app[name], 2),
            unit="ms",
            goal=f"<= {goal}",
            holds=app[name] <= goal,
            floor={"idle_window": round(idle[name], 2)},
            samples=[float(app["beats"])],
        )
    figures["first_rows_of_100000_cpu"] = Figure(
        value=round(app["first_rows_cpu"], 3),
        unit="s",
        goal="reported",
        holds=None,
    )
    return figures


def outbox() -> dict[str, Figure]:
    """10,000 blocks accepted into the outbox and seen in the list, then drained."""
    runs = [script("outbox.py") for _ in range(SAMPLES)]
    cpu = [run["cpu_ms"] for run in runs]
    value = statistics.median(cpu)
    doubled = max(run["doubled"] for run in runs)
    lost = max(run["lost"] for run in runs)
    return {
        "outbox_10000_blocks_cpu": Figure(
            value=round(value, 1),
            unit="ms",
            goal="<= 300",
            holds=value <= 300,
            floor={"executemany_ms": round(runs[0]["floor_ms"], 1)},
            samples=[round(v, 1) for v in cpu],
        ),
        "outbox_10000_blocks_doubled_or_lost": Figure(
            value=doubled + lost, unit="changes", goal="== 0", holds=doubled + lost == 0
        ),
    }


GROUPS: dict[str, Callable[[], dict[str, Figure]]] = {
    "first_paint": first_paint,
    "first_sync": first_sync,
    "heartbeat": heartbeat,
    "outbox": outbox,
}


def main() -> int:
    """Run the groups that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("groups", nargs="*", choices=[*GROUPS, []])
    chosen = parser.parse_args()
    figures: dict[str, Figure] = {}
    for name in chosen.groups or GROUPS:
        figures |= GROUPS[name]()
    if chosen.json:
        print(json.dumps({k: asdict(f) for k, f in figures.items()}, indent=1))
        return 0
    for name, figure in figures.items():
        verdict = {True: "holds", False: "MISSED", None: ""}[figure.holds]
        floor = ", ".join(f"{k} {v}" for k, v in figure.floor.items())
        print(
            f"{name}: {figure.value} {figure.unit} (goal {figure.goal}) "
            f"{verdict} {f'[floor: {floor}]' if floor else ''}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
