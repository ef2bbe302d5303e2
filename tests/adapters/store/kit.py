"""Stores and facts for tests of the store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from safetyclient.adapters.store import Store
from safetyclient.domain.accounts import Credential
from safetyclient.domain.changes import Batch, Change, ChangeKind
from safetyclient.domain.facts import EntryFact
from safetyclient.domain.ids import (
    DraftId,
    PersonId,
    PersonRef,
    SubjectKind,
    SubjectRef,
    new_batch_id,
    new_change_id,
)
from safetyclient.domain.lists import ListEntry, ListKind, RowKey
from safetyclient.domain.people import Person
from safetyclient.domain.reports import ReportDraft, SubjectSnapshot
from safetyclient.domain.wishes import SetBlock
from tests.fakes.network import ALICE, account

KEY = bytes(range(32))
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
FILE = "store.db"


def opened(folder: Path, key: bytes = KEY) -> Store:
    """Open the store of a profile, with one account in it."""
    store = Store.open(folder / "profile" / FILE, key)
    store.accounts.put(account(), Credential("https://fake", "CANARY-token"))
    return store


def entry(
    number: int,
    *,
    kind: ListKind = ListKind.BLOCKS,
    until: datetime | None = None,
    note: str = "",
) -> EntryFact:
    """Return a fact about one of many people."""
    found = Person(PersonId(str(number)), f"person{number:05}", f"Name {number}")
    return EntryFact(kind, found, NOW, until, note)


def block(store: Store, *people: PersonRef, on: bool = True) -> tuple[Change, ...]:
    """Record one batch of blocks."""
    batch = Batch(id=new_batch_id(), account=ALICE, title="block", created=NOW)
    changes = tuple(
        Change(
            id=new_change_id(),
            batch=batch.id,
            account=ALICE,
            kind=ChangeKind.BLOCK,
            subject=person.key,
            wish=SetBlock(person, blocked=on, note="CANARY-note"),
            created=NOW,
        )
        for person in people
    )
    store.outbox.record(batch, changes)
    return changes


def ref(number: int) -> PersonRef:
    """Return one of many people."""
    return PersonRef(PersonId(str(number)), f"person{number:05}")


def draft(name: str = "d1", text: str = "CANARY-draft") -> ReportDraft:
    """Return a draft that holds a text."""
    return ReportDraft(
        id=DraftId(name),
        account=ALICE,
        subject=SubjectSnapshot(SubjectRef(SubjectKind.POST, "1"), "", NOW, text=text),
        answers=(("symptom", ("spam",)), ("comment", text), ("danger", False)),
        created=NOW,
        changed=NOW,
    )


def walk(
    store: Store, *, search: str = "", limit: int = 7, now: datetime = NOW
) -> list[ListEntry]:
    """Read all blocks by windows."""
    rows: list[ListEntry] = []
    after: RowKey | None = None
    while True:
        window = store.lists.window(
            ALICE,
            ListKind.BLOCKS,
            search=search,
            after=after,
            limit=limit,
            offset=0,
            now=now,
        )
        rows += window.rows
        after = window.next
        if after is None:
            return rows


def handles(rows: list[ListEntry]) -> list[str]:
    """Return the handles of rows."""
    return [row.person.handle for row in rows]
