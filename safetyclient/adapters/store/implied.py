"""Implied: what an accepted absolute wish says even when the answer is silent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from safetyclient.application.store_ports import Settled
from safetyclient.domain.changes import Change, ChangeStatus
from safetyclient.domain.facts import (
    EntryFact,
    EntryGone,
    Fact,
    FollowerGone,
    ProtectionFact,
    RequestGone,
)
from safetyclient.domain.ids import PersonRef
from safetyclient.domain.lists import ListKind
from safetyclient.domain.people import Person
from safetyclient.domain.wishes import (
    AnswerRequest,
    RemoveFollower,
    SetBlock,
    SetMute,
    SetProtection,
)


def with_implied(outcome: Settled) -> tuple[Fact, ...]:
    """Return the facts of a result, with what follows from its acceptance."""
    if outcome.status is not ChangeStatus.ACCEPTED or outcome.problem:
        # A moot change was accepted without effect: only a removal is true then.
        gone = _gone(outcome.change) if outcome.problem else None
        moot = outcome.status is ChangeStatus.ACCEPTED and gone is not None
        return (*outcome.facts, gone) if moot and gone else outcome.facts
    implied = _implied(outcome.change)
    if implied is None or any(
        isinstance(fact, (ProtectionFact, EntryFact, EntryGone, RequestGone))
        and type(fact) is type(implied)
        for fact in outcome.facts
    ):
        return outcome.facts
    return (*outcome.facts, implied)


def named_person(outcomes: Sequence[Settled]) -> Iterator[tuple[Change, Person]]:
    """Yield accepted changes that named a handle, with the person of the answer."""
    for outcome in outcomes:
        person = outcome.change.person
        if person is None or person.id:
            continue
        for fact in outcome.facts:
            if isinstance(fact, EntryFact):
                yield outcome.change, fact.person
                break
            if isinstance(fact, (EntryGone, RequestGone, FollowerGone)):
                yield outcome.change, Person(id=fact.person, handle=person.handle)
                break


def _implied(change: Change) -> Fact | None:
    match change.wish:
        case SetProtection(protected=protected):
            return ProtectionFact(protected=protected)
        case SetBlock(person=person, blocked=True) as wish:
            return _entry(ListKind.BLOCKS, person, change, wish)
        case SetMute(person=person, muted=True) as wish:
            return _entry(ListKind.MUTES, person, change, wish)
        case _:
            return _gone(change)


def _entry(
    kind: ListKind, person: PersonRef, change: Change, wish: SetBlock | SetMute
) -> Fact | None:
    if not person.id:
        return None
    return EntryFact(
        kind=kind,
        person=Person(id=person.id, handle=person.handle or person.id),
        since=change.created,
        until=wish.until,
        note=wish.note,
    )


def _gone(change: Change) -> Fact | None:
    person = change.person
    if person is None or not person.id:
        return None
    match change.wish:
        case SetBlock(blocked=False):
            return EntryGone(kind=ListKind.BLOCKS, person=person.id)
        case SetMute(muted=False):
            return EntryGone(kind=ListKind.MUTES, person=person.id)
        case AnswerRequest():
            return RequestGone(person=person.id)
        case RemoveFollower():
            return FollowerGone(person=person.id)
        case _:
            return None
