"""Evidence: items in a hash chain, and what may never be captured.

Each item's digest covers its own fields and the digest before it, so that an item
that was changed, removed or put in later is noticed.
"""

from __future__ import annotations

import enum
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from safetyclient.domain.flow_guards import Answers, address_only, concerns_child
from safetyclient.domain.reports import SubjectSnapshot


class EvidenceKind(enum.Enum):
    """What an item holds."""

    ADDRESS = "address"
    TEXT = "text"
    PEOPLE = "people"
    MEDIA = "media"


class Keeping(enum.Enum):
    """How much may be kept."""

    ADDRESS_ONLY = "address_only"
    NO_MEDIA = "no_media"
    ALL = "all"


_ALLOWED = {
    Keeping.ADDRESS_ONLY: frozenset({EvidenceKind.ADDRESS}),
    Keeping.NO_MEDIA: frozenset(EvidenceKind) - {EvidenceKind.MEDIA},
    Keeping.ALL: frozenset(EvidenceKind),
}


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """One thing that was seen, when, and the digest that ties it to the one before.

    `text` is foreign; for media it is the SHA-256 of the bytes.
    """

    number: int
    kind: EvidenceKind
    ref: str
    url: str
    taken: datetime
    text: str = ""
    previous: str = ""
    digest: str = ""


def keeping(answers: Answers) -> Keeping:
    """Return how much may be kept with these answers."""
    if address_only(answers):
        return Keeping.ADDRESS_ONLY
    return Keeping.NO_MEDIA if concerns_child(answers) else Keeping.ALL


def chain(items: Iterable[EvidenceItem]) -> tuple[EvidenceItem, ...]:
    """Number items and tie each to the one before."""
    tied: list[EvidenceItem] = []
    previous = ""
    for number, item in enumerate(items, start=1):
        loose = replace(item, number=number, previous=previous, digest="")
        previous = digest_of(loose)
        tied.append(replace(loose, digest=previous))
    return tuple(tied)


def digest_of(item: EvidenceItem) -> str:
    """Return the SHA-256 over all fields of an item but its own digest."""
    fields = [
        item.number,
        item.kind.value,
        item.ref,
        item.url,
        item.taken.astimezone(UTC).isoformat(),
        item.text,
        item.previous,
    ]
    written = json.dumps(fields, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def broken_at(items: Sequence[EvidenceItem]) -> int | None:
    """Return the number of the first item that does not fit, or None when all do."""
    previous = ""
    for number, item in enumerate(items, start=1):
        fits = item.number == number and item.previous == previous
        if not fits or item.digest != digest_of(item):
            return number
        previous = item.digest
    return None


def reduce_items(
    items: Sequence[EvidenceItem], how: Keeping
) -> tuple[EvidenceItem, ...]:
    """Return what may stay, tied anew; the same items when all may stay."""
    kept = [item for item in items if item.kind in _ALLOWED[how]]
    return tuple(items) if len(kept) == len(items) else chain(kept)


def reduce_snapshot(snapshot: SubjectSnapshot, how: Keeping) -> SubjectSnapshot:
    """Return a snapshot without what may not be kept."""
    if how is not Keeping.ADDRESS_ONLY:
        return snapshot
    return SubjectSnapshot(ref=snapshot.ref, url=snapshot.url, taken=snapshot.taken)


def items_of(snapshot: SubjectSnapshot) -> tuple[EvidenceItem, ...]:
    """Return the chain that a snapshot makes: address, then text, then people."""
    ref, url, taken = str(snapshot.ref), snapshot.url, snapshot.taken
    found = [EvidenceItem(0, EvidenceKind.ADDRESS, ref, url, taken)]
    seen = [part for part in (snapshot.summary, snapshot.text) if part]
    if seen:
        text = "\n".join(seen)
        found.append(EvidenceItem(0, EvidenceKind.TEXT, ref, url, taken, text))
    people = list(snapshot.people)
    if snapshot.author or snapshot.author_id:
        people.insert(0, ("author", snapshot.author_id, snapshot.author))
    if people:
        text = "\n".join(" ".join(person) for person in people)
        found.append(EvidenceItem(0, EvidenceKind.PEOPLE, ref, url, taken, text))
    return chain(found)
