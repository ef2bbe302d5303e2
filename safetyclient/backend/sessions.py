"""Sessions: tokens are handed out once and kept as hashes only."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from safetyclient.backend.tables import people, sessions


@dataclass(frozen=True, slots=True)
class Principal:
    """The signed-in person of a request."""

    id: int
    handle: str
    role: str
    session: int


def open_session(
    connection: Connection, person: int, *, now: datetime, expires_at: datetime
) -> str:
    """Start a session and return its token."""
    token = secrets.token_urlsafe(32)
    connection.execute(
        sessions.insert().values(
            person_id=person,
            token_hash=_hash(token),
            created_at=now,
            expires_at=expires_at,
        )
    )
    return token


def find(connection: Connection, token: str, *, now: datetime) -> Principal | None:
    """Return whose token this is; None when unknown, revoked or expired."""
    row = connection.execute(
        sa.select(people.c.id, people.c.handle, people.c.role, sessions.c.id)
        .join_from(sessions, people)
        .where(
            sessions.c.token_hash == _hash(token),
            sessions.c.revoked_at.is_(None),
            sessions.c.expires_at > now,
        )
    ).first()
    return None if row is None else Principal(*row)


def revoke(connection: Connection, session: int, *, now: datetime) -> None:
    """Make the token of a session useless."""
    connection.execute(
        sessions.update().where(sessions.c.id == session).values(revoked_at=now)
    )


def _hash(token: str) -> str:
    # The token has 256 bits of its own, so a plain hash cannot be guessed back.
    return hashlib.sha256(token.encode()).hexdigest()
