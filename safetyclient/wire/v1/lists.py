"""Shapes of mutes and blocks: entries, pages, change feeds, bulk writes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

from safetyclient.wire.v1.common import ChangeKey, Id, Moment, Note, Who, Wire
from safetyclient.wire.v1.people import Person

BULK = 500
"""Most items of one bulk write."""


class Entry(Wire):
    """Somebody muted or blocked: since when, until when, and why."""

    person: Person
    since: datetime
    until: datetime | None = None
    note: str = ""


class Entries(Wire):
    """A page of a list; `mark` is the feed's position as of the first page."""

    items: list[Entry]
    next: str
    mark: str


class EntryChanges(Wire):
    """What changed since a mark; `more` says to ask again from the new mark."""

    changed: list[Entry]
    removed: list[Id]
    mark: str
    more: bool


class EntryWish(Wire):
    """How somebody is to stand on the list; an end in the past is over at once."""

    until: Moment | None = None
    note: Note = ""


class ListItem(Wire):
    """One wish of a bulk write; `change` is its own idempotency key."""

    change: ChangeKey
    person: Who
    on: bool
    until: Moment | None = None
    note: Note = ""


class ListItems(Wire):
    """A bulk write."""

    items: Annotated[list[ListItem], msgspec.Meta(max_length=BULK)]


class ItemResult(Wire):
    """What became of one wish: an HTTP status, and a problem's code if refused."""

    change: str
    status: int
    code: str | None = None
    person: Person | None = None
    entry: Entry | None = None


class ItemResults(Wire):
    """One result per wish, in the same order."""

    results: list[ItemResult]
