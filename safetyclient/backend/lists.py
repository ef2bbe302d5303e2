"""Mutes and blocks over HTTP: pages, change feeds, single and bulk writes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
import sqlalchemy as sa
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody, QueryParameter

from safetyclient.backend import access, entries, people, writes
from safetyclient.backend.problems import Refusal, invalid
from safetyclient.backend.routes import Limit, Visit, WhoPath, operation
from safetyclient.backend.tables import list_entries
from safetyclient.backend.tables import people as people_table
from safetyclient.backend.visibility import BLOCKS, MUTES
from safetyclient.backend.writes import Effect, Kept, Write
from safetyclient.wire.v1 import lists as wire
from safetyclient.wire.v1.common import ProblemCode

PageCursor = Annotated[
    str, QueryParameter(name="cursor", pattern=r"^([0-9]{1,18}\.[0-9]{1,18})?$")
]
"""Last person and mark of the first page, so that every page tells the same mark."""
Mark = Annotated[str, QueryParameter(name="since", pattern="^[0-9]{1,18}$")]


def _handlers(kind: str, noun: str) -> tuple[HTTPRouteHandler, ...]:
    """Return the operations of one list; `noun` names them (`Mutes`, `Blocks`)."""
    one = noun.removesuffix("s")
    page_name, feed_name = f"list{noun}", f"list{noun[:-1]}Changes"

    @operation("GET", f"/{kind}", name=page_name, tag=kind)
    def page(visit: Visit, limit: Limit = 100, cursor: PageCursor = "") -> wire.Entries:
        """Return a page of the list, in an order that stays.

        Entries whose end has come are not there. Read `changes` from `mark` on
        after the last page: it tells what changed meanwhile.
        """
        size = visit.page(limit)
        return _page(visit, kind, operation_name=page_name, limit=size, cursor=cursor)

    @operation(
        "GET",
        f"/{kind}/changes",
        name=feed_name,
        tag=kind,
        problems=(ProblemCode.GONE,),
    )
    def changes(visit: Visit, since: Mark, limit: Limit = 500) -> wire.EntryChanges:
        """Return what changed since a mark; an entry that has ended counts as removed.

        A mark that is too old, or not of this server, is gone: read the list anew.
        """
        size = visit.page(limit)
        return _changes(visit, kind, operation_name=feed_name, since=since, limit=size)

    @operation("POST", f"/{kind}/bulk", name=f"change{noun}", tag=kind)
    def bulk(write: Write, data: JSONBody[wire.ListItems]) -> wire.ItemResults:
        """Carry up to 500 wishes out, with a result for each.

        Each item's `change` is its own key, in whatever group it comes again. The
        request's key only refuses to stand for another body.
        """
        if len(data.items) > write.service.settings.bulk:
            raise invalid("items", code="too_many")
        return write.run(lambda effect: _bulk(effect, write, kind, data))

    @operation(
        "PUT",
        f"/{kind}/{{who:str}}",
        name=f"put{one}",
        tag=kind,
        problems=(ProblemCode.NOT_FOUND, ProblemCode.CONFLICT),
    )
    def put(
        write: Write,
        who: WhoPath,
        data: JSONBody[wire.EntryWish],
    ) -> wire.Entry:
        """Put somebody on the list, or change reason and end. Not oneself."""
        result = _single(write, kind, who, data)
        if result.entry is None:
            raise AssertionError("an entry was written, and none answered")
        return result.entry

    @operation(
        "DELETE",
        f"/{kind}/{{who:str}}",
        name=f"delete{one}",
        tag=kind,
        status=204,
        problems=(ProblemCode.NOT_FOUND, ProblemCode.CONFLICT),
    )
    def delete(write: Write, who: WhoPath) -> None:
        """Take somebody off the list; fine when they are not on it."""
        _single(write, kind, who, None)

    return page, changes, bulk, put, delete


def _page(
    visit: Visit, kind: str, *, operation_name: str, limit: int, cursor: str
) -> wire.Entries:
    after, _, mark = cursor.partition(".")
    _settle(visit)
    with visit.service.database.read() as connection:
        position, _ = entries.feed(connection, visit.me.id, kind)
        rows = connection.execute(
            _select(visit, kind, operation_name)
            .where(
                list_entries.c.person_id > int(after or 0),
                list_entries.c.gone_at.is_(None),
            )
            .order_by(list_entries.c.person_id)
            .limit(limit + 1)
        ).all()
    shown, following = people.page_of(rows, limit)
    mark = mark or str(position)
    return wire.Entries(
        items=_entries(visit, shown),
        next=f"{following}.{mark}" if following else "",
        mark=mark,
    )


def _changes(
    visit: Visit, kind: str, *, operation_name: str, since: str, limit: int
) -> wire.EntryChanges:
    _settle(visit)
    mark = int(since)
    with visit.service.database.read() as connection:
        position, floor = entries.feed(connection, visit.me.id, kind)
        if not floor <= mark <= position:
            raise Refusal(ProblemCode.GONE)
        rows = connection.execute(
            _select(visit, kind, operation_name)
            .where(list_entries.c.position > mark)
            .order_by(list_entries.c.position)
            .limit(limit + 1)
        ).all()
    more = len(rows) > limit
    rows = rows[:limit]
    return wire.EntryChanges(
        changed=_entries(visit, [row for row in rows if row.gone_at is None]),
        removed=[str(row[0]) for row in rows if row.gone_at is not None],
        mark=str(rows[-1].position if more else position),
        more=more,
    )


def _select(visit: Visit, kind: str, operation_name: str) -> sa.Select[Any]:
    return (
        sa.select(
            *people.columns(visit.me.id),
            list_entries.c.since,
            list_entries.c.until,
            list_entries.c.note,
            list_entries.c.gone_at,
            list_entries.c.position,
        )
        .join_from(
            list_entries, people_table, people_table.c.id == list_entries.c.person_id
        )
        .where(
            access.own(operation_name, list_entries.c.owner_id, me=visit.me),
            list_entries.c.kind == kind,
        )
    )


def _entries(visit: Visit, rows: Sequence[Any]) -> list[wire.Entry]:
    origin = visit.service.origin
    return [
        wire.Entry(
            person=people.person(row, origin=origin),
            since=row.since,
            until=row.until,
            note=row.note,
        )
        for row in rows
    ]


def _settle(visit: Visit) -> None:
    """Write down what has ended, if anything has, before a read tells of the list."""
    database, owner, now = visit.service.database, visit.me.id, visit.now
    with database.read() as connection:
        waiting = connection.scalar(
            sa.select(sa.exists().where(entries.due(owner, now=now)))
        )
    if waiting:
        database.write(lambda connection: entries.settle(connection, owner, now=now))


def _single(
    write: Write, kind: str, who: str, wish: wire.EntryWish | None
) -> wire.ItemResult:
    item = wire.ListItem(
        change=write.key,
        person=who,
        on=wish is not None,
        until=wish.until if wish else None,
        note=wish.note if wish else "",
    )
    result = write.run(lambda effect: entries.apply(effect, kind, [item])[0])
    if result.code is not None:
        raise Refusal(ProblemCode(result.code))
    return result


def _bulk(
    effect: Effect, write: Write, kind: str, data: wire.ListItems
) -> wire.ItemResults:
    known = writes.recall(effect, {write.key: write.fingerprint})
    results = wire.ItemResults(results=entries.apply(effect, kind, data.items))
    if not known:
        kept = Kept(
            key=write.key,
            fingerprint=write.fingerprint,
            operation=f"{kind}_bulk",
            subject=kind,
            status=200,
            body=msgspec.json.encode(None),
            at=effect.now,
        )
        writes.keep(effect, [kept], logged=False)
    return results


HANDLERS = (*_handlers(MUTES, "Mutes"), *_handlers(BLOCKS, "Blocks"))
