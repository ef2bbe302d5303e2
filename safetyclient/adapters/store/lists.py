"""ListRows: mutes and blocks as the person sees them, in windows by key.

Two ordered streams are merged: rows of the mirror that no wish takes away, and
wishes whose person the mirror does not know. Both come from an index in key order,
so a window reads about as many rows as it returns.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from safetyclient.adapters.store.codec import (
    end_from,
    pack,
    person_from,
    when_text,
)
from safetyclient.adapters.store.database import Database, Row, Value
from safetyclient.adapters.store.topics import Topics
from safetyclient.adapters.store.words import Words
from safetyclient.domain.changes import ROW_STATES, ChangeStatus
from safetyclient.domain.ids import AccountId, ChangeId, PersonRef, SubjectKey
from safetyclient.domain.lists import ListEntry, ListKind, RowKey, Window
from safetyclient.domain.rows import RowState

_CHANGE_KINDS = {ListKind.MUTES: "mute", ListKind.BLOCKS: "block"}
_PENDING = "('queued', 'sending', 'resend')"
_WISHED = f"(c.is_on AND c.status IN {_PENDING})"

_PLAIN = """
SELECT m.sort_key AS sort_key, m.person AS row_id, m.person, m.handle, m.name,
  m.flags, m.since, m.until, m.note, NULL, NULL, ''
FROM mirror_entry AS m
WHERE m.list=:list AND (m.until IS NULL OR m.until>:now)
"""
_SOME_PEOPLE = "FROM json_each(:people) AS j CROSS JOIN"
_MIRRORED = f"""
SELECT m.sort_key AS sort_key, m.person AS row_id, m.person, m.handle, m.name,
  m.flags, m.since, iif({_WISHED}, c.until, m.until),
  iif({_WISHED}, c.note, m.note), c.status, c.id, c.problem
FROM mirror_entry AS m LEFT JOIN change AS c ON c.shown=1
  AND c.account=:account AND c.kind=:kind AND c.subject='account:' || m.person
WHERE m.list=:list AND (c.id IS NULL OR c.is_on OR c.status NOT IN {_PENDING})
  AND (iif({_WISHED}, c.until, m.until) IS NULL
    OR iif({_WISHED}, c.until, m.until)>:now)
"""
_WISHES = """
SELECT c.sort_key AS sort_key, c.row_id AS row_id, c.person, c.handle, '', 0, NULL,
  c.until, c.note, c.status, c.id, c.problem
FROM change AS c
WHERE c.shown=1 AND c.account=:account AND c.kind=:kind AND c.is_on=1
  AND (c.until IS NULL OR c.until>:now)
  AND NOT EXISTS (SELECT 1 FROM mirror_entry AS m
    WHERE m.list=:list AND m.person=c.person)
