"""First schema: people, sessions, follows, lists, operations, ledger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _person(name: str, table: str) -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    return (
        sa.Column(name, sa.BigInteger, nullable=False, autoincrement=False),
        sa.ForeignKeyConstraint(
            [name], ["people.id"], name=f"fk_{table}_{name}", ondelete="CASCADE"
        ),
    )


def upgrade() -> None:
    """Create the tables."""
    _people_and_sessions()
    _follows()
    _lists()
    _writes()


def _people_and_sessions() -> None:
    op.create_table(
        "people",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("handle", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("bio", sa.Text, nullable=False),
        sa.Column("protected", sa.Boolean, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("settings_version", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
        sa.UniqueConstraint("handle", name="uq_people_handle"),
    )
    op.create_table(
        "sessions",
        sa.Column("id", _KEY, nullable=False),
        *_person("person_id", "sessions"),
        sa.Column("token_hash", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("revoked_at", sa.BigInteger, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.UniqueConstraint("token_hash", name="uq_sessions_token_hash"),
    )
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"])


def _follows() -> None:
    op.create_table(
        "follows",
        *_person("followed_id", "follows"),
        *_person("follower_id", "follows"),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("followed_id", "follower_id", name="pk_follows"),
    )
    op.create_index(
        "ix_follows_follower_id_followed_id", "follows", ["follower_id", "followed_id"]
    )
    op.create_table(
        "follow_requests",
        *_person("target_id", "follow_requests"),
        *_person("requester_id", "follow_requests"),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("target_id", "requester_id", name="pk_follow_requests"),
    )
    op.create_index(
        "ix_follow_requests_requester_id_target_id",
        "follow_requests",
        ["requester_id", "target_id"],
    )


def _lists() -> None:
    op.create_table(
        "list_entries",
        *_person("owner_id", "list_entries"),
        sa.Column("kind", sa.Text, nullable=False),
        *_person("person_id", "list_entries"),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=True),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("gone_at", sa.BigInteger, nullable=True),
        sa.PrimaryKeyConstraint(
            "owner_id", "kind", "person_id", name="pk_list_entries"
        ),
    )
    for columns in (
        ["gone_at"],
        ["owner_id", "kind", "position"],
        ["owner_id", "until"],
        ["person_id", "kind", "owner_id"],
    ):
        op.create_index(f"ix_list_entries_{'_'.join(columns)}", "list_entries", columns)
    op.create_table(
        "list_feeds",
        *_person("owner_id", "list_feeds"),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("floor", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "kind", name="pk_list_feeds"),
    )


def _writes() -> None:
    op.create_table(
        "operations",
        *_person("person_id", "operations"),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
        sa.Column("operation", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("person_id", "key", name="pk_operations"),
    )
    op.create_index("ix_operations_at", "operations", ["at"])
    op.create_table(
        "effect_log",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("operation", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_effect_log"),
    )
    op.create_index("ix_effect_log_key", "effect_log", ["key"])


def downgrade() -> None:
    """Drop the tables."""
    for table in (
        "effect_log",
        "operations",
        "list_feeds",
        "list_entries",
        "follow_requests",
        "follows",
        "sessions",
        "people",
    ):
        op.drop_table(table)
