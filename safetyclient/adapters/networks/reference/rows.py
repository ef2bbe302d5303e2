"""Rows of long lists, decoded straight into domain people.

A list may hold 100,000 rows: building a wire person and then a domain one for each
would cost more than reading them. A test holds these shapes to those of the wire.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from safetyclient.domain.facts import EntryFact
from safetyclient.domain.lists import ListKind
from safetyclient.domain.people import Person


class Row(msgspec.Struct, frozen=True, gc=False):
    """One entry of a list."""

    person: Person
    since: datetime
    until: datetime | None = None
    note: str = ""


class Rows(msgspec.Struct, frozen=True):
    """A page of a list."""

    items: list[Row]
    next: str
    mark: str


class RowChanges(msgspec.Struct, frozen=True):
    """What changed on a list."""

    changed: list[Row]
    removed: list[str]
    mark: str
    more: bool


def facts(kind: ListKind, rows: list[Row]) -> tuple[EntryFact, ...]:
    """Return rows as facts about one list."""
    return tuple(
        [EntryFact(kind, row.person, row.since, row.until, row.note) for row in rows]
    )
