"""Windows, anchors, counts and search over mirrors and wishes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from safetyclient.adapters.store import Store
from safetyclient.application.store_ports import Settled
from safetyclient.domain.changes import ChangeStatus
from safetyclient.domain.ids import PersonId, PersonRef
from safetyclient.domain.lists import ListKind, RowKey
from safetyclient.domain.rows import RowState
from tests.adapters.store.kit import HOUR, NOW, block, entry, handles, opened, ref, walk
from tests.fakes.network import ALICE


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = opened(tmp_path)
    found.mirrors.apply(ALICE, [entry(n) for n in range(0, 40, 2)])
    yield found
    found.close()


def anchors(store: Store, step: int, search: str = "") -> tuple[RowKey, ...]:
    return store.lists.anchors(
        ALICE, ListKind.BLOCKS, search=search, step=step, now=NOW
    )


def test_wishes_stand_between_rows_of_the_mirror(store: Store) -> None:
    block(store, ref(3), ref(5))
    block(store, ref(4), on=False)
    rows = walk(store, limit=3)
    expected = sorted({*range(0, 40, 2), 3, 5} - {4})
    assert handles(rows) == [f"person{n:05}" for n in expected]
    states = {row.person.handle: row.state for row in rows}
    assert states["person00003"] is RowState.WAITING
    assert states["person00002"] is RowState.ON_SERVER
    assert store.lists.count(ALICE, ListKind.BLOCKS, search="", now=NOW) == 21


def test_anchors_are_the_keys_where_pages_begin(store: Store) -> None:
    block(store, ref(3), ref(5))
    rows = walk(store)
    keys = anchors(store, 5)
    assert [key[0] for key in keys] == [
        rows[n].person.handle for n in range(4, len(rows), 5)
    ]
    window = store.lists.window(
        ALICE, ListKind.BLOCKS, search="", after=keys[1], limit=3, offset=1, now=NOW
    )
    assert list(window.rows) == rows[11:14]


def test_a_refused_wish_shows_what_the_server_has(store: Store) -> None:
    on, off = block(store, ref(7))[0], block(store, ref(8), on=False)[0]
    refused = [Settled(c, ChangeStatus.REJECTED, problem="invalid") for c in (on, off)]
    store.outbox.settle(ALICE, refused, now=NOW)
    rows = {row.person.handle: row for row in walk(store)}
    for handle, change in (("person00007", on), ("person00008", off)):
        assert rows[handle].state is RowState.REFUSED
        assert rows[handle].problem == "invalid"
        assert rows[handle].change == change.id
    store.outbox.dismiss([on.id, off.id])
    rows = {row.person.handle: row for row in walk(store)}
    assert "person00007" not in rows
    assert rows["person00008"].state is RowState.ON_SERVER


def test_an_entry_ends_by_itself(store: Store) -> None:
    store.mirrors.apply(ALICE, [entry(1, until=NOW + HOUR)])
    assert "person00001" in handles(walk(store))
    assert "person00001" not in handles(walk(store, now=NOW + HOUR))


def test_the_latest_wish_wins_and_gives_way_when_withdrawn(store: Store) -> None:
    first = block(store, ref(2), on=False)[0]
    second = block(store, ref(2))[0]
    assert store.lists.seen(ALICE, ListKind.BLOCKS, [ref(2)], now=NOW)
    store.outbox.withdraw([second.id], by=None)
    assert not store.lists.seen(ALICE, ListKind.BLOCKS, [ref(2)], now=NOW)
    store.outbox.withdraw([first.id], by=None)
    found = store.lists.seen(ALICE, ListKind.BLOCKS, [ref(2)], now=NOW)
    assert found[ref(2).key].state is RowState.ON_SERVER


def test_a_handle_and_its_id_are_one_person(store: Store) -> None:
    by_handle = PersonRef(PersonId(""), "person00051")
    block(store, by_handle)
    block(store, ref(51), on=False)
    assert "person00051" not in handles(walk(store))


@pytest.mark.parametrize("indexed", [False, True])
@pytest.mark.parametrize(
    ("search", "expected"),
    [("person0001", 5), ("12", 1), ("Name 3", 5), ("%", 0), ("PERSON00038", 1)],
)
def test_search_finds_the_same_with_and_without_the_index(
    store: Store, indexed: bool, search: str, expected: int
) -> None:
    while indexed and store.lists.index_slice(7):
        pass
    assert len(walk(store, search=search)) == expected
    found = store.lists.count(ALICE, ListKind.BLOCKS, search=search, now=NOW)
    assert found == expected


def test_the_index_follows_changes(store: Store) -> None:
    while store.lists.index_slice(7):
        pass
    store.mirrors.apply(ALICE, [entry(2, note="zebra crossing"), entry(90)])
    assert handles(walk(store, search="zebra")) == ["person00002"]
    while store.lists.index_slice(7):
        pass
    assert handles(walk(store, search="zebra")) == ["person00002"]
    assert handles(walk(store, search="person00090")) == ["person00090"]
    rows = store.database.all(
        "SELECT rowid FROM entry_words WHERE entry_words MATCH '\"zebra\"'"
    )
    assert len(rows) == 1


def test_ten_thousand_rows_by_windows(tmp_path: Path) -> None:
    store = opened(tmp_path / "large")
    store.mirrors.apply(ALICE, [entry(n) for n in range(10_000)])
    block(store, *[ref(n) for n in range(10_000, 10_300)])
    rows = walk(store, limit=1000)
    assert len(rows) == 10_300
    assert handles(rows) == sorted(handles(rows))
    assert len(anchors(store, 200)) == 51
    store.close()
