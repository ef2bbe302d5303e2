"""Shapes of mutes and blocks: entries, pages, change feeds, bulk writes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

from safetyclient.wire.v1.common import ChangeKey, Id, Moment, Note, Who, Wire
from safetyclient.wire.v1.people import Person

BULK = 500
"""Most items of one bulk write."""


class Entry(Wire, frozen=True, kw_only=True):
    """Somebody muted or blocked: since when, until when, and why."""

    person: Person
    since: datetime
    until: datetime | None = None
    note: str = ""


class Entries(Wire, frozen=True, kw_only=True):
    """A page of a list; `mark` is the feed's position as of the first page."""

    items: list[Entry]
    next: str
    mark: str


class EntryChanges(Wire, frozen=True, kw_only=True):
    """What changed since a mark; `more` says to ask again from the new mark."""

    changed: list[Entry]
    removed: list[Id]
    mark: str
    more: bool


class EntryWish(Wire, frozen=True, kw_only=True):
    """How somebody is to stand on the list; an end in the past is over at once."""

    until: Moment | None = None
    note: Note = ""


class ListItem(Wire, frozen=True, kw_only=True):
    """One wish of a bulk write; `change` is its own idempotency key."""

    change: ChangeKey
    person: Who
    on: bool
    until: Moment | None = None
    note: Note = ""


class ListItems(Wire, frozen=True, kw_only=True):
    """A bulk write."""

    items: Annotated[list[ListItem], msgspec.Meta(max_length=BULK)]


class ItemResult(Wire, frozen=True, kw_only=True):
    """What became of one wish: an HTTP status, and a problem's code if refused."""

    change: str
    status: int
    code: str | None = None
    person: Person | None = None
    entry: Entry | None = None


class ItemResults(Wire, frozen=True, kw_only=True):
    """One result per wish, in the same order."""

    results: list[ItemResult]
