"""How many posts somebody has: numbers for the consequences of a switch."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from safetyclient.backend.posts_tables import media, posts


def counts(connection: Connection, author: int) -> tuple[int, int]:
    """Return how many posts a person has, and how many of them have media."""
    mine = (posts.c.author_id == author) & ~posts.c.removed
    pictured = sa.exists().where(media.c.post_id == posts.c.id)
    row = connection.execute(
        sa.select(sa.func.count(), sa.func.count().filter(pictured))
        .select_from(posts)
        .where(mine)
    ).one()
    return row[0], row[1]
