"""Posts as whoever asks may see them: one query each for posts, files, people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from safetyclient.backend import people as persons
from safetyclient.backend.posts_tables import media, posts, reposts
from safetyclient.backend.tables import people
from safetyclient.backend.visibility import may_see_posts
from safetyclient.wire.v1.posts import Media, MediaWarning, Post

_WARNINGS: tuple[MediaWarning, ...] = ("nudity", "violence", "sensitive")
"""All warnings, in the order in which they are kept and shown."""


def kept(warnings: Iterable[MediaWarning]) -> str:
    """Return warnings as they are kept: each once, with blanks between."""
    chosen = set(warnings)
    return " ".join(name for name in _WARNINGS if name in chosen)


def all_posts() -> sa.Select[Any]:
    """Return the selection of all posts with their authors' handles.

    Posts that a moderator took down are in no selection.
    """
    return (
        sa.select(posts, people.c.handle)
        .join(people, people.c.id == posts.c.author_id)
        .where(~posts.c.removed)
    )


def may_see(viewer: int, *, now: datetime) -> sa.ColumnElement[bool]:
    """Return the condition that the viewer may see a post of `all_posts`."""
    return may_see_posts(
        viewer, author=posts.c.author_id, audience=posts.c.audience, now=now
    )


def post_address(origin: str, handle: str, post: int) -> str:
    """Return the address of a post."""
    return f"{persons.address(origin, handle)}/posts/{post}"


def media_address(origin: str, media_id: int) -> str:
    """Return the address of a file."""
    return f"{origin}/v1/media/{media_id}"


def show(
    connection: Connection, rows: Sequence[Row[Any]], *, viewer: int, origin: str
) -> list[Post]:
    """Return the shapes of rows of `all_posts`, in their order."""
    ids = [row.id for row in rows]
    files = _files(connection, ids, origin)
    authors = persons.show(
        connection, (row.author_id for row in rows), viewer=viewer, origin=origin
    )
    counts = _counts(connection, ids)
    return [
        Post(
            id=str(row.id),
            url=post_address(origin, row.handle, row.id),
            author=authors[row.author_id],
            text=row.text,
            audience=row.audience,
            created_at=row.created_at,
            media=files[row.id],
            reposts=counts.get(row.id, 0),
        )
        for row in rows
    ]


def _files(
    connection: Connection, ids: Sequence[int], origin: str
) -> defaultdict[int, list[Media]]:
    """Return the files of posts, by post, in their order."""
    found: defaultdict[int, list[Media]] = defaultdict(list)
    rows = connection.execute(
        sa.select(media)
        .where(media.c.post_id.in_(ids))
        .order_by(media.c.post_id, media.c.place)
    )
    for row in rows:
        found[row.post_id].append(
            Media(
                id=str(row.id),
                type=row.type,
                url=media_address(origin, row.id),
                description=row.description,
                warnings=msgspec.convert(row.warnings.split(), list[MediaWarning]),
                size=row.size,
                width=row.width,
                height=row.height,
            )
        )
    return found


def _counts(connection: Connection, ids: Sequence[int]) -> dict[int, int]:
    """Return how often each post was reposted, where it was."""
    rows = connection.execute(
        sa.select(reposts.c.post_id, sa.func.count())
        .where(reposts.c.post_id.in_(ids))
        .group_by(reposts.c.post_id)
    )
    return {row[0]: row[1] for row in rows}
