"""Entry rows: list entries as rows; a hundred thousand of them at the first sync."""

from __future__ import annotations

from collections.abc import Sequence

from safetyclient.adapters.store.codec import end_text, flags_of
from safetyclient.adapters.store.database import Value
from safetyclient.domain.facts import EntryFact


def entry_rows(
    number: int, generation: int, facts: Sequence[EntryFact]
) -> list[tuple[Value, ...]]:
    """Return the rows of entries in the order of `mirror_entry`'s columns."""
    rows: list[tuple[Value, ...]] = []
    for fact in facts:
        person = fact.person
        handle = person.handle
        rows.append(
            (
                number,
                person.id,
                handle.casefold(),
                handle,
                person.name,
                flags_of(person),
                end_text(fact.since),
                end_text(fact.until),
                fact.note,
                generation,
            )
        )
    return rows
