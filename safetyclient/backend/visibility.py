"""Who may see whom: the one place that knows what protected and blocked mean."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from safetyclient.backend.tables import follows, list_entries, people

BLOCKS = "blocks"
MUTES = "mutes"
EVERYONE = "everyone"
FOLLOWERS = "followers"

Person = int | sa.ColumnElement[Any]


def follows_person(*, follower: Person, followed: Person) -> sa.ColumnElement[bool]:
    """Return the condition that one person follows another."""
    # An alias, so that the condition also holds in a query of the same table.
    table = follows.alias()
    return sa.exists().where(
        table.c.follower_id == follower, table.c.followed_id == followed
    )


def has_blocked(
    *, blocker: Person, blocked: Person, now: datetime
) -> sa.ColumnElement[bool]:
    """Return the condition that one person blocks another now."""
    table = list_entries.alias()
    return sa.exists().where(
        table.c.owner_id == blocker,
        table.c.kind == BLOCKS,
        table.c.person_id == blocked,
        table.c.gone_at.is_(None),
        table.c.until.is_(None) | (table.c.until > now),
    )


def apart(one: Person, other: Person, *, now: datetime) -> sa.ColumnElement[bool]:
    """Return the condition that a block stands between two people, either way."""
    return has_blocked(blocker=one, blocked=other, now=now) | has_blocked(
        blocker=other, blocked=one, now=now
    )


def findable(viewer: int, *, now: datetime) -> sa.ColumnElement[bool]:
    """Return the condition that a row of `people` may turn up in a search.

    Protected accounts turn up for themselves and their followers only; an account
    that blocked the viewer does not turn up.
    """
    return (people.c.id == viewer) | (
        ~has_blocked(blocker=people.c.id, blocked=viewer, now=now)
        & (~people.c.protected | follows_person(follower=viewer, followed=people.c.id))
    )


def may_see_posts(
    viewer: int,
    *,
    author: sa.ColumnElement[Any],
    audience: sa.ColumnElement[Any],
    now: datetime,
) -> sa.ColumnElement[bool]:
    """Return the condition that the viewer may see a post and its media.

    The query must join `people` on the author: being protected covers all posts,
    old ones too, whatever audience they were published for.

    Args:
        viewer: The person who asks.
        author: Column with the author of the post.
        audience: Column with `everyone` or `followers`.
        now: The server's time, by which blocks end.
    """
    for_all = (audience == EVERYONE) & ~people.c.protected
    return (author == viewer) | (
        ~apart(viewer, author, now=now)
        & (for_all | follows_person(follower=viewer, followed=author))
    )
