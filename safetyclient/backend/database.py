"""The database: SQLite or PostgreSQL behind one URL, and whole transactions only."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.event import listen
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from safetyclient.backend.problems import Refusal
from safetyclient.wire.v1.common import ProblemCode

T = TypeVar("T")

_PATIENCE = 10.0
"""Seconds for which a write is run again when others got in its way."""
_RACES = 5
"""How often a unique violation may be a race; after that it is a mistake."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST = datetime.min.replace(tzinfo=UTC)
_LATEST = datetime.max.replace(tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_UPSERT_ROWS = 1000

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""Type of row ids: SQLite counts up by itself only in a column named INTEGER."""


def utc(moment: datetime) -> datetime:
    """Return a time in UTC; one outside the calendar becomes its nearest end."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return _LATEST if moment.year > _EPOCH.year else _EARLIEST


class Instant(sa.types.TypeDecorator[datetime]):
    """A time, kept as microseconds since 1970 in UTC: exact and sortable on both."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """Return the number that is stored."""
        return None if value is None else (value - _EPOCH) // _TICK

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the aware time."""
        return None if value is None else _EPOCH + timedelta(microseconds=value)


def words(text: str) -> str:
    """Return text as it is kept: PostgreSQL cannot keep NUL, so it becomes U+FFFD."""
    return text.replace("\0", "\ufffd")


class Words(sa.types.TypeDecorator[str]):
    """Text that somebody wrote, kept as `words` says."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """Return the text that is stored."""
        return None if value is None else words(value)


class Database:
    """Hands out whole transactions; nothing else opens a connection.

    A write sees the state that it changes: `BEGIN IMMEDIATE` on SQLite,
    SERIALIZABLE with retry on PostgreSQL. The danger: `work` may run several
    times, so it must touch nothing but its connection.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        options: dict[str, Any] = {"hide_parameters": True}
        parsed = sa.make_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        if self.is_sqlite:
            options["connect_args"] = {"timeout": 30}
        options |= {"pool_size": 10, "max_overflow": 40}
        engine = sa.create_engine(parsed, **options)
        if self.is_sqlite:
            listen(engine, "connect", _prepare_sqlite)
            listen(engine, "begin", _begin_sqlite)
            self._readers: Engine = engine
            self._writers: Engine = engine.execution_options(immediate=True)
        else:
            self._readers = engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            self._writers = engine.execution_options(isolation_level="SERIALIZABLE")

    @contextmanager
    def read(self) -> Generator[Connection]:
        """Yield a connection in a transaction that sees one state throughout."""
        with self._readers.connect() as connection, connection.begin():
            yield connection

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in one transaction, again when others got in its way.

        Raises:
            Refusal: `unavailable`, when others got in its way for too long.
        """
        end, races = time.monotonic() + _PATIENCE, 0
        for attempt in itertools.count():
            try:
                with self._writers.connect() as connection, connection.begin():
                    return work(connection)
            except DBAPIError as error:
                if not _passing(error):
                    raise
                races += isinstance(error, IntegrityError)
                if races > _RACES:
                    raise
            if time.monotonic() > end:
                break
            _pause(attempt)
        raise Refusal(ProblemCode.UNAVAILABLE, retry_after=1)

    def close(self) -> None:
        """Close every connection of the pool."""
        self._readers.dispose()


def upsert(
    connection: Connection,
    table: sa.Table,
    rows: Sequence[Mapping[str, Any]],
) -> None:
    """Insert rows by primary key, or replace what they hold.

    All rows must name the same columns.
    """
    if not rows:
        return
    insert: Any = (
        sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    )
    keys = [column.name for column in table.primary_key.columns]
    statement = insert(table)
    changes = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    if changes:
        statement = statement.on_conflict_do_update(index_elements=keys, set_=changes)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=keys)
    for start in range(0, len(rows), _UPSERT_ROWS):
        connection.execute(statement, list(rows[start : start + _UPSERT_ROWS]))


def restart_ids(connection: Connection, table: sa.Table) -> None:
    """Let new ids follow the highest one, after rows came in with ids of their own."""
    if connection.dialect.name == "sqlite":
        return
    highest = sa.select(sa.func.max(table.c.id)).scalar_subquery()
    sequence = sa.func.pg_get_serial_sequence(table.name, "id")
    connection.execute(sa.select(sa.func.setval(sequence, highest)))


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own idea of when to begin is switched off: we say BEGIN.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _passing(error: DBAPIError) -> bool:
    """Return whether the same transaction may succeed when it is run again."""
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        # 40001, 40P01: serialization, deadlock. 23505: SERIALIZABLE reports some
        # races of two inserts as a unique violation; the second run sees the row.
        return state in {"40001", "40P01", "23505"}
    return isinstance(error, OperationalError) and "locked" in str(error.orig)


def _pause(attempt: int) -> None:
    ceiling = min(0.25, 0.005 * 2 ** min(attempt, 10))
    threading.Event().wait(random.uniform(0, ceiling))  # noqa: S311 - jitter only