"""


class ListRows:
    """Projected rows of the two lists."""

    def __init__(self, database: Database, topics: Topics) -> None:
        self._db = database
        self._topics = topics
        self._words = Words(database)

    def window(
        self,
        account: AccountId,
        kind: ListKind,
        *,
        search: str,
        after: RowKey | None,
        limit: int,
        offset: int,
        now: datetime,
    ) -> Window[ListEntry]:
        """Return projected rows in the order of their keys."""
        args = self._args(account, kind, now)
        arms = self._arms(args, search)
        narrow = ""
        if after is not None:
            args["key"], args["id"] = after
            narrow = " AND ({table}.sort_key, {id}) > (:key, :id)"
        statements = [arm + narrow.format(table=t, id=i) for arm, t, i in arms]
        args["n"], args["skip"] = limit + 1, offset
        rows = self._db.all(
            " UNION ALL ".join(statements)
            + " ORDER BY sort_key, row_id LIMIT :n OFFSET :skip",
            args,
        )
        more = len(rows) > limit
        kept = rows[:limit]
        return Window(
            rows=tuple(_entry(kind, row) for row in kept),
            next=(kept[-1][0], kept[-1][1]) if more and kept else None,
        )

    def count(
        self, account: AccountId, kind: ListKind, *, search: str, now: datetime
    ) -> int:
        """Return how many rows there are."""
        args = self._args(account, kind, now)
        return sum(
            self._db.value(f"SELECT count(*) FROM ({arm})", args)
            for arm, _, _ in self._arms(args, search)
        )

    def anchors(
        self,
        account: AccountId,
        kind: ListKind,
        *,
        search: str,
        step: int,
        now: datetime,
    ) -> tuple[RowKey, ...]:
        """Return the key of every `step`-th row."""
        args = self._args(account, kind, now)
        args["step"] = step
        arms = " UNION ALL ".join(
            f"SELECT sort_key, row_id FROM ({arm})"
            for arm, _, _ in self._arms(args, search)
        )
        rows = self._db.all(
            "SELECT sort_key, row_id FROM (SELECT sort_key, row_id, row_number() OVER"
            f" (ORDER BY sort_key, row_id) AS n FROM ({arms})) WHERE n % :step = 0",
            args,
        )
        return tuple((row[0], row[1]) for row in rows)

    def seen(
        self,
        account: AccountId,
        kind: ListKind,
        people: Sequence[PersonRef],
        *,
        now: datetime,
    ) -> dict[SubjectKey, ListEntry]:
        """Return the projected rows of some people, by subject key."""
        args = self._args(account, kind, now)
        args["people"] = pack([person.id for person in people if person.id])
        found: dict[SubjectKey, ListEntry] = {}
        # CROSS JOIN: seek each person, never read the whole list.
        mirrored = self._db.all(
            f"{_PLAIN.replace('FROM', _SOME_PEOPLE, 1)} AND m.person=j.value", args
        )
        for row in mirrored:
            found[SubjectKey(f"account:{row[2]}")] = _entry(kind, row)
        if not self._overlaid(args):
            return found
        args["subjects"] = pack([person.key for person in people])
        wished = self._db.all(
            "SELECT c.subject, c.is_on, c.sort_key, c.row_id, c.person, c.handle, '',"
            " 0, NULL, c.until, c.note, c.status, c.id, c.problem FROM change AS c"
            " WHERE c.shown=1 AND c.account=:account AND c.kind=:kind"
            f" AND c.status IN {_PENDING}"
            " AND c.subject IN (SELECT value FROM json_each(:subjects))",
            args,
        )
        for row in wished:
            if not row[1] or (row[9] is not None and row[9] <= args["now"]):
                found.pop(SubjectKey(row[0]), None)
            else:
                found[SubjectKey(row[0])] = _entry(kind, row[2:])
        return found

    def index_slice(self, rows: int) -> bool:
        """Index some rows for search; returns whether more are waiting."""
        return self._words.index_slice(rows)

    def _args(
        self, account: AccountId, kind: ListKind, now: datetime
    ) -> dict[str, Value]:
        return {
            "account": account,
            "kind": _CHANGE_KINDS[kind],
            "list": self._topics.number(account, kind.value),
            "now": when_text(now),
        }

    def _overlaid(self, args: dict[str, Value]) -> bool:
        """Return whether any wish stands over this list's mirror."""
        return bool(
            self._db.value(
                "SELECT EXISTS (SELECT 1 FROM change WHERE shown=1"
                " AND account=? AND kind=?)",
                [args["account"], args["kind"]],
            )
        )

    def _arms(self, args: dict[str, Value], search: str) -> list[tuple[str, str, str]]:
        """Return the streams: statement, table, and the column that is the row's id."""
        overlaid = self._overlaid(args)
        mirror = _MIRRORED if overlaid else _PLAIN
        wishes = _WISHES
        if search:
            mirror += self._words.condition(search, args)
            wishes += (
                " AND (c.handle LIKE :like ESCAPE '\\'"
                " OR c.note LIKE :like ESCAPE '\\')"
            )
        arms = [(mirror, "m", "m.person")]
        if overlaid:
            arms.append((wishes, "c", "c.row_id"))
        return arms


def _entry(kind: ListKind, row: Row) -> ListEntry:
    state = RowState.ON_SERVER
    if row[9] is not None:
        state = ROW_STATES[ChangeStatus(row[9])]
    return ListEntry(
        kind=kind,
        person=person_from(row[2], row[3], row[4], row[5]),
        since=end_from(row[6]),
        until=end_from(row[7]),
        note=row[8],
        state=state,
        change=None if row[10] is None else ChangeId(row[10]),
        problem=row[11] or "",
    )
