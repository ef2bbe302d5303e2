"""The three sets of data that a server can begin with; pure, the same each time."""

from __future__ import annotations

from datetime import datetime

from safetyclient.backend.seed_cases import cases
from safetyclient.backend.seed_model import SeedData, SeedName
from safetyclient.backend.seed_people import (
    ALICE,
    cast,
    crowd,
    entries,
    follows,
    principals,
)
from safetyclient.backend.seed_posts import posts
from safetyclient.backend.seed_spaces import spaces

DEMO_BLOCKS, DEMO_MUTES = 3_500, 1_500
LARGE_BLOCKS, LARGE_MUTES = 100_000, 1_500


def build(name: SeedName, now: datetime, *, appeal_days: int = 20) -> SeedData:
    """Return the rows of a set.

    `demo` has people, posts, Spaces, cases and 5,000 mutes and blocks of alice;
    `large` is the same with 100,000 blocks; `empty` has only the four accounts that
    can be signed in to. `now` is the server's time, from which all times count.
    `appeal_days` is how long a decision can be appealed.
    """
    if name == "empty":
        return SeedData(people=principals(now))
    large = name == "large"
    blocks = LARGE_BLOCKS if large else DEMO_BLOCKS
    mutes = LARGE_MUTES if large else DEMO_MUTES
    people, listed = cast(now), crowd(blocks + mutes, now)
    written, rooms = posts(people, now), spaces(people, now)
    return SeedData(
        people=people + listed,
        follows=follows(people, now),
        entries=tuple(entries(ALICE, listed, blocks, now)),
        posts=written,
        spaces=rooms,
        cases=cases(written, rooms, now, appeal_days=appeal_days),
    )
