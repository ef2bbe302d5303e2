"""PeopleRows: protection, follow requests, followers, and people by handle."""

from __future__ import annotations

from safetyclient.adapters.store.codec import (
    consequences_from,
    pack,
    person_from,
    when_from,
)
from safetyclient.adapters.store.database import Database, Row, Value
from safetyclient.adapters.store.mirrors import MirrorRows
from safetyclient.adapters.store.topics import FOLLOWERS, REQUESTS, Topics
from safetyclient.domain.changes import ROW_STATES, ChangeStatus
from safetyclient.domain.ids import AccountId, ChangeId, PersonId, PersonRef
from safetyclient.domain.lists import RowKey, Window
from safetyclient.domain.protection import (
    Consequences,
    Follower,
    FollowRequest,
    Protection,
)
from safetyclient.domain.rows import RowState

_PENDING = "('queued', 'sending', 'resend')"
_PERSON = (
    "SELECT m.sort_key AS sort_key, m.person AS person, m.handle, m.name, m.flags,"
    " m.bio, m.since, c.status FROM mirror_person AS m LEFT JOIN change AS c"
    " ON c.shown=1 AND c.account=:account AND c.kind={kind}"
    " AND c.subject='account:' || m.person WHERE m.topic={topic}"
)
_UNANSWERED = (
    _PERSON.format(kind="'follow_request'", topic=":requests")
    + f" AND (c.id IS NULL OR c.status NOT IN {_PENDING})"
)
_ACCEPTED = (
    _PERSON.format(kind="'follow_request'", topic=":requests")
    + f" AND c.is_on AND c.status IN {_PENDING}"
    " AND NOT EXISTS (SELECT 1 FROM mirror_person AS f"
    " WHERE f.topic=:followers AND f.person=m.person)"
)
_FOLLOWING = (
    _PERSON.format(kind="'remove_follower'", topic=":followers")
    + f" AND (c.id IS NULL OR c.status NOT IN {_PENDING})"
)


class PeopleRows:
    """Projected people around the account itself."""

    def __init__(self, database: Database, topics: Topics, mirrors: MirrorRows) -> None:
        self._db = database
        self._topics = topics
        self._mirrors = mirrors

    def protection(self, account: AccountId) -> Protection | None:
        """Return the projected state; None while no server ever told it."""
        row = self._db.one(
            "SELECT protected, status, change, problem FROM protection_projected"
            " WHERE account=?",
            [account],
        )
        if row is None or row[0] is None:
            return None
        return Protection(
            protected=bool(row[0]),
            state=_state(row[1]),
            change=None if row[2] is None else ChangeId(row[2]),
            problem=row[3] or "",
        )

    def keep_consequences(self, account: AccountId, facts: Consequences) -> None:
        """Keep numbers for a time without network."""
        self._db.run(
            "INSERT INTO mirror_consequences VALUES (?, ?, ?)"
            " ON CONFLICT (account, protected) DO UPDATE SET body=excluded.body",
            [account, int(facts.protected), pack(facts)],
        )

    def consequences(self, account: AccountId, protected: bool) -> Consequences | None:
        """Return kept numbers."""
        body = self._db.value(
            "SELECT body FROM mirror_consequences WHERE account=? AND protected=?",
            [account, int(protected)],
        )
        return None if body is None else consequences_from(body)

    def requests(
        self, account: AccountId, *, after: RowKey | None, limit: int
    ) -> Window[FollowRequest]:
        """Return projected follow requests."""
        rows, key = self._rows(account, [_UNANSWERED], "", after, limit)
        return Window(
            rows=tuple(
                FollowRequest(
                    person=person_from(*row[1:6]),
                    since=when_from(row[6]),
                    state=_state(row[7]),
                )
                for row in rows
            ),
            next=key,
        )

    def followers(
        self, account: AccountId, *, search: str, after: RowKey | None, limit: int
    ) -> Window[Follower]:
        """Return projected followers."""
        rows, key = self._rows(account, [_FOLLOWING, _ACCEPTED], search, after, limit)
        return Window(
            rows=tuple(
                Follower(
                    person=person_from(*row[1:6]),
                    since=when_from(row[6]),
                    state=_state(row[7]),
                )
                for row in rows
            ),
            next=key,
        )

    def find(
        self, account: AccountId, *, handle: str = "", id: str = ""
    ) -> PersonRef | None:
        """Return a person that a mirror knows."""
        if not id:
            known = self._mirrors.person_by_handle(account, handle)
            return self._wished(account, handle) if known is None else known.ref
        for table, column in (("mirror_person", "topic"), ("mirror_entry", "list")):
            row = self._db.one(
                f"SELECT person, handle FROM {table} WHERE {column} IN"
                " (SELECT no FROM mirror_topic WHERE account=?) AND person=?",
                [account, id],
            )
            if row is not None:
                return PersonRef(id=PersonId(row[0]), handle=row[1])
        return None

    def _wished(self, account: AccountId, handle: str) -> PersonRef | None:
        """Return a person that a waiting wish knows."""
        row = self._db.one(
            "SELECT person, handle FROM change WHERE shown=1 AND account=?"
            " AND kind IN ('mute', 'block') AND sort_key=? AND person<>''",
            [account, handle.casefold()],
        )
        return None if row is None else PersonRef(PersonId(row[0]), row[1])

    def _rows(
        self,
        account: AccountId,
        arms: list[str],
        search: str,
        after: RowKey | None,
        limit: int,
    ) -> tuple[list[Row], RowKey | None]:
        args: dict[str, Value] = {
            "account": account,
            "requests": self._topics.number(account, REQUESTS),
            "followers": self._topics.number(account, FOLLOWERS),
            "n": limit + 1,
        }
        narrow = ""
        if after is not None:
            args["key"], args["id"] = after
            narrow += " AND (m.sort_key, m.person) > (:key, :id)"
        if search:
            escaped = search.replace("\\", "\\\\").replace("%", "\\%")
            args["like"] = "%" + escaped.replace("_", "\\_") + "%"
            narrow += (
                " AND (m.handle LIKE :like ESCAPE '\\'"
                " OR m.name LIKE :like ESCAPE '\\')"
            )
        rows = self._db.all(
            " UNION ALL ".join(arm + narrow for arm in arms)
            + " ORDER BY sort_key, person LIMIT :n",
            args,
        )
        more = len(rows) > limit
        kept = rows[:limit]
        return kept, (kept[-1][0], kept[-1][1]) if more and kept else None


def _state(status: str | None) -> RowState:
    return RowState.ON_SERVER if status is None else ROW_STATES[ChangeStatus(status)]
