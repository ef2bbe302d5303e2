"""`cases` and `appeal`: what became of reports, and asking to look again."""

from __future__ import annotations

from safetyclient.cli.context import Context
from safetyclient.cli.inputs import CommandError, Exit
from safetyclient.cli.report_documents import (
    AppealDoc,
    CaseDoc,
    CasesDoc,
    DecisionDoc,
    EventDoc,
)
from safetyclient.cli.result import CommandResult
from safetyclient.cli.sentences import plain, sentence
from safetyclient.domain.ids import CaseId
from safetyclient.domain.reports import Appeal, Case, CaseEvent, Decision


def _decision(found: Decision) -> DecisionDoc:
    return DecisionDoc(
        id=found.id,
        at=found.at,
        outcome=found.outcome.value,
        rule=found.rule,
        facts=found.facts,
        scope=found.scope,
        days=found.days,
        automated=found.automated,
        redress=found.redress,
        appeal_until=found.appeal_until,
    )


def _event(found: CaseEvent) -> EventDoc:
    return EventDoc(
        kind=found.kind.value,
        at=found.at,
        text=found.text,
        decision=_decision(found.decision) if found.decision else None,
    )


def _appeal(found: Appeal) -> AppealDoc:
    return AppealDoc(
        decision=found.decision,
        text=found.text,
        sent=found.sent,
        answered=found.answered,
        overturned=found.overturned,
        answer=found.answer,
    )


def _case(found: Case) -> CaseDoc:
    return CaseDoc(
        id=found.id,
        account=found.account,
        subject=str(found.subject),
        title=found.title,
        reasons=found.reasons,
        state=found.state.value,
        created=found.created,
        remote_id=found.remote_id,
        url=found.url,
        events=tuple(_event(event) for event in found.events),
        appeal=_appeal(found.appeal) if found.appeal else None,
    )


def _line(found: Case) -> str:
    return sentence(
        "cli.case.line",
        id=found.id,
        subject=plain(str(found.subject)),
        state=sentence(f"cli.case.state.{found.state.value}"),
        created=found.created.date().isoformat(),
    )


def _event_lines(event: CaseEvent) -> tuple[str, ...]:
    at = event.at.isoformat(timespec="minutes")
    first = f"  {at}  {sentence(f'cli.case.event.{event.kind.value}')}"
    text = (f"    {plain(event.text)}",) if event.text else ()
    if event.decision is None:
        return (first, *text)
    decision = event.decision
    reasons = sentence(
        "cli.case.decision",
        outcome=sentence(f"cli.case.outcome.{decision.outcome.value}"),
        rule=plain(decision.rule),
        facts=plain(decision.facts),
    )
    return (first, *text, f"    {reasons}")


async def cases(context: Context) -> CommandResult:
    """List the cases of an account."""
    account = await context.account()
    fresh = await context.freshen(account.id)
    found = await context.client.reports.cases(account.id)
    lines = tuple(_line(case) for case in found)
    return CommandResult(
        CasesDoc(
            account=account.id, cases=tuple(_case(each) for each in found), fresh=fresh
        ),
        lines or (sentence("cli.case.none"),),
        notes=tuple(context.notes),
    )


async def _typed_case(context: Context, typed: str) -> Case:
    """Return a case by its local id, or by the id that the server gave it."""
    for account in await context.client.accounts.list():
        for case in await context.client.reports.cases(account.id):
            if typed in {case.id, case.remote_id}:
                return case
    raise CommandError("no_such_case", code=Exit.REFUSED, id=plain(typed))


async def show(context: Context) -> CommandResult:
    """Show one case with its timeline."""
    case = await _typed_case(context, context.args.id)
    await context.freshen(case.account)
    case = await context.client.reports.case(CaseId(case.id))
    lines = [_line(case)]
    for event in case.events:
        lines.extend(_event_lines(event))
    return CommandResult(_case(case), tuple(lines), notes=tuple(context.notes))


async def appeal(context: Context) -> CommandResult:
    """Appeal against the decision of a case."""
    case = await _typed_case(context, context.args.case)
    done, lines = await context.write(
        case.account,
        lambda: context.client.reports.appeal(case.id, text=context.args.text),
    )
    return CommandResult(done, lines, Exit(done.exit))
