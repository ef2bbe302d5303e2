"""What moderators do to a case, and what that does to the thing reported."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from safetyclient.assets import resource
from safetyclient.backend.cases_tables import appeals, case_events, cases, decisions
from safetyclient.backend.posts_tables import media, posts
from safetyclient.backend.problems import Refusal
from safetyclient.backend.writes import Effect
from safetyclient.wire.v1.common import ProblemCode as P
from safetyclient.wire.v1.moderation import NewAppealAnswer, NewDecision

Act = Callable[[Row[Any], Effect], None]
"""Changes a case (a row of `cases_view.rows_at`) or refuses with `conflict`."""


def review(case: Row[Any], effect: Effect) -> None:
    """Take a case that was only received into review."""
    if case.state != "received":
        raise Refusal(P.CONFLICT, detail="The case is past that")
    _tell(effect, case.id, "in_review")
    _set(effect, case.id, state="in_review")


def decide(data: NewDecision, case: Row[Any], effect: Effect) -> None:
    """Decide a case that has no decision yet; the time to appeal begins."""
    if case.state not in {"received", "in_review"}:
        raise Refusal(P.CONFLICT, detail="The case is decided")
    until = effect.now + timedelta(days=effect.service.settings.appeal_days)
    words = _statement()
    kind = "none" if data.outcome == "none" else case.subject_kind
    number = effect.connection.execute(
        decisions.insert()
        .values(
            case_id=case.id,
            moderator_id=effect.me.id,
            at=effect.now,
            outcome=data.outcome,
            rule=data.rule,
            facts=data.text,
            scope=data.scope or words["scope"][kind],
            days=data.days,
            automated=data.automated,
            redress=data.redress
            or words["redress"].format(until=until.date().isoformat()),
            appeal_until=until,
        )
        .returning(decisions.c.id)
    ).scalar_one()
    _tell(effect, case.id, "decision", decision_id=number)
    _set(effect, case.id, state="decided", open_until=until)
    if data.outcome == "remove":
        _hide(case, effect, removed=True)


def answer(
    data: NewAppealAnswer, appeal: Row[Any], case: Row[Any], effect: Effect
) -> None:
    """Answer an appeal that nobody has answered yet; the case is closed."""
    if appeal.state != "pending":
        raise Refusal(P.CONFLICT, detail="The appeal is answered")
    effect.connection.execute(
        appeals.update()
        .where(appeals.c.id == appeal.id)
        .values(state=data.outcome, answered_at=effect.now, answer=data.text)
    )
    _tell(effect, case.id, f"appeal_{data.outcome}", text=data.text)
    _set(effect, case.id, state="closed")
    outcome = effect.connection.scalar(
        sa.select(decisions.c.outcome).where(decisions.c.id == appeal.decision_id)
    )
    if data.outcome == "overturned" and outcome == "remove":
        _hide(case, effect, removed=False)


def _hide(case: Row[Any], effect: Effect, *, removed: bool) -> None:
    """Take down the post that a case is about, or bring it back."""
    number = int(case.subject_id) if case.subject_id.isdigit() else 0
    target = {
        "post": posts.c.id == number,
        "media": posts.c.id.in_(sa.select(media.c.post_id).where(media.c.id == number)),
    }.get(case.subject_kind)
    if target is not None:
        effect.connection.execute(posts.update().where(target).values(removed=removed))


def _tell(
    effect: Effect,
    case: int,
    kind: str,
    *,
    text: str = "",
    decision_id: int | None = None,
) -> None:
    effect.connection.execute(
        case_events.insert().values(
            case_id=case, kind=kind, at=effect.now, text=text, decision_id=decision_id
        )
    )


def _set(effect: Effect, case: int, **values: Any) -> None:
    effect.connection.execute(cases.update().where(cases.c.id == case).values(**values))


@cache
def _statement() -> dict[str, Any]:
    """Return the words that stand in for what a moderator left empty."""
    return tomllib.loads(resource("server", "statement.toml").read_text("utf-8"))
