"""The schema of the reference server, step by step, for SQLite and PostgreSQL."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy.engine import Connection

from safetyclient.backend.database import Database


def upgrade(database: Database) -> None:
    """Bring the schema to the newest revision, in one transaction."""
    database.write(upgrade_connection)


def upgrade_connection(connection: Connection, revision: str = "head") -> None:
    """Bring the schema to a revision within a transaction of the caller."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
