"""Writes that happen once: idempotency keys, kept answers, the ledger of effects."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeAlias, TypeVar

import msgspec
import sqlalchemy as sa
from litestar.di import NamedDependency
from sqlalchemy.engine import Connection

from safetyclient.backend.database import upsert
from safetyclient.backend.problems import Refusal
from safetyclient.backend.service import Service
from safetyclient.backend.sessions import Principal
from safetyclient.backend.tables import effect_log, operations
from safetyclient.wire.v1.common import ProblemCode

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Effect:
    """One write inside its transaction."""

    connection: Connection
    me: Principal
    now: datetime
    key: str
    service: Service


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    """What a write answers, and what it was about (`account:12`, `post:7`, `self`)."""

    value: T
    subject: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A write that was done, as it is remembered under its key.

    `body` is what was answered, never a header or a token.
    """

    key: str
    fingerprint: bytes
    operation: str
    subject: str
    status: int
    body: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class WriteRequest:
    """A request that writes: who, with which key, and what exactly was asked."""

    service: Service
    me: Principal
    key: str
    fingerprint: bytes

    def once(
        self,
        work: Callable[[Effect], Done[T]],
        *,
        operation: str,
        returns: type[T],
        status: int = 200,
    ) -> T:
        """Do the work and remember it, or answer again what was answered before.

        Effect, kept answer and ledger row are one transaction. A refusal is not
        remembered: nothing happened, so the same key may be tried again.

        Raises:
            Refusal: `key_reused`, when the key stands for another request.
        """

        def attempt(effect: Effect) -> T:
            kept = recall(effect, {self.key: self.fingerprint}).get(self.key)
            if kept is not None:
                return msgspec.json.decode(kept.body, type=returns)
            done = work(effect)
            keep(
                effect,
                [
                    Kept(
                        key=self.key,
                        fingerprint=self.fingerprint,
                        operation=operation,
                        subject=done.subject,
                        status=status,
                        body=msgspec.json.encode(done.value),
                        at=effect.now,
                    )
                ],
            )
            return done.value

        return self.run(attempt)

    def run(self, work: Callable[[Effect], T]) -> T:
        """Run `work` in one transaction; the caller sees to keys and ledger."""

        def attempt(connection: Connection) -> T:
            now = self.service.clock.now()
            return work(Effect(connection, self.me, now, self.key, self.service))

        return self.service.database.write(attempt)


Write: TypeAlias = NamedDependency[WriteRequest]
"""Annotation of a handler's parameter `write`."""


def fingerprint(*parts: bytes) -> bytes:
    """Return a short value that differs when any part differs."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.digest()


def recall(effect: Effect, asked: dict[str, bytes]) -> dict[str, Kept]:
    """Return what is remembered of these keys (key → fingerprint of the request).

    Raises:
        Refusal: `key_reused`, when a key stands for another request.
    """
    found = {kept.key: kept for kept in remembered(effect, asked)}
    if any(kept.fingerprint != asked[key] for key, kept in found.items()):
        raise Refusal(ProblemCode.KEY_REUSED)
    return found


def remembered(effect: Effect, keys: Iterable[str]) -> list[Kept]:
    """Return what is remembered of these keys, whatever they were asked for."""
    columns = (operations.c[name] for name in Kept.__slots__)
    rows = effect.connection.execute(
        sa.select(*columns).where(
            operations.c.person_id == effect.me.id,
            operations.c.key.in_(list(keys)),
            operations.c.at > _horizon(effect.now, effect.service),
        )
    )
    return [Kept(*row) for row in rows]


def keep(effect: Effect, done: Sequence[Kept], *, logged: bool = True) -> None:
    """Remember writes and put one row for each into the ledger.

    `logged=False` is for a key that stands for no effect of its own.
    """
    upsert(
        effect.connection,
        operations,
        [
            {"person_id": effect.me.id, **{n: getattr(k, n) for n in Kept.__slots__}}
            for k in done
        ],
    )
    if logged and done:
        rows = [
            {"key": k.key, "operation": k.operation, "subject": k.subject, "at": k.at}
            for k in done
        ]
        effect.connection.execute(effect_log.insert(), rows)


def forget(connection: Connection, *, now: datetime, service: Service) -> None:
    """Drop keys that are no longer remembered anyway."""
    horizon = _horizon(now, service)
    connection.execute(operations.delete().where(operations.c.at <= horizon))


def _horizon(now: datetime, service: Service) -> datetime:
    return now - timedelta(days=service.settings.key_days)
