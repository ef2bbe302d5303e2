"""Spaces of the demo data: live, scheduled and ended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from safetyclient.backend.seed_dice import dice, words
from safetyclient.backend.seed_model import SeedParticipant, SeedPerson, SeedSpace
from safetyclient.backend.seed_people import ALICE, BOB, MOD


def _participants(
    row: dict[str, Any], cast: Sequence[int], starts: datetime, now: datetime
) -> Iterator[SeedParticipant]:
    """Yield host, two co-hosts, four speakers and the listeners of a Space."""
    begun = row["starts"] < 0
    length = min(row["ends"], 0) - row["starts"]
    for place, person in enumerate(cast):
        role: Any = (
            "host"
            if place == 0
            else "co_host"
            if place <= 2
            else "speaker"
            if place <= 6
            else "listener"
        )
        if not begun and role == "listener":
            return
        late = timedelta(seconds=place * 37 % max(length * 60, 1))
        yield SeedParticipant(
            person=person, role=role, joined=min(starts + late, now) if begun else None
        )


def spaces(people: Sequence[SeedPerson], now: datetime) -> tuple[SeedSpace, ...]:
    """Return the Spaces of `resources/seed/spaces.toml`, moved to `now`.

    Alice listens in the first, bob hosts the second.
    """
    roll = dice("spaces")
    public = [p.id for p in people if p.id > MOD and not p.protected]
    found: list[SeedSpace] = []
    for index, row in enumerate(words("spaces")["space"]):
        cast = roll.sample(public, 7 + row["listeners"])
        if index == 0:
            cast.append(ALICE)
        if index == 1:
            cast[0] = BOB
        starts = now + timedelta(minutes=row["starts"])
        found.append(
            SeedSpace(
                id=index + 1,
                title=row["title"],
                topic=row["topic"],
                starts=starts,
                ends=now + timedelta(minutes=row["ends"]),
                recorded=row["recorded"],
                has_video=row["has_video"],
                participants=tuple(_participants(row, cast, starts, now)),
            )
        )
    return tuple(found)
