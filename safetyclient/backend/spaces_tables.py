"""Tables of Spaces and who is in them."""

from __future__ import annotations

import sqlalchemy as sa

from safetyclient.backend.database import Instant, Key, Words
from safetyclient.backend.tables import metadata, person_key

spaces = sa.Table(
    "spaces",
    metadata,
    sa.Column("id", Key, primary_key=True),
    person_key("host_id"),
    sa.Column("title", Words, nullable=False),
    sa.Column("topic", Words, nullable=False),
    # The state follows from these two and the server's clock.
    sa.Column("starts_at", Instant, nullable=False),
    sa.Column("ends_at", Instant, nullable=False, index=True),
    sa.Column("recorded", sa.Boolean, nullable=False),
    sa.Column("has_video", sa.Boolean, nullable=False),
)

space_participants = sa.Table(
    "space_participants",
    metadata,
    sa.Column(
        "space_id",
        sa.BigInteger,
        sa.ForeignKey("spaces.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    person_key("person_id", primary_key=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("joined_at", Instant, nullable=True),
)
