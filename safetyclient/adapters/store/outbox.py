"""OutboxRows: batches and changes on their way to servers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from safetyclient.adapters.store.change_rows import new_rows
from safetyclient.adapters.store.codec import (
    CHANGE_COLUMNS,
    change_from,
    end_from,
    pack,
    when_text,
)
from safetyclient.adapters.store.database import Database, Row, Value
from safetyclient.adapters.store.elect import elect, step_back
from safetyclient.adapters.store.implied import named_person, with_implied
from safetyclient.adapters.store.mirrors import MirrorRows
from safetyclient.adapters.store.wish_columns import (
    WISH_COLUMNS,
    wish_columns,
    with_person,
)
from safetyclient.application.store_ports import Settled
from safetyclient.domain.changes import (
    LEFT,
    Batch,
    Change,
    ChangeKind,
    ChangeStatus,
    Delivery,
)
from safetyclient.domain.errors import BadInput
from safetyclient.domain.ids import AccountId, BatchId, ChangeId
from safetyclient.domain.people import Person

_LIVE = "status IN ('queued', 'sending', 'resend')"
_OPEN = "status IN ('rejected', 'unsure') AND dismissed = 0"
_SCAN = 600


class OutboxRows:
    """The tables `batch` and `change`, from the side of delivery."""

    def __init__(self, database: Database, mirrors: MirrorRows) -> None:
        self._db = database
        self._mirrors = mirrors

    def record(self, batch: Batch, changes: Sequence[Change]) -> None:
        """Keep a batch and its changes durably, all or nothing."""
        kinds = sorted({change.kind.value for change in changes})
        with self._db.transaction():
            self._db.run(
                "INSERT INTO batch (id, account, title, params, kinds, created, undoes)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    batch.id,
                    batch.account,
                    batch.title,
                    pack(batch.params),
                    " ".join(kinds),
                    when_text(batch.created),
                    batch.undoes,
                ],
            )
            self._recognise(batch.account, changes)
            step_back(self._db, batch.account, changes)
            self._db.many(
                f"INSERT INTO change ({CHANGE_COLUMNS}, shown, {WISH_COLUMNS})"
                f" VALUES ({', '.join('?' * 23)})",
                new_rows(changes),
            )

    def get(self, change: ChangeId) -> Change:
        """Return one change; `BadInput(field="change")` when it is unknown."""
        row = self._db.one(f"SELECT {CHANGE_COLUMNS} FROM change WHERE id=?", [change])
        if row is None:
            raise BadInput(field="change", reason="unknown")
        return change_from(row)

    def many(self, changes: Sequence[ChangeId]) -> dict[ChangeId, Change]:
        """Return changes by id; unknown ids are left out."""
        rows = self._db.all(
            f"SELECT {CHANGE_COLUMNS} FROM change"
            " WHERE id IN (SELECT value FROM json_each(?)) ORDER BY seq",
            [pack(list(changes))],
        )
        return {ChangeId(row[0]): change_from(row) for row in rows}

    def listed(self, account: AccountId | None, *, limit: int) -> tuple[Change, ...]:
        """Return changes that are not done and not dismissed, oldest first."""
        found: list[Change] = []
        for one in self._accounts(account):
            rows = self._db.all(
                f"SELECT * FROM (SELECT seq, {CHANGE_COLUMNS} FROM change"
                f" WHERE account=:a AND {_LIVE} ORDER BY seq LIMIT :n)"
                f" UNION ALL SELECT * FROM (SELECT seq, {CHANGE_COLUMNS} FROM change"
                f" WHERE account=:a AND {_OPEN} ORDER BY seq LIMIT :n)"
                " ORDER BY 1 LIMIT :n",
                {"a": one, "n": limit - len(found)},
            )
            found.extend(change_from(row[1:]) for row in rows)
        return tuple(found)

    def counts(self, account: AccountId | None) -> dict[ChangeStatus, int]:
        """Return how many changes are in which state, dismissed ones left out."""
        found: dict[ChangeStatus, int] = {}
        for one in self._accounts(account):
            rows = self._db.all(
                f"SELECT status, count(*) FROM change WHERE account=:a AND {_LIVE}"
                f" GROUP BY status UNION ALL SELECT status, count(*) FROM change"
                f" WHERE account=:a AND {_OPEN} GROUP BY status",
                {"a": one},
            )
            for text, number in rows:
                status = ChangeStatus(text)
                found[status] = found.get(status, 0) + number
        return found

    def ready(
        self,
        account: AccountId,
        kinds: frozenset[ChangeKind],
        *,
        limit: Callable[[ChangeKind], int],
        alone: Callable[[Change], bool],
    ) -> tuple[Change, ...]:
        """Return the next changes to send: of one kind, first in first out."""
        place = 0
        busy: set[str] = set()
        names = {kind.value for kind in kinds}
        while True:
            rows = self._db.all(
                f"SELECT seq, {CHANGE_COLUMNS} FROM change"
                f" WHERE account=? AND {_LIVE} AND seq>? ORDER BY seq LIMIT {_SCAN}",
                [account, place],
            )
            first: list[Row] = []
            for row in rows:
                # Columns after `seq`: kind is the fourth, subject the fifth.
                if row[4] not in names or row[5] in busy:
                    continue
                busy.add(row[5])
                if row[9] != ChangeStatus.SENDING.value:
                    first.append(row)
            chosen = self._choose(first, limit=limit, alone=alone)
            if chosen or len(rows) < _SCAN:
                return chosen
            place = rows[-1][0]

    def _choose(
        self,
        rows: list[Row],
        *,
        limit: Callable[[ChangeKind], int],
        alone: Callable[[Change], bool],
    ) -> tuple[Change, ...]:
        """Return what goes together: of one kind, in doubt or not.

        What is in doubt goes in ever smaller groups: so one item that the server
        fails on is alone in the end.
        """
        chosen: list[Change] = []
        most = 1
        rows.sort(key=_attempts)
        for row in rows:
            change = change_from(row[1:])
            if chosen and (chosen[0].kind, chosen[0].status) != (
                change.kind,
                change.status,
            ):
                continue
            if not self._released(change) and not alone(change):
                continue
            if not chosen:
                doubts = change.attempts * (change.status is ChangeStatus.RESEND)
                most = limit(change.kind) >> doubts
            chosen.append(change)
            if len(chosen) >= most:
                break
        return tuple(chosen)

    def waits_for_others(self, account: AccountId) -> bool:
        """Return whether a queued change waits for another one."""
        return bool(
            self._db.value(
                "SELECT EXISTS (SELECT 1 FROM change WHERE account=?"
                " AND after_ids <> '' AND status IN ('queued', 'resend'))",
                [account],
            )
        )

    def resolve(self, change: ChangeId, person: Person) -> Change:
        """Note the id of a person that was known by handle only."""
        old = self.get(change)
        with self._db.transaction():
            self._rename([(old, person)])
        return self.get(change)

    def resolve_known(self, account: AccountId) -> int:
        """Resolve waiting changes from people that the mirrors know."""
        found: list[tuple[Change, Person]] = []
        for change in self._nameless(account):
            person = self._mirrors.person_by_handle(account, _handle(change))
            if person is not None:
                found.append((change, person))
        with self._db.transaction():
            self._rename(found)
        return len(found)

    def sending(self, changes: Sequence[Change], *, now: datetime) -> None:
        """Note durably, before the request, that changes are being sent."""
        at = when_text(now)
        with self._db.transaction():
            self._db.many(
                "UPDATE change SET status='sending', attempts=attempts+1,"
                " first_sent=coalesce(first_sent, ?) WHERE id=?",
                [(at, change.id) for change in changes],
            )

    def settle(
        self, account: AccountId, outcomes: Sequence[Settled], *, now: datetime
    ) -> None:
        """Take over results: states and facts in one transaction."""
        at = when_text(now)
        with self._db.transaction():
            done = [o for o in outcomes if o.status is ChangeStatus.ACCEPTED]
            self._name(account, list(named_person(done)))
            for outcome in done:
                self._mirrors.answered(account, outcome.change)
            facts = [fact for o in outcomes for fact in with_implied(o)]
            self._mirrors.apply(account, facts)
            self._db.many(
                # What surely never left has a key that is as good as new.
                "UPDATE change SET status=?1, problem=?2, result=?3, settled=?4,"
                " shown=shown AND ?5,"
                " first_sent=iif(?1='queued', NULL, first_sent) WHERE id=?6",
                [
                    (
                        o.status.value,
                        o.problem,
                        o.result,
                        at,
                        int(o.status is not ChangeStatus.ACCEPTED),
                        o.change.id,
                    )
                    for o in outcomes
                ],
            )

    def withdraw(self, changes: Sequence[ChangeId], *, by: BatchId | None) -> int:
        """Withdraw changes that are still queued; returns how many were."""
        with self._db.transaction():
            before = self._db.connection.total_changes()
            self._db.many(
                "UPDATE change SET status='withdrawn', shown=0, withdrawn_by=?"
                " WHERE id=? AND status='queued'",
                [(by, change) for change in changes],
            )
            number = self._db.connection.total_changes() - before
            elect(self._db, changes)
        return number

    def dismiss(self, changes: Sequence[ChangeId]) -> int:
        """No longer list refused or uncertain changes; returns how many were listed."""
        return self._db.run(
            f"UPDATE change SET dismissed=1, shown=0 WHERE {_OPEN}"
            " AND id IN (SELECT value FROM json_each(?))",
            [pack(list(changes))],
        )

    def confirm(self, change: ChangeId) -> bool:
        """Take an uncertain, listed change for accepted; returns whether it was one."""
        return bool(
            self._db.run(
                "UPDATE change SET status='accepted', problem='', shown=0"
                " WHERE id=? AND status='unsure' AND dismissed=0",
                [change],
            )
        )

    def first_sent(self, change: ChangeId) -> datetime | None:
        """Return when a change may have left this computer for the first time."""
        return end_from(
            self._db.value("SELECT first_sent FROM change WHERE id=?", [change])
        )

    def waiting(self, account: AccountId) -> int:
        """Return how many changes have not reached the server."""
        return int(
            self._db.value(
                f"SELECT count(*) FROM change WHERE account=? AND {_LIVE}", [account]
            )
        )

    def recover(
        self,
        keyed: Callable[[AccountId, ChangeKind], bool],
        *,
        account: AccountId | None = None,
    ) -> int:
        """After a stop in the middle: `sending` becomes `resend` or `unsure`."""
        rows = self._db.all(
            f"SELECT {CHANGE_COLUMNS} FROM change WHERE status='sending'"
            f" AND {_LIVE} AND (?1 IS NULL OR account=?1) ORDER BY seq",
            [account],
        )
        states: list[tuple[Value, ...]] = []
        for change in map(change_from, rows):
            again = change.delivery is not Delivery.ONCE or keyed(
                change.account, change.kind
            )
            status = ChangeStatus.RESEND if again else ChangeStatus.UNSURE
            problem = "" if again else "timed_out"
            states.append((status.value, problem, change.id))
        if states:
            with self._db.transaction():
                self._db.many(
                    "UPDATE change SET status=?, problem=? WHERE id=?", states
                )
        return len(states)

    def _accounts(self, account: AccountId | None) -> list[str]:
        if account is not None:
            return [account]
        rows = self._db.all("SELECT id FROM account ORDER BY ordinal")
        return [row[0] for row in rows]

    def _released(self, change: Change) -> bool:
        """Return whether everything that a change waits for has left."""
        if not change.after_ids:
            return True
        others = self.many(change.after_ids)
        return all(other.status in LEFT for other in others.values())

    def _nameless(self, account: AccountId) -> list[Change]:
        """Return waiting changes that name a handle without an id."""
        rows = self._db.all(
            f"SELECT {CHANGE_COLUMNS} FROM change WHERE account=? AND {_LIVE}"
            " AND person='' AND handle<>'' ORDER BY seq",
            [account],
        )
        return [change_from(row) for row in rows]

    def _recognise(self, account: AccountId, newer: Sequence[Change]) -> None:
        """Let changes by handle and newer ones by id of one person share a subject."""
        nameless = self._nameless(account)
        if not nameless:
            return
        named = {
            change.person.handle.casefold(): change.person
            for change in newer
            if change.person is not None and change.person.id
        }
        self._rename(
            (change, Person(id=ref.id, handle=ref.handle))
            for change in nameless
            if (ref := named.get(_handle(change).casefold())) is not None
        )

    def _name(self, account: AccountId, found: list[tuple[Change, Person]]) -> None:
        """Give changes their person's id, and waiting ones of the same handle, too."""
        if found:
            self._rename(found)
            self._recognise(account, [with_person(c, who) for c, who in found])

    def _rename(self, found: Iterable[tuple[Change, Person]]) -> None:
        """Give changes that named a handle the person's id."""
        ids: list[ChangeId] = []
        for change, person in found:
            named = with_person(change, person)
            # What was sent once is sent again letter by letter: a server compares
            # the body under a key that it knows.
            sent = change if change.attempts else named
            self._db.run(
                f"UPDATE change SET subject=?, wish=?, before=?, ({WISH_COLUMNS})"
                " = (?, ?, ?, ?, ?, ?, ?) WHERE id=?",
                [
                    named.subject,
                    pack(sent.wish),
                    None if named.before is None else pack(named.before),
                    *wish_columns(named),
                    change.id,
                ],
            )
            ids.append(change.id)
        elect(self._db, ids)


def _attempts(row: Row) -> int:
    """Return how often the change of a row of `ready` was tried."""
    return int(row[10])


def _handle(change: Change) -> str:
    return str(wish_columns(change)[1])
