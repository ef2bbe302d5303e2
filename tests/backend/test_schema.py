"""The schema: migrations make what the tables say, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.exc import IntegrityError

from safetyclient.backend import migrations
from safetyclient.backend.database import Database, upsert
from safetyclient.backend.problems import Refusal
from safetyclient.backend.tables import effect_log, list_feeds, metadata, people
from safetyclient.wire.v1.common import ProblemCode
from tests.backend.stage import MODULES, Stage


def test_migrations_make_what_the_tables_say(stage: Stage) -> None:
    assert all(module.metadata is metadata for module in MODULES)
    with stage.database.read() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, metadata) == []


def test_migrating_again_changes_nothing(stage: Stage) -> None:
    migrations.upgrade(stage.database)
    test_migrations_make_what_the_tables_say(stage)


def test_the_ledger_takes_a_key_twice(stage: Stage) -> None:
    """A doubled effect must be able to show."""
    with stage.database.read() as connection:
        found = sa.inspect(connection)
        assert found.get_unique_constraints("effect_log") == []
        assert not any(i["unique"] for i in found.get_indexes("effect_log"))
        columns = [column["name"] for column in found.get_columns("effect_log")]
    assert columns == ["id", "key", "operation", "subject", "at"]
    assert [column.name for column in effect_log.columns] == columns


def test_a_transaction_that_fails_leaves_nothing(stage: Stage) -> None:
    feed = {"owner_id": 1, "kind": "mutes", "position": 1, "floor": 0}

    def work(connection: sa.Connection) -> None:
        upsert(connection, list_feeds, [feed])
        raise Refusal(ProblemCode.CONFLICT)

    with pytest.raises(Refusal):
        stage.database.write(work)
    with stage.database.read() as connection:
        assert connection.execute(sa.select(list_feeds)).all() == []


def test_writers_that_meet_are_run_again_and_nothing_is_lost(stage: Stage) -> None:
    feed = {"owner_id": 1, "kind": "mutes", "position": 0, "floor": 0}
    stage.database.write(lambda connection: upsert(connection, list_feeds, [feed]))
    together = threading.Barrier(4)
    attempts: list[int] = []

    def add_one(connection: sa.Connection) -> None:
        attempts.append(1)
        position = connection.scalar(sa.select(list_feeds.c.position)) or 0
        connection.execute(list_feeds.update().values(position=position + 1))

    def run() -> None:
        together.wait()
        for _ in range(10):
            stage.database.write(add_one)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with stage.database.read() as connection:
        assert connection.scalar(sa.select(list_feeds.c.position)) == 40
    assert len(attempts) >= 40


def test_a_real_conflict_is_told_and_not_hidden(stage: Stage) -> None:
    def twice(connection: sa.Connection) -> None:
        row = {"owner_id": 999_999, "kind": "mutes", "position": 0, "floor": 0}
        connection.execute(list_feeds.insert(), row)

    with pytest.raises(IntegrityError):
        stage.database.write(twice)


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'fresh.sqlite3'}")
    yield database
    database.close()


def test_a_migration_that_fails_leaves_the_schema_as_it_was(fresh: Database) -> None:
    def work(connection: sa.Connection) -> None:
        migrations.upgrade_connection(connection)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fresh.write(work)
    with fresh.read() as connection:
        assert sa.inspect(connection).get_table_names() == []
    migrations.upgrade(fresh)
    with fresh.read() as connection:
        assert connection.execute(sa.select(people)).all() == []
