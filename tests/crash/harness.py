"""Harness: runs the core in processes, kills them, and asks the ledger what arrived."""

from __future__ import annotations

import json
import multiprocessing
import shutil
import sqlite3
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from tests.crash import child
from tests.crash.child import Order
from tests.crash.mutants import Mutant

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.crash.child"])
_PATIENCE = 60.0


@dataclass
class Totals:
    """What all trials of one kind came to."""

    points: int = 0
    kills: int = 0
    operations: int = 0
    lost: int = 0
    doubled: int = 0
    asked: int = 0
    trials: int = 0
    notes: list[str] = field(default_factory=list[str])

    def line(self, name: str) -> str:
        """Return the one line that a run prints."""
        return (
            f"{name}: points {self.points}, kills {self.kills},"
            f" operations {self.operations}, lost {self.lost},"
            f" doubled {self.doubled}, asked {self.asked}"
        )


class Harness:
    """Trials on copies of one prepared profile against one server."""

    def __init__(
        self,
        template: Path,
        ledger: Path,
        order: Order,
        *,
        mutant: Mutant | None = None,
    ) -> None:
        self._template = template
        self._ledger = ledger
        self._order = replace(order, mutant=mutant)
        self.totals = Totals()

    def count(self) -> int:
        """Run once without a kill; returns the points that it passed."""
        done = self.trial([])
        points = done["points"]
        assert isinstance(points, int)
        self.totals.points = points
        return self.totals.points

    def trial(self, kills: list[int | float]) -> dict[str, object]:
        """Run to the end through kills: at points (int) or after seconds (float)."""
        folder = self._order.folder / f"trial-{self.totals.trials}"
        self.totals.trials += 1
        shutil.copytree(self._template, folder)
        since = self._last()
        for kill in kills:
            if self._run(folder, kill):
                self.totals.kills += 1
        while not (folder / "done").exists():
            self._run(folder, 0)
        done: dict[str, object] = json.loads((folder / "done").read_text())
        self._judge(folder, done, since, kills)
        shutil.rmtree(folder)
        return done

    def operations_and_effects(self) -> tuple[int, int]:
        """Return how many changes were made, and how many effects the ledger has."""
        return self.totals.operations, self._last()

    def _run(self, folder: Path, kill: float) -> bool:
        """Run the process once; returns whether it was killed."""
        if (folder / "done").exists():
            return False
        at = kill if isinstance(kill, int) else 0
        order = replace(self._order, folder=folder, die_at=at)
        process = _CONTEXT.Process(target=child.main, args=(order,))
        process.start()
        if isinstance(kill, float):
            process.join(kill)
            process.kill()
        process.join(_PATIENCE)
        code = process.exitcode
        process.close()
        assert code in {0, -9}, f"the process ended with {code}"
        return code == -9

    def _last(self) -> int:
        (found,) = self._rows("SELECT coalesce(max(id), 0) FROM effect_log")[0]
        assert isinstance(found, int)
        return found

    def _rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        connection = sqlite3.connect(f"file:{self._ledger}?mode=ro", uri=True)
        try:
            return connection.execute(query, values).fetchall()
        finally:
            connection.close()

    def _judge(
        self,
        folder: Path,
        done: dict[str, object],
        since: int,
        kills: list[int | float],
    ) -> None:
        found = self._rows("SELECT key FROM effect_log WHERE id > ?", since)
        arrived = Counter(str(row[0]) for row in found)
        kept = {str(c["id"]): str(c["status"]) for c in _changes(done)}
        kinds = {str(c["id"]): str(c["kind"]) for c in _changes(done)}
        promised = [
            str(id_)
            for line in (folder / "promised").read_text().splitlines()
            for id_ in json.loads(line)["changes"]
        ]
        totals = self.totals
        totals.operations += len(kept)
        totals.asked += sum(status == "unsure" for status in kept.values())
        lost = [id_ for id_ in promised if id_ not in kept] + [
            id_
            for id_, status in kept.items()
            if status == "accepted" and not arrived[id_]
        ]
        lost += [
            f"{c['kind']} {c['status']} {c['problem']}"
            for c in _changes(done)
            if c["status"] not in _ENDS
        ]
        # Without keys an absolute wish may be written again, harmlessly; a report
        # or a post may not.
        doubled = [
            id_
            for id_, number in arrived.items()
            if number > 1 and (not self._order.port or kinds[id_] == "report")
        ] + [id_ for id_ in arrived if id_ not in kept]
        totals.lost += len(lost)
        totals.doubled += len(doubled)
        if lost or doubled:
            totals.notes.append(f"kills {kills}: lost {lost}, doubled {doubled}")


_ENDS = frozenset({"accepted", "withdrawn", "unsure"})


def _changes(done: dict[str, object]) -> list[dict[str, object]]:
    return cast("list[dict[str, object]]", done["changes"])
