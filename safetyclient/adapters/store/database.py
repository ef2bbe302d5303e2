"""Database: one encrypted SQLite file, its opening, its transactions, its errors."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Generator, Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Protocol, cast

import apsw

from safetyclient.adapters.store.schema import APPLICATION_ID, MIGRATIONS
from safetyclient.domain.errors import (
    StoreDamaged,
    StoreFull,
    StoreTooNew,
    StoreTrouble,
)

Value = str | int | float | bytes | None
Row = tuple[Any, ...]

Values = Sequence[Value] | dict[str, Value]


class Cursor(Protocol):
    """The part of apsw's cursor that is used here."""

    def fetchall(self) -> list[Row]: ...  # noqa: D102
    def fetchone(self) -> Row | None: ...  # noqa: D102


class Connection(Protocol):
    """The part of apsw's connection that is used here, with whole types."""

    @property
    def in_transaction(self) -> bool: ...  # noqa: D102
    def execute(self, sql: str, args: Values = (), /) -> Cursor: ...  # noqa: D102
    def executemany(self, sql: str, rows: Iterable[Values], /) -> Cursor: ...  # noqa: D102
    def changes(self) -> int: ...  # noqa: D102
    def total_changes(self) -> int: ...  # noqa: D102
    def config(self, op: int, value: int, /) -> int: ...  # noqa: D102
    def set_busy_timeout(self, milliseconds: int, /) -> None: ...  # noqa: D102
    def close(self) -> None: ...  # noqa: D102


_KEY_BYTES = 32
_SLICE = 500
"""Rows of one call into SQLite: about 5 ms."""
PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA fullfsync=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
    # A sorter that spills to a file would write plain text to the disk.
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-16384",
    # Ten thousand blocks in one commit need not be copied home within that commit.
    "PRAGMA wal_autocheckpoint=4000",
)


class Taken(Exception):
    """A row with this key is there already."""


@contextlib.contextmanager
def translated() -> Generator[None, None, None]:
    """Turn what SQLite raises into errors of ours; a bug stays a bug."""
    try:
        yield
    except apsw.FullError as error:
        raise StoreFull from error
    except (apsw.CorruptError, apsw.NotADBError) as error:
        raise StoreDamaged from error
    except (
        apsw.IOError,
        apsw.CantOpenError,
        apsw.ReadOnlyError,
        apsw.BusyError,
        apsw.PermissionsError,
    ) as error:
        raise StoreTrouble from error


def unlock(connection: Connection, key: bytes) -> None:
    """Give the key: the first statement on a connection, or the file stays plain."""
    connection.execute(f"PRAGMA key='raw:{key.hex()}'")


class Database:
    """One connection, used by the core thread alone.

    Guarantees: every file it makes is readable by its owner only; a file that is
    damaged, foreign or newer is left as it was.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._depth = 0
        self._unclean = False

    def all(self, sql: str, args: Values = ()) -> list[Row]:
        """Return all rows of a query."""
        with translated():
            return self.connection.execute(sql, args).fetchall()

    def one(self, sql: str, args: Values = ()) -> Row | None:
        """Return the first row of a query."""
        with translated():
            return self.connection.execute(sql, args).fetchone()

    def value(self, sql: str, args: Values = ()) -> Any:
        """Return the first column of the first row, or None."""
        row = self.one(sql, args)
        return None if row is None else row[0]

    def run(self, sql: str, args: Values = ()) -> int:
        """Run a statement; returns how many rows it changed."""
        with translated():
            self.connection.execute(sql, args).fetchall()
            return self.connection.changes()

    def many(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        """Run a statement once per row.

        SQLite holds the interpreter while it works; between slices the Qt thread
        gets its turn.
        """
        waiting = iter(rows)
        with translated():
            while part := list(islice(waiting, _SLICE)):
                self.connection.executemany(sql, part)

    @contextlib.contextmanager
    def transaction(self) -> Generator[None, None, None]:
        """Let writes stand or fall together; an inner one joins the outer one."""
        if self._depth:
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
            return
        self._execute("BEGIN IMMEDIATE")
        self._depth = 1
        try:
            yield
        except BaseException:
            self._depth = 0
            self._roll_back()
            raise
        self._depth = 0
        try:
            self._execute("COMMIT")
        except BaseException:
            self._roll_back()
            raise
        if self._unclean:
            self._clean_now()

    @contextlib.contextmanager
    def savepoint(self) -> Generator[None, None, None]:
        """Let some writes of a transaction be taken back alone.

        Raises:
            Taken: a row with such a key was there already; nothing was written.
        """
        self._execute("SAVEPOINT some")
        try:
            yield
        except apsw.ConstraintError as error:
            self._execute("ROLLBACK TO some")
            self._execute("RELEASE some")
            raise Taken from error
        self._execute("RELEASE some")

    def clean(self) -> None:
        """Leave no copy of deleted rows in any file, now or after the commit."""
        self._unclean = True
        if not self._depth:
            self._clean_now()

    def _clean_now(self) -> None:
        # What was deleted is deleted: that the log cannot be emptied just now (a
        # full disk) must not look like a failure of that; the next commit tries.
        with contextlib.suppress(StoreTrouble):
            self.checkpoint()
            self._unclean = False

    def checkpoint(self) -> None:
        """Bring the write-ahead log home and empty it: old pages are gone then."""
        self.run("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close the file."""
        with translated():
            self.connection.close()

    def _execute(self, sql: str) -> None:
        with translated():
            self.connection.execute(sql)

    def _roll_back(self) -> None:
        # SQLite rolls back by itself on some errors (a full disk).
        if self.connection.in_transaction:
            self._execute("ROLLBACK")


