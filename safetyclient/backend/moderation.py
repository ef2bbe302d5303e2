"""Operations of the moderators: read cases, decide, answer appeals."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any

import sqlalchemy as sa
from litestar.params import JSONBody, QueryParameter
from sqlalchemy.engine import Connection, Row

from safetyclient.backend import access, cases_view
from safetyclient.backend import moderation_acts as acts
from safetyclient.backend import people as persons
from safetyclient.backend.cases_tables import appeals, cases, decisions
from safetyclient.backend.problems import not_found
from safetyclient.backend.routes import Cursor, IdPath, Limit, Visit, operation
from safetyclient.backend.writes import Done, Effect, Write
from safetyclient.wire.v1.common import ProblemCode as P
from safetyclient.wire.v1.moderation import (
    ModerationAppeal,
    ModerationAppealPage,
    ModerationCase,
    ModerationCasePage,
    NewAppealAnswer,
    NewDecision,
)
from safetyclient.wire.v1.reports import AppealState, CaseState

TAG = "moderation"
WantedCase = Annotated[CaseState | None, QueryParameter(name="state")]
WantedAppeal = Annotated[AppealState | None, QueryParameter(name="state")]


@operation(
    "GET",
    "/moderation/cases",
    name="listModerationCases",
    tag=TAG,
    check=access.moderator,
)
def list_cases(
    visit: Visit, wanted: WantedCase = None, limit: Limit = 50, cursor: Cursor = ""
) -> ModerationCasePage:
    """List everybody's cases, newest first; all, or those in one state."""
    query = cases_view.rows_at(visit.now)
    if wanted is not None:
        query = query.where(cases_view.state_now(visit.now) == wanted)
    if cursor:
        query = query.where(cases.c.id < int(cursor))
    with visit.service.database.read() as connection:
        rows = connection.execute(
            query.order_by(cases.c.id.desc()).limit(limit + 1)
        ).all()
        shown = _show(connection, rows[:limit], visit)
    following = shown[-1].case.id if len(rows) > limit else ""
    return ModerationCasePage(items=shown, next=following)


@operation(
    "GET",
    "/moderation/cases/{case:str}",
    name="getModerationCase",
    tag=TAG,
    check=access.moderator,
    problems=[P.NOT_FOUND],
)
def get_case(case: IdPath, visit: Visit) -> ModerationCase:
    """Show one case with the whole report and who sent it."""
    with visit.service.database.read() as connection:
        row = _case(connection, int(case), visit)
        return _show(connection, [row], visit)[0]


@operation(
    "POST",
    "/moderation/cases/{case:str}/review",
    name="reviewCase",
    tag=TAG,
    check=access.moderator,
    problems=[P.NOT_FOUND, P.CONFLICT],
)
def review_case(case: IdPath, write: Write) -> ModerationCase:
    """Take a case into review; whoever reported is told so."""
    return write.once(
        partial(_act, int(case), acts.review),
        operation="reviewCase",
        returns=ModerationCase,
    )


@operation(
    "POST",
    "/moderation/cases/{case:str}/decision",
    name="decideCase",
    tag=TAG,
    check=access.moderator,
    status=201,
    problems=[P.NOT_FOUND, P.CONFLICT],
)
def decide_case(
    case: IdPath, data: JSONBody[NewDecision], write: Write
) -> ModerationCase:
    """Decide a case and give the reasons; `remove` takes a post down."""
    return write.once(
        partial(_act, int(case), partial(acts.decide, data)),
        operation="decideCase",
        returns=ModerationCase,
        status=201,
    )


@operation(
    "GET",
    "/moderation/appeals",
    name="listModerationAppeals",
    tag=TAG,
    check=access.moderator,
)
def list_appeals(
    visit: Visit, wanted: WantedAppeal = None, limit: Limit = 50, cursor: Cursor = ""
) -> ModerationAppealPage:
    """List appeals, newest first; all, or those in one state."""
    query = _appeals()
    if wanted is not None:
        query = query.where(appeals.c.state == wanted)
    if cursor:
        query = query.where(appeals.c.id < int(cursor))
    with visit.service.database.read() as connection:
        rows = connection.execute(
            query.order_by(appeals.c.id.desc()).limit(limit + 1)
        ).all()
        shown = [_show_appeal(connection, row, visit) for row in rows[:limit]]
    following = shown[-1].appeal.id if len(rows) > limit else ""
    return ModerationAppealPage(items=shown, next=following)


@operation(
    "POST",
    "/moderation/appeals/{appeal:str}/answer",
    name="answerAppeal",
    tag=TAG,
    check=access.moderator,
    status=201,
    problems=[P.NOT_FOUND, P.CONFLICT],
)
def answer_appeal(
    appeal: IdPath, data: JSONBody[NewAppealAnswer], write: Write
) -> ModerationAppeal:
    """Answer an appeal; overturning brings back what the decision took down."""
    return write.once(
        partial(_answer, int(appeal), data),
        operation="answerAppeal",
        returns=ModerationAppeal,
        status=201,
    )


HANDLERS = (
    list_cases,
    get_case,
    review_case,
    decide_case,
    list_appeals,
    answer_appeal,
)

_Scene = Visit | Effect
"""Where a case is looked at: both know who, when and which server."""


def _act(number: int, act: acts.Act, effect: Effect) -> Done[ModerationCase]:
    act(_case(effect.connection, number, effect), effect)
    row = _case(effect.connection, number, effect)
    shown = _show(effect.connection, [row], effect)
    return Done(shown[0], subject=f"case:{number}")


def _answer(
    number: int, data: NewAppealAnswer, effect: Effect
) -> Done[ModerationAppeal]:
    query = _appeals().where(appeals.c.id == number)
    row = effect.connection.execute(query).first()
    if row is None:
        raise not_found()
    acts.answer(data, row, _case(effect.connection, row.case_id, effect), effect)
    row = effect.connection.execute(query).one()
    shown = _show_appeal(effect.connection, row, effect)
    return Done(shown, subject=f"appeal:{number}")


def _appeals() -> sa.Select[Any]:
    return sa.select(appeals, decisions.c.case_id).join(
        decisions, decisions.c.id == appeals.c.decision_id
    )


def _case(connection: Connection, number: int, scene: _Scene) -> Row[Any]:
    row = connection.execute(
        cases_view.rows_at(scene.now).where(cases.c.id == number)
    ).first()
    if row is None:
        raise not_found()
    return row


def _show(
    connection: Connection, rows: Sequence[Row[Any]], scene: _Scene
) -> list[ModerationCase]:
    origin = scene.service.origin
    shown = cases_view.show(connection, rows, now=scene.now, origin=origin)
    reporters = persons.show(
        connection,
        (row.reporter_id for row in rows),
        viewer=scene.me.id,
        origin=origin,
    )
    found: list[ModerationCase] = []
    for row, case in zip(rows, shown, strict=True):
        report = cases_view.report_of(row)
        found.append(
            ModerationCase(
                case=case,
                reporter=reporters[row.reporter_id],
                behalf=report.behalf,
                comment=report.comment,
                language=report.language,
                url=report.url,
                space_part=report.space_part,
                person=report.person,
                posts=report.posts,
                moments=report.moments,
                details=report.details,
                danger=report.danger,
            )
        )
    return found


def _show_appeal(
    connection: Connection, row: Row[Any], scene: _Scene
) -> ModerationAppeal:
    case = _case(connection, row.case_id, scene)
    return ModerationAppeal(
        appeal=cases_view.show_appeal(row),
        case=_show(connection, [case], scene)[0].case,
    )
