"""Wish columns: the parts of a wish that queries need, beside its JSON."""

from __future__ import annotations

from dataclasses import replace

from safetyclient.adapters.store.codec import end_text
from safetyclient.adapters.store.database import Value
from safetyclient.domain.changes import Change
from safetyclient.domain.ids import PersonRef
from safetyclient.domain.people import Person
from safetyclient.domain.wishes import (
    AnswerRequest,
    RemoveFollower,
    SetBlock,
    SetMute,
    SetProtection,
    Wish,
)

WISH_COLUMNS = "person, handle, sort_key, row_id, is_on, until, note"

_NOBODY: tuple[Value, ...] = ("", "", "", "", 0, None, "")


def wish_columns(change: Change) -> tuple[Value, ...]:
    """Return the values of `WISH_COLUMNS`."""
    wish = change.wish
    match wish:
        case SetBlock(person=person, blocked=on) | SetMute(person=person, muted=on):
            return (*_person(person), int(on), end_text(wish.until), wish.note)
        case AnswerRequest(person=person, accept=on):
            return (*_person(person), int(on), None, "")
        case RemoveFollower(person=person):
            return (*_person(person), 0, None, "")
        case SetProtection(protected=on):
            return ("", "", "", "", int(on), None, "")
        case _:
            return _NOBODY


def with_person(change: Change, person: Person) -> Change:
    """Return a change that named a handle, with the person's id."""
    ref = person.ref
    before = change.before
    return replace(
        change,
        subject=ref.key,
        wish=_named(change.wish, ref),
        before=None if before is None else _named(before, ref),
    )


def _named(wish: Wish, person: PersonRef) -> Wish:
    if isinstance(wish, (SetBlock, SetMute, AnswerRequest, RemoveFollower)):
        return replace(wish, person=person)
    return wish


def _person(person: PersonRef) -> tuple[Value, Value, Value, Value]:
    sort_key = (person.handle or person.id).casefold()
    return person.id, person.handle, sort_key, person.id or f"@{person.handle}"