def open_database(path: Path | None, key: bytes) -> Database:
    """Open the store's file, or one in memory, and bring its schema up to date.

    Raises:
        StoreTooNew: a newer version wrote it; it is left as it was.
        StoreDamaged: it is no store, or its key is another; it is left as it was.
    """
    if len(key) != _KEY_BYTES:
        message = "the key has 32 bytes"
        raise ValueError(message)
    if path is None:
        database = Database(_connection(":memory:"))
        database.run(f"PRAGMA application_id={APPLICATION_ID}")
        _settle(database)
        return database
    try:
        if not path.exists():
            _create(path, key)
    except OSError as error:
        raise StoreTrouble from error
    return _open_existing(path, key)


def _create(path: Path, key: bytes) -> None:
    """Make a whole new file beside its place and move it there in one step.

    So a file in its place is never half made: an empty one is damaged, not new.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=stat.S_IRWXU)
    path.parent.chmod(stat.S_IRWXU)
    fresh = path.with_name(path.name + ".new")
    for leftover in (fresh, *(_beside(fresh))):
        leftover.unlink(missing_ok=True)
    os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    database = _connect(fresh, key)
    try:
        database.connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0)
        database.run(f"PRAGMA application_id={APPLICATION_ID}")
        _settle(database)
    finally:
        database.close()
    fresh.replace(path)
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _beside(path: Path) -> tuple[Path, Path]:
    return path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")


def _open_existing(path: Path, key: bytes) -> Database:
    if path.stat().st_size == 0:
        raise StoreDamaged
    database = _connect(path, key)
    try:
        if database.value("PRAGMA application_id") != APPLICATION_ID:
            raise StoreDamaged
        if database.value("PRAGMA user_version") > len(MIGRATIONS):
            raise StoreTooNew
        database.connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0)
        _settle(database)
    except BaseException:
        database.close()
        raise
    return database


def _connection(name: str) -> Connection:
    # Never SQLITE_OPEN_CREATE for a file: SQLite would make it readable by others.
    flags = apsw.SQLITE_OPEN_READWRITE
    return cast("Connection", apsw.Connection(name, flags=flags))


def _connect(path: Path, key: bytes) -> Database:
    with translated():
        connection = _connection(str(path))
        try:
            # Until the file is known to be ours, closing must not write to it.
            connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
            unlock(connection, key)
            connection.execute("SELECT count(*) FROM sqlite_schema").fetchall()
        except BaseException:
            connection.close()
            raise
    return Database(connection)


def _settle(database: Database) -> None:
    """Set what holds for every connection, then run what is new in the schema."""
    for pragma in PRAGMAS:
        database.run(pragma)
    database.connection.set_busy_timeout(2000)
    version = database.value("PRAGMA user_version")
    for number, (_, statements) in enumerate(MIGRATIONS, start=1):
        if number > version:
            with database.transaction():
                database.run(statements)
                database.run(f"PRAGMA user_version={number}")
    # A stop between a deletion and the cleaning left copies in the log.
    database.clean()
