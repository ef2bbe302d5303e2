"""Tables of uploads, media, posts and reposts."""

from __future__ import annotations

import sqlalchemy as sa

from safetyclient.backend.database import Instant, Key, Words
from safetyclient.backend.tables import metadata, person_key

uploads = sa.Table(
    "uploads",
    metadata,
    sa.Column("id", Key, primary_key=True),
    person_key("owner_id"),
    # The client's change and the file's number in it: one upload for each pair.
    sa.Column("change", sa.Text, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("name", Words, nullable=False),
    sa.Column("part_bytes", sa.BigInteger, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.UniqueConstraint("owner_id", "change", "number"),
)


def _upload_key(name: str, *, primary_key: bool = False) -> sa.Column[int]:
    return sa.Column(
        name,
        sa.BigInteger,
        sa.ForeignKey("uploads.id", ondelete="CASCADE"),
        primary_key=primary_key,
        autoincrement=False,
        nullable=False,
    )


upload_parts = sa.Table(
    "upload_parts",
    metadata,
    _upload_key("upload_id", primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
)

posts = sa.Table(
    "posts",
    metadata,
    sa.Column("id", Key, primary_key=True),
    person_key("author_id"),
    sa.Column("text", Words, nullable=False),
    sa.Column("audience", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    # A moderator's decision took it down; an appeal can bring it back.
    sa.Column("removed", sa.Boolean, nullable=False),
    sa.Index(None, "author_id", "id"),
)

media = sa.Table(
    "media",
    metadata,
    sa.Column("id", Key, primary_key=True),
    _upload_key("upload_id"),
    person_key("owner_id"),
    # Empty until it is published.
    sa.Column(
        "post_id",
        sa.BigInteger,
        sa.ForeignKey("posts.id", ondelete="CASCADE"),
        nullable=True,
    ),
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("width", sa.BigInteger, nullable=True),
    sa.Column("height", sa.BigInteger, nullable=True),
    sa.Column("description", Words, nullable=False),
    # Names of warnings with blanks between.
    sa.Column("warnings", sa.Text, nullable=False),
    sa.UniqueConstraint("upload_id"),
    sa.Index(None, "post_id", "place"),
    sa.Index(None, "owner_id"),
)

reposts = sa.Table(
    "reposts",
    metadata,
    sa.Column("id", Key, primary_key=True),
    person_key("person_id"),
    sa.Column(
        "post_id",
        sa.BigInteger,
        sa.ForeignKey("posts.id", ondelete="CASCADE"),
        nullable=False,
    ),
    sa.Column("created_at", Instant, nullable=False),
    sa.UniqueConstraint("post_id", "person_id"),
)
