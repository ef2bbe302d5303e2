"""The stage of a test: a database that can be emptied, people, and their calls."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa

from safetyclient.backend import cases_tables, posts_tables, spaces_tables
from safetyclient.backend.database import Database
from safetyclient.backend.posts_tables import posts
from safetyclient.backend.tables import effect_log, metadata, people, sessions

MODULES = (cases_tables, posts_tables, spaces_tables)
"""Imported so that `metadata` knows their tables."""
KEPT = {people.name, sessions.name}
CROWD = range(1001, 1601)
"""Ids of people who exist only to be listed."""


def new_key() -> str:
    """Return a fresh change id."""
    return uuid.uuid4().hex


def empty(database: Database) -> None:
    """Remove everything but people and sessions, and make all people public."""

    def work(connection: sa.Connection) -> None:
        for table in reversed(metadata.sorted_tables):
            if table.name not in KEPT:
                connection.execute(table.delete())
        connection.execute(people.update().values(protected=False, settings_version=1))

    database.write(work)


def add_crowd(database: Database) -> None:
    """Add people who exist only to be listed."""
    row = {
        "bio": "",
        "protected": False,
        "role": "user",
        "password_hash": "",
        "settings_version": 1,
        "created_at": datetime(2024, 1, 1, tzinfo=UTC),
    }
    rows = [
        {"id": n, "handle": f"crowd_{n}", "name": f"Crowd {n}", **row} for n in CROWD
    ]
    database.write(lambda connection: connection.execute(people.insert(), rows))


def add_post(database: Database, author: str, *, text: str = "hello") -> str:
    """Put a post into the database and return its id."""

    def work(connection: sa.Connection) -> str:
        who = sa.select(people.c.id).where(people.c.handle == author)
        result = connection.execute(
            posts.insert().values(
                author_id=who.scalar_subquery(),
                text=text,
                audience="everyone",
                created_at=datetime(2024, 1, 1, tzinfo=UTC),
                removed=False,
            )
        )
        assert result.inserted_primary_key is not None
        return str(result.inserted_primary_key[0])

    return database.write(work)


@dataclass
class Caller:
    """One signed-in person who calls the server."""

    client: httpx.Client
    token: str
    id: str
    handle: str

    def call(
        self,
        method: str,
        path: str,
        *,
        key: str | None = None,
        keyed: bool = True,
        **options: Any,
    ) -> httpx.Response:
        """Send a request; a write gets a fresh key unless it is given one."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if key is not None:
            headers["Idempotency-Key"] = key
        elif keyed and method != "GET":
            headers["Idempotency-Key"] = new_key()
        headers |= options.pop("headers", {})
        return self.client.request(method, path, headers=headers, **options)

    def get(self, path: str, **options: Any) -> Any:
        """Return the JSON of a page that must be there."""
        answer = self.call("GET", path, **options)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def do(self, method: str, path: str, **options: Any) -> Any:
        """Do what must succeed, and return its JSON."""
        answer = self.call(method, path, **options)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None


def sign_in(client: httpx.Client, handle: str, password: str) -> Caller:
    """Sign in and return the caller."""
    body = {"handle": handle, "password": password}
    answer = client.request("POST", "/v1/session", json=body)
    assert answer.status_code == 201, answer.text
    document = answer.json()
    return Caller(client, document["token"], document["me"]["id"], handle)


@dataclass
class Stage:
    """A running server with its four people, its database and its clock."""

    client: httpx.Client
    database: Database
    password: Callable[[str], str]
    clock_file: Path
    _callers: dict[str, Caller] = field(default_factory=dict[str, Caller])

    def sign_in(self, handle: str) -> Caller:
        """Sign in anew."""
        return sign_in(self.client, handle, self.password(handle))

    def person(self, handle: str) -> Caller:
        """Return a caller who signed in once for all tests."""
        if handle not in self._callers:
            self._callers[handle] = self.sign_in(handle)
        return self._callers[handle]

    @property
    def alice(self) -> Caller:
        return self.person("alice")

    @property
    def bob(self) -> Caller:
        return self.person("bob")

    @property
    def carol(self) -> Caller:
        return self.person("carol")

    @property
    def mod(self) -> Caller:
        return self.person("mod")

    @property
    def anonymous(self) -> Caller:
        return Caller(self.client, "", "", "")

    def move_clock(self, *, seconds: float) -> None:
        """Set the server's time that far from this computer's."""
        if seconds > 20 * 86_400:
            # The tokens end meanwhile, and a later log-in sweeps them away.
            self._callers.clear()
        self.clock_file.write_text(str(seconds), encoding="ascii")

    def reset(self) -> None:
        """Empty the database and set the clock back."""
        self.move_clock(seconds=0)
        empty(self.database)

    def ledger(self, key: str | None = None) -> list[tuple[str, str, str]]:
        """Return key, operation and subject of every effect, or of those of a key."""
        statement = sa.select(
            effect_log.c.key, effect_log.c.operation, effect_log.c.subject
        ).order_by(effect_log.c.id)
        if key is not None:
            statement = statement.where(effect_log.c.key == key)
        with self.database.read() as connection:
            return [(row[0], row[1], row[2]) for row in connection.execute(statement)]
