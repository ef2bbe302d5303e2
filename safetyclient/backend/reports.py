"""Operations of whoever reports: send a report, follow its case, appeal."""

from __future__ import annotations

from functools import partial

import msgspec
import sqlalchemy as sa
from litestar.params import JSONBody

from safetyclient.backend import cases_view
from safetyclient.backend.access import own
from safetyclient.backend.cases_tables import appeals, case_events, cases, decisions
from safetyclient.backend.problems import Refusal, invalid, not_found
from safetyclient.backend.reports_subject import OPERATION, canonical
from safetyclient.backend.routes import Cursor, IdPath, Limit, Visit, operation
from safetyclient.backend.taxonomy import reasons
from safetyclient.backend.writes import Done, Effect, Write
from safetyclient.wire.v1.common import ProblemCode as P
from safetyclient.wire.v1.reports import Appeal, Case, CasePage, NewAppeal, NewReport

TAG = "reports"


@operation(
    "POST",
    "/reports",
    name=OPERATION,
    tag=TAG,
    status=201,
    problems=[P.NOT_FOUND, P.GONE],
)
def submit_report(data: JSONBody[NewReport], write: Write) -> Case:
    """Report something to the moderators; the idempotency key is the case's `change`.

    Reasons are leaves of the taxonomy, the main one first.
    """
    return write.once(
        partial(_submit, data), operation=OPERATION, returns=Case, status=201
    )


@operation("GET", "/cases", name="listCases", tag=TAG)
def list_cases(visit: Visit, limit: Limit = 50, cursor: Cursor = "") -> CasePage:
    """List the visitor's own cases, newest first."""
    query = cases_view.rows_at(visit.now).where(
        own("listCases", cases.c.reporter_id, me=visit.me)
    )
    if cursor:
        query = query.where(cases.c.id < int(cursor))
    with visit.service.database.read() as connection:
        rows = connection.execute(
            query.order_by(cases.c.id.desc()).limit(limit + 1)
        ).all()
        shown = cases_view.show(
            connection, rows[:limit], now=visit.now, origin=visit.service.origin
        )
    return CasePage(items=shown, next=shown[-1].id if len(rows) > limit else "")


@operation("GET", "/cases/{case:str}", name="getCase", tag=TAG, problems=[P.NOT_FOUND])
def get_case(case: IdPath, visit: Visit) -> Case:
    """Show one of the visitor's own cases with all that happened in it."""
    query = cases_view.rows_at(visit.now).where(
        cases.c.id == int(case), own("getCase", cases.c.reporter_id, me=visit.me)
    )
    with visit.service.database.read() as connection:
        row = connection.execute(query).first()
        if row is None:
            raise not_found()
        return cases_view.show(
            connection, [row], now=visit.now, origin=visit.service.origin
        )[0]


@operation(
    "POST",
    "/decisions/{decision:str}/appeal",
    name="appealDecision",
    tag=TAG,
    status=201,
    problems=[P.NOT_FOUND, P.CONFLICT, P.GONE],
)
def appeal_decision(
    decision: IdPath, data: JSONBody[NewAppeal], write: Write
) -> Appeal:
    """Ask for a decision to be looked at again: once, until its deadline."""
    return write.once(
        partial(_appeal, decision, data),
        operation="appealDecision",
        returns=Appeal,
        status=201,
    )


HANDLERS = (submit_report, list_cases, get_case, appeal_decision)


def _submit(data: NewReport, effect: Effect) -> Done[Case]:
    _check(data)
    subject = canonical(data.subject, effect)
    report = msgspec.structs.replace(data, subject=subject)
    connection = effect.connection
    number = connection.execute(
        cases.insert()
        .values(
            reporter_id=effect.me.id,
            change=effect.key,
            subject_kind=subject.kind,
            subject_id=subject.id,
            report=msgspec.json.encode(report),
            state="received",
            created_at=effect.now,
        )
        .returning(cases.c.id)
    ).scalar_one()
    connection.execute(
        case_events.insert().values(
            case_id=number, kind="received", at=effect.now, text=""
        )
    )
    row = connection.execute(
        cases_view.rows_at(effect.now).where(cases.c.id == number)
    ).one()
    shown = cases_view.show(
        connection, [row], now=effect.now, origin=effect.service.origin
    )
    return Done(shown[0], subject=f"case:{number}")


def _check(data: NewReport) -> None:
    """Refuse what the shape of a report cannot express.

    Raises:
        Refusal: `invalid`, naming the field.
    """
    if not reasons().issuperset(data.reasons):
        raise invalid("reasons", code="unknown")
    if len(set(data.reasons)) < len(data.reasons):
        raise invalid("reasons", code="repeated")
    if data.reasons == ["other"] and not data.comment.strip():
        raise invalid("comment", code="missing")
    if data.space_part is not None and data.subject.kind != "space":
        raise invalid("space_part", code="not_a_space")


def _appeal(decision: str, data: NewAppeal, effect: Effect) -> Done[Appeal]:
    connection = effect.connection
    row = connection.execute(
        sa.select(decisions.c.id, decisions.c.case_id, decisions.c.appeal_until)
        .join(cases, cases.c.id == decisions.c.case_id)
        .where(
            decisions.c.id == int(decision),
            own("appealDecision", cases.c.reporter_id, me=effect.me),
        )
    ).first()
    if row is None:
        raise not_found()
    if connection.scalar(sa.select(sa.exists().where(appeals.c.decision_id == row.id))):
        raise Refusal(P.CONFLICT, detail="There was an appeal against it already")
    if row.appeal_until <= effect.now:
        raise Refusal(P.GONE, detail="The time to appeal is over")
    made = connection.execute(
        appeals.insert()
        .values(
            decision_id=row.id,
            text=data.text,
            state="pending",
            sent_at=effect.now,
            answer="",
        )
        .returning(appeals)
    ).one()
    connection.execute(
        case_events.insert().values(
            case_id=row.case_id, kind="appeal_received", at=effect.now, text=""
        )
    )
    connection.execute(
        cases.update().where(cases.c.id == row.case_id).values(state="appealed")
    )
    return Done(cases_view.show_appeal(made), subject=f"decision:{row.id}")
