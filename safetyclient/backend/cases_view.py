"""Cases as their authors see them: events, decision, appeal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from safetyclient.backend.cases_tables import appeals, case_events, cases, decisions
from safetyclient.backend.reports_subject import address
from safetyclient.wire.v1.reports import (
    Appeal,
    Case,
    CaseEvent,
    CaseState,
    Decision,
    NewReport,
    Subject,
)


def report_of(row: Row[Any]) -> NewReport:
    """Return the report of a case as it came in."""
    return msgspec.json.decode(row.report, type=NewReport)


def state_now(now: datetime) -> sa.ColumnElement[str]:
    """Return the state of a case at a time: a decision that nobody appealed closes."""
    over = (cases.c.state == "decided") & (cases.c.open_until <= now)
    return sa.case((over, "closed"), else_=cases.c.state)


def rows_at(now: datetime) -> sa.Select[Any]:
    """Return the selection of cases, each with its state at a time."""
    return sa.select(cases, state_now(now).label("present_state"))


def show(
    connection: Connection, rows: Sequence[Row[Any]], *, now: datetime, origin: str
) -> list[Case]:
    """Return the shapes of rows of `rows_at`, in their order."""
    ids = [row.id for row in rows]
    history = _history(connection, ids, now)
    handles = _Addresses(connection, origin)
    return [_case(row, history, handles) for row in rows]


def show_appeal(row: Row[Any]) -> Appeal:
    """Return the shape of a row of `appeals`."""
    return Appeal(
        id=str(row.id),
        decision=str(row.decision_id),
        text=row.text,
        state=row.state,
        sent_at=row.sent_at,
        answered_at=row.answered_at,
        answer=row.answer,
    )


@dataclass(frozen=True, slots=True)
class _Addresses:
    """Addresses of what was reported."""

    connection: Connection
    origin: str

    def of(self, row: Row[Any]) -> str:
        """Return the address of the subject of a case; empty when it has none."""
        return address(
            self.connection, row.subject_kind, row.subject_id, origin=self.origin
        )


@dataclass(frozen=True, slots=True)
class _History:
    """What happened in some cases, by case."""

    events: defaultdict[int, list[CaseEvent]]
    decisions: dict[int, Decision]
    appeals: dict[int, Appeal]


def _case(row: Row[Any], history: _History, addresses: _Addresses) -> Case:
    state: CaseState = row.present_state
    return Case(
        id=str(row.id),
        change=row.change,
        subject=Subject(kind=row.subject_kind, id=row.subject_id),
        subject_url=addresses.of(row),
        reasons=report_of(row).reasons,
        state=state,
        created_at=row.created_at,
        events=history.events[row.id],
        decision=history.decisions.get(row.id),
        appeal=history.appeals.get(row.id),
    )


def _history(connection: Connection, ids: Sequence[int], now: datetime) -> _History:
    """Return what happened in cases: three queries, however many there are."""
    found = _History(events=defaultdict(list), decisions={}, appeals={})
    for row in connection.execute(
        sa.select(appeals, decisions.c.case_id)
        .join(decisions, decisions.c.id == appeals.c.decision_id)
        .where(decisions.c.case_id.in_(ids))
    ):
        found.appeals[row.case_id] = show_appeal(row)
    by_id: dict[int, Decision] = {}
    for row in connection.execute(
        sa.select(decisions)
        .where(decisions.c.case_id.in_(ids))
        .order_by(decisions.c.id)
    ):
        is_open = row.case_id not in found.appeals and row.appeal_until > now
        by_id[row.id] = found.decisions[row.case_id] = _decision(row, is_open=is_open)
    for row in connection.execute(
        sa.select(case_events)
        .where(case_events.c.case_id.in_(ids))
        .order_by(case_events.c.id)
    ):
        found.events[row.case_id].append(
            CaseEvent(
                kind=row.kind,
                at=row.at,
                text=row.text,
                decision=by_id.get(row.decision_id),
            )
        )
    return found


def _decision(row: Row[Any], *, is_open: bool) -> Decision:
    return Decision(
        id=str(row.id),
        at=row.at,
        outcome=row.outcome,
        rule=row.rule,
        facts=row.facts,
        scope=row.scope,
        days=row.days,
        automated=row.automated,
        redress=row.redress,
        appeal_until=row.appeal_until if is_open else None,
    )
