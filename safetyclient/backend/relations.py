"""Who follows whom: followers, following, follow requests."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from safetyclient.backend import access, people, visibility
from safetyclient.backend.database import upsert
from safetyclient.backend.problems import Refusal, not_found
from safetyclient.backend.routes import Cursor, IdPath, Limit, Visit, WhoPath, operation
from safetyclient.backend.tables import follow_requests, follows
from safetyclient.backend.tables import people as people_table
from safetyclient.backend.writes import Done, Effect, Write
from safetyclient.wire.v1 import people as wire
from safetyclient.wire.v1.common import ProblemCode

_NOTHING = type(None)


@operation("GET", "/me/followers", name="listFollowers", tag="follows")
def list_followers(
    visit: Visit, limit: Limit = 100, cursor: Cursor = ""
) -> wire.Follows:
    """Return a page of those who follow the account."""
    mine = access.own("listFollowers", follows.c.followed_id, me=visit.me)
    return _page(visit, follows, follows.c.follower_id, mine, limit, cursor)


@operation("GET", "/me/following", name="listFollowing", tag="follows")
def list_following(
    visit: Visit, limit: Limit = 100, cursor: Cursor = ""
) -> wire.Follows:
    """Return a page of those whom the account follows."""
    mine = access.own("listFollowing", follows.c.follower_id, me=visit.me)
    return _page(visit, follows, follows.c.followed_id, mine, limit, cursor)


@operation("GET", "/me/requests", name="listRequests", tag="follows")
def list_requests(
    visit: Visit, limit: Limit = 100, cursor: Cursor = ""
) -> wire.Follows:
    """Return a page of those who ask to follow the account."""
    table = follow_requests
    mine = access.own("listRequests", table.c.target_id, me=visit.me)
    return _page(visit, table, table.c.requester_id, mine, limit, cursor)


@operation(
    "DELETE",
    "/me/followers/{person:str}",
    name="removeFollower",
    tag="follows",
    status=204,
    problems=(ProblemCode.NOT_FOUND,),
)
def remove_follower(write: Write, person: IdPath) -> None:
    """End that somebody follows the account; fine when they do not."""

    def work(effect: Effect) -> Done[None]:
        number = people.resolve(effect.connection, person)
        effect.connection.execute(
            follows.delete().where(
                access.own("removeFollower", follows.c.followed_id, me=effect.me),
                follows.c.follower_id == number,
            )
        )
        return Done(None, f"account:{number}")

    write.once(work, operation="remove_follower", returns=_NOTHING, status=204)


@operation(
    "PUT",
    "/me/following/{who:str}",
    name="followPerson",
    tag="follows",
    problems=(ProblemCode.NOT_FOUND, ProblemCode.FORBIDDEN, ProblemCode.CONFLICT),
)
def follow_person(write: Write, who: WhoPath) -> wire.Person:
    """Follow somebody, or ask to when they are protected.

    Forbidden when they block the account; in conflict with one's own block of them,
    and with following oneself.
    """
    return write.once(
        lambda effect: _follow(effect, who), operation="follow", returns=wire.Person
    )


@operation(
    "DELETE",
    "/me/following/{who:str}",
    name="unfollowPerson",
    tag="follows",
    status=204,
    problems=(ProblemCode.NOT_FOUND,),
)
def unfollow_person(write: Write, who: WhoPath) -> None:
    """No longer follow somebody, or withdraw the request; fine when there is none."""

    def work(effect: Effect) -> Done[None]:
        number = people.resolve(effect.connection, who)
        _drop_request(effect.connection, requester=effect.me.id, target=number)
        effect.connection.execute(
            follows.delete().where(
                access.own("unfollowPerson", follows.c.follower_id, me=effect.me),
                follows.c.followed_id == number,
            )
        )
        return Done(None, f"account:{number}")

    write.once(work, operation="unfollow", returns=_NOTHING, status=204)


@operation(
    "POST",
    "/me/requests/{person:str}/accept",
    name="acceptRequest",
    tag="follows",
    status=204,
    problems=(ProblemCode.NOT_FOUND,),
)
def accept_request(write: Write, person: IdPath) -> None:
    """Let somebody follow who asked to; fine when they already do."""

    def work(effect: Effect) -> Done[None]:
        number = int(person)
        if _answer(effect, "acceptRequest", number):
            _add_follow(effect, follower=number, followed=effect.me.id)
        elif not _follows(effect.connection, follower=number, followed=effect.me.id):
            raise not_found()
        return Done(None, f"account:{number}")

    write.once(work, operation="accept_request", returns=_NOTHING, status=204)


@operation(
    "POST",
    "/me/requests/{person:str}/reject",
    name="rejectRequest",
    tag="follows",
    status=204,
    problems=(ProblemCode.NOT_FOUND,),
)
def reject_request(write: Write, person: IdPath) -> None:
    """Turn a follow request down; the other side is not told."""

    def work(effect: Effect) -> Done[None]:
        number = int(person)
        if not _answer(effect, "rejectRequest", number):
            raise not_found()
        return Done(None, f"account:{number}")

    write.once(work, operation="reject_request", returns=_NOTHING, status=204)


def _page(
    visit: Visit,
    table: sa.Table,
    other: sa.ColumnElement[Any],
    mine: sa.ColumnElement[bool],
    limit: int,
    cursor: str,
) -> wire.Follows:
    limit = visit.page(limit)
    statement = (
        sa.select(*people.columns(visit.me.id), table.c.since)
        .join_from(table, people_table, people_table.c.id == other)
        .where(mine, other > int(cursor or 0))
        .order_by(other)
        .limit(limit + 1)
    )
    with visit.service.database.read() as connection:
        rows, following = people.page_of(connection.execute(statement).all(), limit)
    origin = visit.service.origin
    return wire.Follows(
        items=[
            wire.Follow(person=people.person(row, origin=origin), since=row[-1])
            for row in rows
        ],
        next=following,
    )


def _follow(effect: Effect, who: str) -> Done[wire.Person]:
    connection, me = effect.connection, effect.me.id
    number = people.resolve(connection, who)
    protected, blocks_me, blocked = connection.execute(
        sa.select(
            people_table.c.protected,
            visibility.has_blocked(blocker=number, blocked=me, now=effect.now),
            visibility.has_blocked(blocker=me, blocked=number, now=effect.now),
        ).where(people_table.c.id == number)
    ).one()
    if number == me or blocked:
        raise Refusal(ProblemCode.CONFLICT)
    if blocks_me:
        raise Refusal(ProblemCode.FORBIDDEN)
    if not _follows(connection, follower=me, followed=number):
        if protected:
            _add_request(effect, target=number)
        else:
            _drop_request(connection, requester=me, target=number)
            _add_follow(effect, follower=me, followed=number)
    shown = people.show(connection, [number], viewer=me, origin=effect.service.origin)
    return Done(shown[number], f"account:{number}")


def _answer(effect: Effect, operation_name: str, requester: int) -> bool:
    """Take a request off the list; return whether there was one."""
    result = effect.connection.execute(
        follow_requests.delete().where(
            follow_requests.c.requester_id == requester,
            access.own(operation_name, follow_requests.c.target_id, me=effect.me),
        )
    )
    return result.rowcount > 0


def _drop_request(connection: Connection, *, requester: int, target: int) -> None:
    connection.execute(
        follow_requests.delete().where(
            follow_requests.c.requester_id == requester,
            follow_requests.c.target_id == target,
        )
    )


def _add_request(effect: Effect, *, target: int) -> None:
    pending = effect.connection.scalar(
        sa.select(
            sa.exists().where(
                follow_requests.c.requester_id == effect.me.id,
                follow_requests.c.target_id == target,
            )
        )
    )
    if not pending:
        row = {
            "requester_id": effect.me.id,
            "target_id": target,
            "since": effect.now,
        }
        upsert(effect.connection, follow_requests, [row])


def _add_follow(effect: Effect, *, follower: int, followed: int) -> None:
    row = {"follower_id": follower, "followed_id": followed, "since": effect.now}
    upsert(effect.connection, follows, [row])


def _follows(connection: Connection, *, follower: int, followed: int) -> bool:
    condition = visibility.follows_person(follower=follower, followed=followed)
    return bool(connection.scalar(sa.select(condition)))


HANDLERS = (
    list_followers,
    list_following,
    list_requests,
    remove_follower,
    follow_person,
    unfollow_person,
    accept_request,
    reject_request,
)
