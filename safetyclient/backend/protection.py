"""Protected or public: the setting, and what a switch would do."""

from __future__ import annotations

from typing import Annotated

import sqlalchemy as sa
from litestar import Response
from litestar.params import FromQuery, HeaderParameter, JSONBody
from sqlalchemy.engine import Connection

from safetyclient.backend import access, visibility
from safetyclient.backend.posts_counts import counts
from safetyclient.backend.problems import Refusal, not_found
from safetyclient.backend.routes import Visit, operation
from safetyclient.backend.tables import follow_requests, follows, people
from safetyclient.backend.writes import Done, Effect, Write
from safetyclient.wire.v1.common import ProblemCode
from safetyclient.wire.v1.protection import Consequences, Settings

IfMatch = Annotated[str, HeaderParameter(name="If-Match", max_length=200)]


@operation("GET", "/settings", name="getSettings", tag="settings")
def get_settings(visit: Visit) -> Response[Settings]:
    """Return the settings; the ETag is for the next write."""
    mine = access.own("getSettings", people.c.id, me=visit.me)
    with visit.service.database.read() as connection:
        settings, version = _read(connection, mine)
    return Response(settings, headers={"ETag": _etag(version)})


@operation(
    "PUT",
    "/settings",
    name="putSettings",
    tag="settings",
    problems=(ProblemCode.PRECONDITION, ProblemCode.PRECONDITION_REQUIRED),
)
def put_settings(
    write: Write,
    data: JSONBody[Settings],
    if_match: IfMatch = "",
) -> Settings:
    """Replace the settings, if they are still what the ETag stands for (or `*`).

    Becoming protected covers old posts too. Becoming public shows all of them
    again and accepts nobody: requests stay until they are answered or withdrawn.
    """
    if not if_match.strip():
        raise Refusal(ProblemCode.PRECONDITION_REQUIRED)
    return write.once(
        lambda effect: _switch(effect, data, if_match),
        operation="protect" if data.protected else "unprotect",
        returns=Settings,
    )


@operation("GET", "/settings/consequences", name="getConsequences", tag="settings")
def get_consequences(visit: Visit, protected: FromQuery[bool]) -> Consequences:
    """Tell in this person's own numbers what a switch would do.

    To protected: `posts` become hidden from all but the `followers`, who stay and
    of whom `followers_not_followed` are people one does not follow. To public:
    `posts` become visible to everybody; `pending_requests` stay pending until they
    are answered or withdrawn, nobody is accepted silently.
    """
    me = visit.me.id
    follower = follows.c.follower_id
    mine = access.own("getConsequences", follows.c.followed_id, me=visit.me)
    stranger = ~visibility.follows_person(follower=me, followed=follower)
    with visit.service.database.read() as connection:
        posts, posts_with_media = counts(connection, me)
        return Consequences(
            protected=protected,
            pending_requests=_count(
                connection, follow_requests, follow_requests.c.target_id == me
            ),
            followers=_count(connection, follows, mine),
            followers_not_followed=_count(connection, follows, mine & stranger),
            posts=posts,
            posts_with_media=posts_with_media,
        )


def _read(connection: Connection, mine: sa.ColumnElement[bool]) -> tuple[Settings, int]:
    row = connection.execute(
        sa.select(people.c.protected, people.c.settings_version)
        .where(mine)
        .order_by(people.c.id)
    ).first()
    if row is None:
        raise not_found()
    return Settings(protected=row.protected), row.settings_version


def _switch(effect: Effect, wanted: Settings, if_match: str) -> Done[Settings]:
    mine = access.own("putSettings", people.c.id, me=effect.me)
    _, version = _read(effect.connection, mine)
    accepted = {tag.strip() for tag in if_match.split(",")}
    if not accepted & {"*", _etag(version)}:
        raise Refusal(ProblemCode.PRECONDITION)
    effect.connection.execute(
        people.update()
        .where(mine)
        .values(protected=wanted.protected, settings_version=version + 1)
    )
    return Done(wanted, "self")


def _etag(version: int) -> str:
    return f'"settings-{version}"'


def _count(
    connection: Connection, table: sa.Table, condition: sa.ColumnElement[bool]
) -> int:
    statement = sa.select(sa.func.count()).select_from(table).where(condition)
    return connection.scalar(statement) or 0


HANDLERS = (get_settings, put_settings, get_consequences)
