"""The first rows of an empty database: people, follows, lists; and who can sign in."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from safetyclient.backend import entries, seed, seed_load
from safetyclient.backend.database import restart_ids
from safetyclient.backend.seed_model import SeedData, SeedName, SeedPerson
from safetyclient.backend.seed_people import principals
from safetyclient.backend.service import Service
from safetyclient.backend.tables import follow_requests, follows, people

Rows = list[tuple[int, datetime, datetime | None, str]]


class SeedAccount(msgspec.Struct, frozen=True):
    """An account that one can sign in to, as the ready line tells it."""

    handle: str
    password: str
    role: str


def fill(service: Service, name: SeedName) -> list[SeedAccount]:
    """Fill an empty database; leave any other as it is.

    Returns:
        The accounts that can be signed in to.
    """
    now = service.clock.now()
    with service.database.read() as connection:
        empty = connection.scalar(sa.select(sa.func.count()).select_from(people)) == 0
    if empty:
        data = seed.build(name, now, appeal_days=service.settings.appeal_days)
        secrets = [person.password for person in data.people if person.password]
        hashes = dict(zip(secrets, service.passwords.hash_all(secrets), strict=True))
        service.database.write(lambda connection: _load(connection, data, hashes))
    return [
        SeedAccount(handle=one.handle, password=one.password, role=one.role)
        for one in principals(now)
    ]


def _load(connection: Connection, data: SeedData, hashes: dict[str, str]) -> None:
    connection.execute(people.insert(), [_row(one, hashes) for one in data.people])
    restart_ids(connection, people)
    _load_follows(connection, data)
    _load_entries(connection, data)
    seed_load.load(connection, data)


def _row(one: SeedPerson, hashes: dict[str, str]) -> dict[str, Any]:
    return {
        "id": one.id,
        "handle": one.handle,
        "name": one.name,
        "bio": one.bio,
        "protected": one.protected,
        "role": one.role,
        "password_hash": hashes.get(one.password, ""),
        "settings_version": 1,
        "created_at": one.created,
    }


def _load_follows(connection: Connection, data: SeedData) -> None:
    standing = [
        {"follower_id": f.follower, "followed_id": f.followed, "since": f.since}
        for f in data.follows
        if not f.pending
    ]
    pending = [
        {"requester_id": f.follower, "target_id": f.followed, "since": f.since}
        for f in data.follows
        if f.pending
    ]
    if standing:
        connection.execute(follows.insert(), standing)
    if pending:
        connection.execute(follow_requests.insert(), pending)


def _load_entries(connection: Connection, data: SeedData) -> None:
    lists: defaultdict[tuple[int, str], Rows] = defaultdict(list)
    for entry in data.entries:
        lists[entry.owner, entry.kind].append(
            (entry.person, entry.since, entry.until, entry.note)
        )
    for (owner, kind), rows in lists.items():
        entries.add_all(connection, owner, kind, rows)
