"""Tables of people, their follows and lists, and of writes that were done."""

from __future__ import annotations

import sqlalchemy as sa

from safetyclient.backend.database import Instant, Key, Words

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def person_key(name: str, *, primary_key: bool = False) -> sa.Column[int]:
    """Return a column that names a person; it goes when the person goes."""
    return sa.Column(
        name,
        sa.BigInteger,
        sa.ForeignKey("people.id", ondelete="CASCADE"),
        primary_key=primary_key,
        autoincrement=False,
        nullable=False,
    )


people = sa.Table(
    "people",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("handle", sa.Text, nullable=False, unique=True),
    sa.Column("name", Words, nullable=False),
    sa.Column("bio", Words, nullable=False),
    sa.Column("protected", sa.Boolean, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    # Empty: nobody can sign in as this person.
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("settings_version", sa.BigInteger, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("id", Key, primary_key=True),
    person_key("person_id"),
    sa.Column("token_hash", sa.Text, nullable=False, unique=True),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False, index=True),
    sa.Column("revoked_at", Instant, nullable=True),
)

follows = sa.Table(
    "follows",
    metadata,
    person_key("followed_id", primary_key=True),
    person_key("follower_id", primary_key=True),
    sa.Column("since", Instant, nullable=False),
    sa.Index(None, "follower_id", "followed_id"),
)

follow_requests = sa.Table(
    "follow_requests",
    metadata,
    person_key("target_id", primary_key=True),
    person_key("requester_id", primary_key=True),
    sa.Column("since", Instant, nullable=False),
    sa.Index(None, "requester_id", "target_id"),
)

list_entries = sa.Table(
    "list_entries",
    metadata,
    person_key("owner_id", primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    person_key("person_id", primary_key=True),
    sa.Column("since", Instant, nullable=False),
    sa.Column("until", Instant, nullable=True),
    sa.Column("note", Words, nullable=False),
    # Place in the owner's change feed; a later change of the entry moves it on.
    sa.Column("position", sa.BigInteger, nullable=False),
    # A removed entry stays for a while, so that the feed can tell of it.
    sa.Column("gone_at", Instant, nullable=True, index=True),
    sa.Index(None, "owner_id", "kind", "position"),
    sa.Index(None, "owner_id", "until"),
    sa.Index(None, "person_id", "kind", "owner_id"),
)

list_feeds = sa.Table(
    "list_feeds",
    metadata,
    person_key("owner_id", primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("position", sa.BigInteger, nullable=False),
    # Marks below the floor are too old: something after them was forgotten.
    sa.Column("floor", sa.BigInteger, nullable=False),
)

operations = sa.Table(
    "operations",
    metadata,
    person_key("person_id", primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("fingerprint", sa.LargeBinary, nullable=False),
    sa.Column("operation", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("at", Instant, nullable=False, index=True),
)

# The ledger that tests read: one row for each effect, written in the effect's own
# transaction. The key is on purpose not unique, or a doubled effect could not show.
effect_log = sa.Table(
    "effect_log",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("key", sa.Text, nullable=False, index=True),
    sa.Column("operation", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
)
