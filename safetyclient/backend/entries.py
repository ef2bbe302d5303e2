"""Mutes and blocks in the database: applying wishes, ends, and the change feed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from safetyclient.backend import people, writes
from safetyclient.backend.database import upsert, utc, words
from safetyclient.backend.service import Service
from safetyclient.backend.tables import (
    follow_requests,
    follows,
    list_entries,
    list_feeds,
)
from safetyclient.backend.visibility import BLOCKS, MUTES
from safetyclient.backend.writes import Effect, Kept
from safetyclient.wire.v1.common import ProblemCode
from safetyclient.wire.v1.lists import Entry, ItemResult, ListItem

_VERBS: Mapping[tuple[str, bool], str] = {
    (MUTES, True): "mute",
    (MUTES, False): "unmute",
    (BLOCKS, True): "block",
    (BLOCKS, False): "unblock",
}
_CHUNK = 5000


@dataclass(frozen=True, slots=True)
class _Wish:
    """A wish that may be carried out: who it is about, and its fingerprint."""

    change: str
    target: int
    on: bool
    until: datetime | None
    note: str
    fingerprint: bytes


def apply(effect: Effect, kind: str, items: Sequence[ListItem]) -> list[ItemResult]:
    """Carry wishes out in their order, each once by its own change id.

    An item that is refused changes nothing and is not remembered. Two items about
    one person both count; the later one stands.
    """
    settle(effect.connection, effect.me.id, now=effect.now)
    targets = people.look_up(effect.connection, (item.person for item in items))
    kept = {k.key: k for k in writes.remembered(effect, (i.change for i in items))}
    results: list[ItemResult | None] = []
    fresh: dict[str, _Wish] = {}
    for item in items:
        outcome = _judge(effect, kind, item, targets.get(item.person))
        if isinstance(outcome, ItemResult):
            results.append(outcome)
            continue
        known = kept.get(item.change) or fresh.get(item.change)
        results.append(_again(outcome, known))
        if known is None:
            fresh[item.change] = outcome
    done = _carry_out(effect, kind, list(fresh.values()))
    return [
        result if result is not None else done[item.change]
        for item, result in zip(items, results, strict=True)
    ]


def _judge(
    effect: Effect, kind: str, item: ListItem, target: int | None
) -> _Wish | ItemResult:
    if target is None:
        return _refused(item.change, 404, ProblemCode.NOT_FOUND)
    if target == effect.me.id:
        return _refused(item.change, 409, ProblemCode.CONFLICT)
    until = utc(item.until) if item.on and item.until is not None else None
    note = words(item.note) if item.on else ""
    parts = (kind, str(item.on), str(target), str(until), note)
    return _Wish(
        change=item.change,
        target=target,
        on=item.on,
        until=until,
        note=note,
        fingerprint=writes.fingerprint(*(part.encode() for part in parts)),
    )


def _again(wish: _Wish, known: Kept | _Wish | None) -> ItemResult | None:
    """Return the answer to a change id that was seen before; None for a fresh one."""
    if known is None:
        return None
    if known.fingerprint != wish.fingerprint:
        return _refused(wish.change, 422, ProblemCode.KEY_REUSED)
    if isinstance(known, _Wish):
        return None
    return msgspec.json.decode(known.body, type=ItemResult)


def _refused(change: str, status: int, code: ProblemCode) -> ItemResult:
    return ItemResult(change=change, status=status, code=code.value)


def _carry_out(
    effect: Effect, kind: str, wishes: Sequence[_Wish]
) -> dict[str, ItemResult]:
    if not wishes:
        return {}
    since = _write_entries(effect, kind, wishes)
    if kind == BLOCKS:
        _cut(effect, [wish.target for wish in wishes if wish.on])
    shown = people.show(
        effect.connection,
        (wish.target for wish in wishes),
        viewer=effect.me.id,
        origin=effect.service.origin,
    )
    results = {
        wish.change: ItemResult(
            change=wish.change,
            status=200 if wish.on else 204,
            person=shown[wish.target],
            entry=Entry(
                person=shown[wish.target],
                since=since[wish.target],
                until=wish.until,
                note=wish.note,
            )
            if wish.on
            else None,
        )
        for wish in wishes
    }
    writes.keep(effect, [_kept(effect, kind, w, results[w.change]) for w in wishes])
    return results


def _kept(effect: Effect, kind: str, wish: _Wish, result: ItemResult) -> Kept:
    return Kept(
        key=wish.change,
        fingerprint=wish.fingerprint,
        operation=_VERBS[kind, wish.on],
        subject=f"account:{wish.target}",
        status=result.status,
        body=msgspec.json.encode(result),
        at=effect.now,
    )


def _write_entries(
    effect: Effect, kind: str, wishes: Sequence[_Wish]
) -> dict[int, datetime]:
    """Write the last wish about each person; return since when each stands."""
    owner, connection = effect.me.id, effect.connection
    last = {wish.target: wish for wish in wishes}
    present = _present(connection, owner, kind, last)
    position = _advance(connection, owner, kind, len(last))
    rows: list[dict[str, Any]] = []
    for number, (target, wish) in enumerate(last.items(), start=1):
        if not wish.on and target not in present:
            continue
        rows.append(
            {
                "owner_id": owner,
                "kind": kind,
                "person_id": target,
                "since": present.get(target, effect.now),
                "until": wish.until,
                "note": wish.note,
                "position": position + number,
                "gone_at": None if wish.on else effect.now,
            }
        )
    upsert(connection, list_entries, rows)
    return {target: present.get(target, effect.now) for target in last}


def _present(
    connection: Connection, owner: int, kind: str, targets: Iterable[int]
) -> dict[int, datetime]:
    rows = connection.execute(
        sa.select(list_entries.c.person_id, list_entries.c.since).where(
            list_entries.c.owner_id == owner,
            list_entries.c.kind == kind,
            list_entries.c.person_id.in_(list(targets)),
            list_entries.c.gone_at.is_(None),
        )
    )
    return {row.person_id: row.since for row in rows}


def _cut(effect: Effect, targets: Sequence[int]) -> None:
    """End follows and follow requests between the blocker and these, both ways."""
    if not targets:
        return
    me = effect.me.id
    for one, other, table in (
        (follows.c.follower_id, follows.c.followed_id, follows),
        (follow_requests.c.requester_id, follow_requests.c.target_id, follow_requests),
    ):
        effect.connection.execute(
            table.delete().where(
                ((one == me) & other.in_(targets)) | ((other == me) & one.in_(targets))
            )
        )


def feed(connection: Connection, owner: int, kind: str) -> tuple[int, int]:
    """Return position and floor of a change feed."""
    row = connection.execute(
        sa.select(list_feeds.c.position, list_feeds.c.floor).where(
            list_feeds.c.owner_id == owner, list_feeds.c.kind == kind
        )
    ).first()
    return (0, 0) if row is None else (row.position, row.floor)


def _advance(connection: Connection, owner: int, kind: str, steps: int) -> int:
    """Move a feed on by some steps and return the position before them."""
    position, floor = feed(connection, owner, kind)
    row = {"owner_id": owner, "kind": kind, "floor": floor}
    upsert(connection, list_feeds, [row | {"position": position + steps}])
    return position


def due(owner: int, *, now: datetime) -> sa.ColumnElement[bool]:
    """Return the condition that an entry's end has come and is not yet in the feed."""
    return (
        (list_entries.c.owner_id == owner)
        & (list_entries.c.until <= now)
        & list_entries.c.gone_at.is_(None)
    )


