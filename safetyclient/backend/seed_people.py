"""People of the demo data, who follows whom, and long lists of mutes and blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from safetyclient.backend.seed_dice import cycle, dice, words
from safetyclient.backend.seed_model import ListName, SeedEntry, SeedFollow, SeedPerson

ALICE, BOB, CAROL, MOD = 1, 2, 3, 4
"""Ids of the accounts that can be signed in to."""
CAST = 320
"""People who write, follow and speak; more exist only to stand on lists."""
_FIRST_CROWD = 1_001
_PASSWORD = "demo-{handle}-password"  # noqa: S105 - demo accounts, printed at start


def principals(now: datetime) -> tuple[SeedPerson, ...]:
    """Return alice, bob, carol and mod: the accounts of every set of data."""
    rows = (
        (ALICE, "alice", "Alice Harper", "Potter. Talks too much about clay.", "user"),
        (BOB, "bob", "Bob Ferreira", "Trams and tides.", "user"),
        (CAROL, "carol", "Carol Nakagawa", "Approves followers by hand.", "user"),
        (MOD, "mod", "Moderation", "We read what you send us.", "moderator"),
    )
    return tuple(
        SeedPerson(
            id=number,
            handle=handle,
            name=name,
            bio=bio,
            created=now - timedelta(days=900),
            role=role,
            password=_PASSWORD.format(handle=handle),
        )
        for number, handle, name, bio, role in rows
    )


@dataclass(frozen=True, slots=True)
class _Names:
    """Given names with their latin form, and family names, of one script."""

    given: Sequence[tuple[str, str]]
    family: Sequence[str]


def _scripts(data: dict[str, Any]) -> tuple[_Names, ...]:
    order = ("latin", "arabic", "latin", "hebrew", "latin", "cjk")
    return tuple(
        _Names(
            [(name, latin) for name, latin in data[key]["given"]], data[key]["family"]
        )
        for key in order
    )


def _ordinary(first: int, count: int, now: datetime) -> Iterator[SeedPerson]:
    """Yield people with ordinary names of several scripts; every ninth an emoji."""
    data = words("people")
    scripts = _scripts(data)
    bios, marks = data["bios"]["lines"], data["emoji"]["marks"]
    for index in range(count):
        names = cycle(scripts, index)
        given, latin = cycle(names.given, index // len(scripts))
        family = cycle(names.family, index // 3)
        mark = f" {cycle(marks, index)}" if index % 9 == 4 else ""
        yield SeedPerson(
            id=first + index,
            handle=f"{latin}_{first + index}",
            name=f"{given} {family}{mark}",
            bio=cycle(bios, index),
            created=now - timedelta(days=30 + index * 7 % 800),
            protected=index % 8 == 3,
        )


def _hostile(first: int, now: datetime) -> Iterator[SeedPerson]:
    """Yield people whose names try to break what shows them."""
    for index, row in enumerate(words("people")["hostile"]):
        yield SeedPerson(
            id=first + index,
            handle=row["handle"],
            name=row["name"] * row.get("times", 1),
            bio=row["bio"],
            created=now - timedelta(days=60 + index),
        )


def cast(now: datetime) -> tuple[SeedPerson, ...]:
    """Return the people of the demo data, `CAST` of them with ids from 1.

    Carol and every eighth of the others are protected.
    """
    alice, bob, carol, mod = principals(now)
    guarded = SeedPerson(
        id=carol.id,
        handle=carol.handle,
        name=carol.name,
        bio=carol.bio,
        created=carol.created,
        protected=True,
        password=carol.password,
    )
    hostile = tuple(_hostile(MOD + 1, now))
    first = MOD + 1 + len(hostile)
    rest = tuple(_ordinary(first, CAST - first + 1, now))
    return (alice, bob, guarded, mod, *hostile, *rest)


def crowd(count: int, now: datetime) -> tuple[SeedPerson, ...]:
    """Return `count` more people, who only stand on lists."""
    return tuple(_ordinary(_FIRST_CROWD, count, now))


def follows(people: Sequence[SeedPerson], now: datetime) -> tuple[SeedFollow, ...]:
    """Return who follows whom, and who asks to.

    Alice has about 120 followers, follows about 60 of them back and 30 others, and
    has 14 requests left from a time when she was protected.
    """
    roll = dice("follows")
    others = [person.id for person in people if person.id > MOD]
    fans = roll.sample(others, 120)
    left = [number for number in others if number not in set(fans)]
    pairs = {(fan, ALICE) for fan in fans} | {(ALICE, fan) for fan in fans[::2]}
    pairs |= {(ALICE, number) for number in left[:30]}
    pairs |= {(ALICE, BOB), (BOB, ALICE), (CAROL, ALICE), (BOB, CAROL)}
    for person in others:
        for friend in roll.sample(others, 6):
            if friend != person:
                pairs.add((person, friend))
    asked = {(number, ALICE) for number in left[40:54]}
    asked |= {(number, CAROL) for number in left[60:69]} | {(ALICE, CAROL)}
    return tuple(
        SeedFollow(
            follower=follower,
            followed=followed,
            since=now - timedelta(hours=3 + (follower * 31 + followed * 17) % 9000),
            pending=(follower, followed) in asked,
        )
        for follower, followed in sorted(pairs | asked)
    )


def entries(
    owner: int, people: Sequence[SeedPerson], blocks: int, now: datetime
) -> Iterator[SeedEntry]:
    """Yield list entries of `owner`: the first `blocks` people blocked, others muted.

    Every tenth entry ends by itself; most have no note.
    """
    notes = words("people")["bios"]["notes"]
    for index, person in enumerate(people):
        kind: ListName = "blocks" if index < blocks else "mutes"
        ends = now + timedelta(days=1 + index % 300) if index % 10 == 7 else None
        yield SeedEntry(
            kind=kind,
            owner=owner,
            person=person.id,
            since=now - timedelta(minutes=10 + index * 13),
            until=ends,
            note=cycle(notes, index),
        )
