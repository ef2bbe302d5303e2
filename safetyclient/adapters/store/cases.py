"""CaseRows: cases as we track them, our side joined with what servers said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from safetyclient.adapters.store.codec import (
    case_fact_from,
    case_from,
    end_from,
    pack,
)
from safetyclient.adapters.store.database import Database, Row
from safetyclient.domain.changes import ChangeStatus
from safetyclient.domain.errors import BadInput
from safetyclient.domain.facts import CaseFact
from safetyclient.domain.ids import AccountId, CaseId, ChangeId
from safetyclient.domain.reports import (
    Case,
    CaseEvent,
    CaseEventKind,
    CaseState,
)

_STATES = {
    ChangeStatus.QUEUED: CaseState.WAITING_TO_SEND,
    ChangeStatus.SENDING: CaseState.WAITING_TO_SEND,
    ChangeStatus.RESEND: CaseState.WAITING_TO_SEND,
    ChangeStatus.ACCEPTED: CaseState.SENT,
    ChangeStatus.REJECTED: CaseState.REFUSED,
    ChangeStatus.UNSURE: CaseState.UNSURE,
    ChangeStatus.WITHDRAWN: CaseState.WITHDRAWN,
}
_SELECT = (
    "SELECT l.body, l.change, c.status, c.settled,"
    " coalesce(m.body, (SELECT r.body FROM mirror_case AS r"
    "   WHERE r.account=l.account AND r.remote_id=coalesce(nullif(c.result, ''),"
    "   nullif(l.remote_id, '')))), c.result"
    " FROM local_case AS l LEFT JOIN change AS c ON c.id=l.change"
    " LEFT JOIN mirror_case AS m ON m.account=l.account AND m.change=l.change"
    " AND m.change<>''"
)
_ELSEWHERE = (
    "SELECT m.body FROM mirror_case AS m WHERE m.account=?"
    " AND (? IS NULL OR m.remote_id=?)"
    " AND NOT EXISTS (SELECT 1 FROM local_case AS l LEFT JOIN change AS c"
    "   ON c.id=l.change WHERE l.account=m.account AND (l.remote_id=m.remote_id"
    "   OR c.result=m.remote_id OR (l.change=m.change AND m.change<>'')))"
)
"""Cases that only the server knows: reported from somewhere else."""


class CaseRows:
    """The tables `local_case` and `mirror_case`."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, case: Case) -> None:
        """Keep a new case; `case.change` names the report that makes it."""
        self._db.run(
            "INSERT INTO local_case (id, account, change, remote_id, body)"
            " VALUES (?, ?, ?, ?, ?)",
            [case.id, case.account, case.change, case.remote_id, pack(case)],
        )

    def get(self, case: CaseId) -> Case:
        """Return a case; `BadInput(field="case")` when it is unknown."""
        remote, _, account = case.partition("@")
        if account:
            for found in self._elsewhere(AccountId(account), remote=remote):
                return found
        row = self._db.one(f"{_SELECT} WHERE l.id=?", [case])
        if row is None:
            raise BadInput(field="case", reason="unknown")
        return _case(row)

    def all(self, account: AccountId) -> tuple[Case, ...]:
        """Return the cases of an account, newest first.

        Those that were reported from somewhere else have the id `REMOTE@ACCOUNT`.
        """
        rows = self._db.all(
            f"{_SELECT} WHERE l.account=? ORDER BY l.seq DESC", [account]
        )
        cases = [*map(_case, rows), *self._elsewhere(account)]
        return tuple(sorted(cases, key=lambda case: case.created, reverse=True))

    def _elsewhere(
        self, account: AccountId, *, remote: str | None = None
    ) -> Iterator[Case]:
        for (body,) in self._db.all(_ELSEWHERE, [account, remote, remote]):
            fact = case_fact_from(body)
            if fact.subject is not None and fact.created is not None:
                yield Case(
                    id=CaseId(f"{fact.remote_id}@{account}"),
                    account=account,
                    subject=fact.subject,
                    title="",
                    reasons=fact.reasons,
                    state=fact.state,
                    created=fact.created,
                    remote_id=fact.remote_id,
                    url=fact.url,
                    events=fact.events,
                    appeal=fact.appeal,
                )

    def relink(self, case: CaseId, change: ChangeId) -> None:
        """Let a new change take the place of the one that a case waited for."""
        self._db.run("UPDATE local_case SET change=? WHERE id=?", [change, case])


def _case(row: Row) -> Case:
    case = replace(
        case_from(row[0]), change=None if row[1] is None else ChangeId(row[1])
    )
    if case.change is None:
        return case
    fact = None if row[4] is None else case_fact_from(row[4])
    status = ChangeStatus.WITHDRAWN if row[2] is None else ChangeStatus(row[2])
    events = [CaseEvent(kind=CaseEventKind.CREATED, at=case.created)]
    sent = end_from(row[3])
    if sent is not None and (fact is not None or status is ChangeStatus.ACCEPTED):
        events.append(CaseEvent(kind=CaseEventKind.SENT, at=sent))
    return _with_fact(
        replace(
            case, state=_STATES[status], remote_id=row[5] or "", events=tuple(events)
        ),
        fact,
    )


def _with_fact(case: Case, fact: CaseFact | None) -> Case:
    """Return a case as the server tells it: what it says counts for more."""
    if fact is None:
        return case
    return replace(
        case,
        state=fact.state,
        remote_id=fact.remote_id,
        events=(*case.events, *fact.events),
        appeal=fact.appeal,
    )