def settle(connection: Connection, owner: int, *, now: datetime) -> None:
    """Turn entries whose end has come into removed ones, so that the feed tells."""
    rows = connection.execute(
        sa.select(list_entries.c.kind, list_entries.c.person_id)
        .where(due(owner, now=now))
        .order_by(list_entries.c.until, list_entries.c.person_id)
    ).all()
    for kind in {row.kind for row in rows}:
        over = [row.person_id for row in rows if row.kind == kind]
        position = _advance(connection, owner, kind, len(over))
        connection.execute(
            list_entries.update()
            .where(
                list_entries.c.owner_id == owner,
                list_entries.c.kind == kind,
                list_entries.c.person_id == sa.bindparam("target"),
            )
            .values(position=sa.bindparam("place"), gone_at=now),
            [
                {"target": target, "place": position + number}
                for number, target in enumerate(over, start=1)
            ],
        )


def forget(connection: Connection, *, now: datetime, service: Service) -> None:
    """Drop removed entries that no feed has to tell of any more."""
    horizon = now - timedelta(days=service.settings.feed_days)
    old = list_entries.c.gone_at <= horizon
    floors = connection.execute(
        sa.select(
            list_entries.c.owner_id,
            list_entries.c.kind,
            sa.func.max(list_entries.c.position),
        )
        .where(old)
        .group_by(list_entries.c.owner_id, list_entries.c.kind)
    ).all()
    for owner, kind, floor in floors:
        connection.execute(
            list_feeds.update()
            .where(
                list_feeds.c.owner_id == owner,
                list_feeds.c.kind == kind,
                list_feeds.c.floor < floor,
            )
            .values(floor=floor)
        )
    connection.execute(list_entries.delete().where(old))


def add_all(
    connection: Connection,
    owner: int,
    kind: str,
    rows: Sequence[tuple[int, datetime, datetime | None, str]],
) -> None:
    """Put many new entries (person, since, until, note) on a list, as a seed does.

    Follows are not cut and no ledger is written: this is not a write of a person.
    """
    position = _advance(connection, owner, kind, len(rows))
    for start in range(0, len(rows), _CHUNK):
        connection.execute(
            list_entries.insert(),
            [
                {
                    "owner_id": owner,
                    "kind": kind,
                    "person_id": target,
                    "since": since,
                    "until": until,
                    "note": note,
                    "position": position + number,
                    "gone_at": None,
                }
                for number, (target, since, until, note) in enumerate(
                    rows[start : start + _CHUNK], start=start + 1
                )
            ],
        )
