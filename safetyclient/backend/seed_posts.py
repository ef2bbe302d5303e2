"""Posts of the demo data, some with pictures and warnings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from safetyclient.backend.seed_dice import cycle, dice, words
from safetyclient.backend.seed_model import SeedMedia, SeedPerson, SeedPost
from safetyclient.backend.seed_people import ALICE, BOB, CAROL, MOD
from safetyclient.backend.seed_pictures import picture

POSTS = 2_000
WITH_MEDIA = 400
_WARNINGS: tuple[tuple[str, ...], ...] = (
    (),
    (),
    ("sensitive",),
    (),
    ("nudity",),
    (),
    ("violence", "sensitive"),
    (),
    ("nudity", "violence", "sensitive"),
    (),
    ("violence",),
)
# Eleven in turn: no rhythm of the posts hits the same ones again and again.


def _text(data: dict[str, Any], index: int) -> str:
    """Return the text of post `index`: plain, foreign, unkind or hostile."""
    if index % 50 == 11:
        return str(cycle(data["hostile"], index // 50))
    if index % 40 == 7:
        return str(cycle(data["unkind"], index // 40))
    if index % 6 == 5:
        return str(cycle(data["foreign"], index // 6))
    opener = cycle(data["openers"], index)
    return f"{opener} {cycle(data['middles'], index)}{cycle(data['endings'], index)}"


def _author(index: int, others: Sequence[int], roll: Any) -> int:
    """Return who wrote post `index`; alice wrote two of thirty, one with media."""
    if index % 30 in {0, 3}:
        return ALICE
    if index % 45 == 1:
        return BOB
    if index % 60 == 2:
        return CAROL
    return int(roll.choice(others))


def posts(people: Sequence[SeedPerson], now: datetime) -> tuple[SeedPost, ...]:
    """Return `POSTS` posts, oldest first; `WITH_MEDIA` of them with pictures.

    Every fifth has one to three files; each file has warnings of its own.
    """
    data, roll = words("posts"), dice("posts")
    others = [person.id for person in people if person.id > MOD]
    found: list[SeedPost] = []
    media_id = 1
    step = POSTS // WITH_MEDIA
    for index in range(POSTS):
        files = 1 + index // step % 3 if index % step == 0 else 0
        media = tuple(
            SeedMedia(
                id=media_id + place,
                picture=picture(media_id + place),
                description=cycle(data["descriptions"], index // step + place),
                warnings=cycle(_WARNINGS, media_id + place),
            )
            for place in range(files)
        )
        media_id += files
        found.append(
            SeedPost(
                id=index + 1,
                author=_author(index, others, roll),
                text=_text(data, index),
                audience="followers" if index % 11 == 4 else "everyone",
                created=now - timedelta(minutes=7 + (POSTS - index) * 97),
                media=media,
            )
        )
    return tuple(found)
