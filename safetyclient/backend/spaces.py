"""Operations on Spaces: those that are live or scheduled can be looked up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from litestar.params import QueryParameter
from sqlalchemy.engine import Connection, Row

from safetyclient.backend import people as persons
from safetyclient.backend.access import seen
from safetyclient.backend.problems import Refusal, not_found
from safetyclient.backend.routes import Cursor, IdPath, Limit, Visit, operation
from safetyclient.backend.spaces_tables import space_participants, spaces
from safetyclient.backend.visibility import has_blocked
from safetyclient.wire.v1.common import ProblemCode as P
from safetyclient.wire.v1.spaces import Participant, Space, SpacePage, SpaceState

TAG = "spaces"
Wanted = Annotated[Literal["live", "scheduled"] | None, QueryParameter(name="state")]


def state_at(row: Row[Any], now: datetime) -> SpaceState:
    """Return where a Space is in its life by the server's clock."""
    if now < row.starts_at:
        return "scheduled"
    return "live" if now < row.ends_at else "ended"


def address(origin: str, space: int) -> str:
    """Return the address of a Space."""
    return f"{origin}/spaces/{space}"


@operation("GET", "/spaces", name="listSpaces", tag=TAG)
def list_spaces(
    visit: Visit, wanted: Wanted = None, limit: Limit = 50, cursor: Cursor = ""
) -> SpacePage:
    """List live and scheduled Spaces, or those of one state."""
    started = spaces.c.starts_at <= visit.now
    query = sa.select(spaces).where(
        spaces.c.ends_at > visit.now, _open_to("listSpaces", visit)
    )
    if wanted is not None:
        query = query.where(started if wanted == "live" else ~started)
    if cursor:
        query = query.where(spaces.c.id > int(cursor))
    with visit.service.database.read() as connection:
        rows = connection.execute(query.order_by(spaces.c.id).limit(limit + 1)).all()
        shown = _show(connection, rows[:limit], visit)
    return SpacePage(items=shown, next=shown[-1].id if len(rows) > limit else "")


@operation(
    "GET",
    "/spaces/{space:str}",
    name="getSpace",
    tag=TAG,
    problems=[P.NOT_FOUND, P.GONE],
)
def get_space(space: IdPath, visit: Visit) -> Space:
    """Show a live or scheduled Space; after its end it is gone."""
    query = sa.select(spaces).where(
        spaces.c.id == int(space), _open_to("getSpace", visit)
    )
    with visit.service.database.read() as connection:
        row = connection.execute(query).first()
        if row is None:
            raise not_found()
        if state_at(row, visit.now) == "ended":
            raise Refusal(P.GONE)
        return _show(connection, [row], visit)[0]


HANDLERS = (list_spaces, get_space)


def _open_to(name: str, visit: Visit) -> sa.ColumnElement[bool]:
    """Return the condition that the host of a Space did not block the visitor."""
    blocked = has_blocked(blocker=spaces.c.host_id, blocked=visit.me.id, now=visit.now)
    return seen(name, ~blocked)


def _show(
    connection: Connection, rows: Sequence[Row[Any]], visit: Visit
) -> list[Space]:
    ids = [row.id for row in rows]
    found = connection.execute(
        sa.select(space_participants)
        .where(space_participants.c.space_id.in_(ids))
        .order_by(space_participants.c.space_id, space_participants.c.place)
    ).all()
    present: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    for row in found:
        present[row.space_id].append(row)
    shown = persons.show(
        connection,
        {row.person_id for row in found} | {row.host_id for row in rows},
        viewer=visit.me.id,
        origin=visit.service.origin,
    )
    return [
        Space(
            id=str(row.id),
            url=address(visit.service.origin, row.id),
            title=row.title,
            topic=row.topic,
            state=state_at(row, visit.now),
            starts_at=row.starts_at,
            host=shown[row.host_id],
            participants=[
                Participant(
                    person=shown[one.person_id],
                    role=one.role,
                    joined_at=one.joined_at,
                )
                for one in present[row.id]
                if one.joined_at is None or one.joined_at <= visit.now
            ],
            recorded=row.recorded,
            has_video=row.has_video,
        )
        for row in rows
    ]
