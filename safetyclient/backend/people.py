"""People as others see them: look-up, search, and the columns of a `Person`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import sqlalchemy as sa
from litestar.params import QueryParameter
from sqlalchemy.engine import Connection

from safetyclient.backend import access, visibility
from safetyclient.backend.database import words
from safetyclient.backend.problems import not_found
from safetyclient.backend.routes import Cursor, Limit, Visit, WhoPath, operation
from safetyclient.backend.tables import follow_requests, follows, people
from safetyclient.wire.v1 import people as wire
from safetyclient.wire.v1.common import ProblemCode

_CHUNK = 5000
Search = Annotated[str, QueryParameter(name="search", max_length=100)]


def address(origin: str, handle: str) -> str:
    """Return the address of an account."""
    return f"{origin}/@{handle}"


def columns(viewer: int) -> list[sa.ColumnElement[Any]]:
    """Return what `person` needs: a person, and how they stand to the viewer."""
    return [
        people.c.id,
        people.c.handle,
        people.c.name,
        people.c.bio,
        people.c.protected,
        visibility.follows_person(follower=people.c.id, followed=viewer),
        visibility.follows_person(follower=viewer, followed=people.c.id),
        _asks(requester=viewer, target=people.c.id),
    ]


def person(row: Sequence[Any], *, origin: str) -> wire.Person:
    """Return the shape of a row that begins with `columns`."""
    return wire.Person(
        id=str(row[0]),
        handle=row[1],
        name=row[2],
        bio=row[3],
        url=address(origin, row[1]),
        protected=row[4],
        follows_me=row[5],
        followed=row[6],
        follow_requested=row[7],
    )


def look_up(connection: Connection, who: Iterable[str]) -> dict[str, int]:
    """Return the id of everybody who exists, by the words they were named with."""
    asked = set(who)
    named = {word: word[1:].lower() for word in asked if word.startswith("@")}
    numbered = {word: int(word) for word in asked if not word.startswith("@")}
    handles = _ids(connection, people.c.handle, set(named.values()))
    ids = _ids(connection, people.c.id, set(numbered.values()))
    found = {word: handles.get(handle) for word, handle in named.items()}
    found |= {word: ids.get(number) for word, number in numbered.items()}
    return {word: number for word, number in found.items() if number is not None}


def resolve(connection: Connection, who: str) -> int:
    """Return the id of one person.

    Raises:
        Refusal: `not_found`.
    """
    number = look_up(connection, [who]).get(who)
    if number is None:
        raise not_found()
    return number


def show(
    connection: Connection, ids: Iterable[int], *, viewer: int, origin: str
) -> dict[int, wire.Person]:
    """Return people by id, as the viewer sees them."""
    wanted = list(set(ids))
    shown: dict[int, wire.Person] = {}
    for start in range(0, len(wanted), _CHUNK):
        rows = connection.execute(
            sa.select(*columns(viewer)).where(
                people.c.id.in_(wanted[start : start + _CHUNK])
            )
        )
        shown |= {row[0]: person(row, origin=origin) for row in rows}
    return shown


def me(connection: Connection, person_id: int, *, origin: str) -> wire.Me:
    """Return a person as they see themselves."""
    row = connection.execute(
        sa.select(
            people.c.handle,
            people.c.name,
            people.c.bio,
            people.c.protected,
            people.c.role,
            _count(follows.c.followed_id == person_id),
            _count(follows.c.follower_id == person_id),
        ).where(people.c.id == person_id)
    ).one()
    return wire.Me(
        id=str(person_id),
        handle=row[0],
        name=row[1],
        bio=row[2],
        protected=row[3],
        role=row[4],
        url=address(origin, row[0]),
        followers=row[5],
        following=row[6],
    )


def page_of(
    rows: Sequence[Sequence[Any]], limit: int
) -> tuple[Sequence[Sequence[Any]], str]:
    """Split `limit + 1` rows, whose first column is their order, into page and next."""
    if len(rows) <= limit:
        return rows, ""
    return rows[:limit], str(rows[limit - 1][0])


@operation("GET", "/me", name="getMe", tag="people")
def get_me(visit: Visit) -> wire.Me:
    """Tell who is signed in."""
    with visit.service.database.read() as connection:
        return me(connection, visit.me.id, origin=visit.service.origin)


@operation(
    "GET",
    "/people/{who:str}",
    name="getPerson",
    tag="people",
    problems=(ProblemCode.NOT_FOUND,),
)
def get_person(visit: Visit, who: WhoPath) -> wire.Person:
    """Look a person up by id or `@handle`.

    Somebody who blocked the visitor is shown too: they may have to be reported.
    """
    with visit.service.database.read() as connection:
        number = resolve(connection, who)
        return show(
            connection, [number], viewer=visit.me.id, origin=visit.service.origin
        )[number]


@operation("GET", "/people", name="searchPeople", tag="people")
def search_people(
    visit: Visit, search: Search = "", limit: Limit = 100, cursor: Cursor = ""
) -> wire.People:
    """Find people by a part of their handle or name.

    A protected account is found by its followers only, and nobody finds an account
    that blocked them.
    """
    limit = visit.page(limit)
    pattern = f"%{_escaped(words(search).lower())}%"
    statement = (
        sa.select(*columns(visit.me.id))
        .where(
            people.c.id > int(cursor or 0),
            people.c.handle.like(pattern, escape="\\")
            | sa.func.lower(people.c.name).like(pattern, escape="\\"),
            access.seen(
                "searchPeople", visibility.findable(visit.me.id, now=visit.now)
            ),
        )
        .order_by(people.c.id)
        .limit(limit + 1)
    )
    with visit.service.database.read() as connection:
        rows, following = page_of(connection.execute(statement).all(), limit)
    origin = visit.service.origin
    return wire.People(
        items=[person(row, origin=origin) for row in rows], next=following
    )


def _asks(*, requester: int, target: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    table = follow_requests.alias()
    return sa.exists().where(
        table.c.requester_id == requester, table.c.target_id == target
    )


def _count(condition: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    return (
        sa.select(sa.func.count()).select_from(follows).where(condition)
    ).scalar_subquery()


def _ids(
    connection: Connection, column: sa.ColumnElement[Any], values: set[Any]
) -> dict[Any, int]:
    if not values:
        return {}
    rows = connection.execute(
        sa.select(column, people.c.id).where(column.in_(list(values)))
    )
    return {row[0]: row[1] for row in rows}


def _escaped(text: str) -> str:
    for special in ("\\", "%", "_"):
        text = text.replace(special, f"\\{special}")
    return text


HANDLERS = (get_me, get_person, search_people)
