"""Models over windows: 100,000 rows scrolled with few of them in memory."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QObject, Qt
from pytestqt.qtbot import QtBot

from safetyclient.domain.ids import PersonId
from safetyclient.domain.lists import RowKey, Window
from safetyclient.domain.people import Person
from safetyclient.domain.rows import RowState
from safetyclient.ui.bridge import Bridge, Job, Problem
from safetyclient.ui.look import Look
from safetyclient.ui.models.entries import KEPT_WINDOWS, STEP, AnchoredTable
from safetyclient.ui.models.growing import FIRST, GrowingTable
from safetyclient.ui.models.rows import Column, person_text
from safetyclient.ui.widgets.table import RowView
from tests.ui.test_bridge import LoopThread, bridge, thread

__all__ = ["LoopThread", "bridge", "thread"]
ROWS = 100_000
Row = tuple[str, Person]


def say(key: str, **params: str | int) -> str:
    return key


class Numbers:
    """A list of numbers behind the same questions as the real one."""

    def __init__(self, count: int) -> None:
        self.keys = [(f"{number:07d}", str(number)) for number in range(count)]
        self.reads: list[tuple[RowKey | None, int, int]] = []

    async def count(self) -> int:
        return len(self.keys)

    async def anchors(self, step: int) -> tuple[RowKey, ...]:
        return tuple(self.keys[step - 1 :: step])

    async def window(
        self, *, after: RowKey | None, limit: int, offset: int
    ) -> Window[Row]:
        self.reads.append((after, limit, offset))
        first = 0 if after is None else bisect.bisect_right(self.keys, after)
        first += offset
        rows = [
            (key, Person(PersonId(number), handle=f"p{number}"))
            for key, number in self.keys[first : first + limit]
        ]
        return Window(rows=tuple(rows))


def columns() -> list[Column[Row]]:
    return [
        Column("person", lambda row: person_text(row[1]), person=lambda row: row[1]),
        Column("key", lambda row: row[0]),
        Column("state", lambda row: "on", state=lambda row: RowState.ON_SERVER),
    ]


def runner(bridge: Bridge) -> Callable[..., Job]:
    def run(
        coroutine: Coroutine[Any, Any, Any],
        *,
        owner: QObject,
        done: Callable[[Any], object] | None = None,
        failed: Callable[[Problem], object] | None = None,
    ) -> Job:
        return bridge.run(coroutine, owner=owner, done=done, failed=failed)

    return run


def test_a_hundred_thousand_rows_are_scrolled(bridge: Bridge, qtbot: QtBot) -> None:
    source = Numbers(ROWS)
    model = AnchoredTable(columns(), runner(bridge))
    view = RowView(model, Look(), say, name="list", label="list")
    qtbot.addWidget(view)
    view.resize(700, 500)
    view.show()
    model.read(source)
    qtbot.waitUntil(lambda: model.rowCount() == ROWS and not bridge.busy)
    for row in (50_000, 99_999, 3, 77_777, *range(0, ROWS, 997)):
        view.scrollTo(model.index(row, 0))
        view.grab()
        qtbot.waitUntil(lambda row=row: model.row_at(row) is not None)  # type: ignore[misc] # loop
        found = model.row_at(row)
        assert found is not None
        assert found[0] == f"{row:07d}"
        assert model.windows_in_memory <= KEPT_WINDOWS
    jumps = [offset for after, _, offset in source.reads if after is not None]
    assert len(jumps) > 50
    # Nothing was passed over: every jump began at an anchor.
    assert not any(jumps)


def test_the_first_window_does_not_wait_for_the_rest(
    bridge: Bridge, qtbot: QtBot
) -> None:
    source = Numbers(ROWS)
    model = AnchoredTable(columns(), runner(bridge))
    with qtbot.waitSignal(model.settled):
        model.read(source)
    assert source.reads == [(None, STEP, 0)]
    first = model.row_at(0)
    assert first is not None
    assert first[0] == "0000000"


def test_a_change_keeps_the_place(bridge: Bridge, qtbot: QtBot) -> None:
    source = Numbers(5000)
    model = AnchoredTable(columns(), runner(bridge))
    view = RowView(model, Look(), say, name="list", label="list")
    qtbot.addWidget(view)
    view.show()
    model.read(source)
    qtbot.waitUntil(lambda: not bridge.busy)
    view.grab()
    view.scrollTo(model.index(2500, 0))
    place = view.verticalScrollBar().value()
    assert place > 0
    model.read(source)
    qtbot.waitUntil(lambda: not bridge.busy)
    assert view.verticalScrollBar().value() == place


def test_a_growing_list_reads_on_at_its_end(bridge: Bridge, qtbot: QtBot) -> None:
    source = Numbers(1000)
    asked: list[RowKey | None] = []

    async def fetch(after: RowKey | None, limit: int) -> Window[Row]:
        asked.append(after)
        window = await source.window(after=after, limit=limit, offset=0)
        last = window.rows[-1] if window.rows else None
        more = last is not None and last[0] != source.keys[-1][0]
        key = (last[0], last[1].id) if last is not None and more else None
        return Window(rows=window.rows, next=key)

    model: GrowingTable[Row] = GrowingTable(columns(), runner(bridge))
    with qtbot.waitSignal(model.settled):
        model.read(fetch)
    assert model.rowCount() == FIRST
    while not model.complete:
        with qtbot.waitSignal(model.settled):
            model.fetchMore(model.index(-1, -1))
    assert model.rowCount() == 1000
    # Read again after a change: everything that was in memory, in one go.
    with qtbot.waitSignal(model.settled):
        model.read(fetch)
    assert model.rowCount() == 1000
    assert asked.count(None) == 2


def test_q1_tooltips_of_cells_are_escaped(bridge: Bridge, qtbot: QtBot) -> None:
    person = Person(PersonId("1"), handle="x", name="<b>x</b>")
    model: GrowingTable[Row] = GrowingTable(columns(), runner(bridge))

    async def fetch(after: RowKey | None, limit: int) -> Window[Row]:
        return Window(rows=(("<img src=/dev/zero>", person),))

    with qtbot.waitSignal(model.settled):
        model.read(fetch)
    tip = model.data(model.index(0, 1), Qt.ItemDataRole.ToolTipRole)
    assert tip == "<qt>&lt;img src=/dev/zero&gt;</qt>"
