"""`report` and `drafts`: the guided report, answered from a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import cast

from safetyclient.application.report_views import (
    AlsoAct,
    FlowView,
    NodeView,
    ReportReceipt,
)
from safetyclient.cli.context import Context, change_lines, written
from safetyclient.cli.inputs import CommandError, Exit
from safetyclient.cli.report_documents import (
    DraftDoc,
    DraftsDoc,
    DraftWipedDoc,
    OptionDoc,
    QuestionDoc,
    QuestionsDoc,
    ReportedDoc,
)
from safetyclient.cli.result import CommandResult, worst
from safetyclient.cli.sentences import plain, sentence
from safetyclient.domain.changes import Change
from safetyclient.domain.ids import AccountId, DraftId
from safetyclient.domain.reports import Answer, ReportDraft
from safetyclient.domain.wishes import SubmitReport


def read_answers(text: str) -> dict[str, Answer]:
    """Return the answers of a file: `{node id: answer}`.

    Raises:
        CommandError: it is not JSON of that form.
    """
    try:
        found: object = json.loads(text)
    except ValueError:
        raise CommandError("answers") from None
    if not isinstance(found, dict):
        raise CommandError("answers")
    table = cast("dict[str, object]", found)
    return {node: _answer(value) for node, value in table.items()}


def _answer(value: object) -> Answer:
    if isinstance(value, (str, bool)):
        return value
    items = cast("list[object]", value) if isinstance(value, list) else [None]
    if not all(isinstance(item, str) for item in items):
        raise CommandError("answers")
    return tuple(cast("list[str]", items))


async def report(context: Context) -> CommandResult:
    """Report something, or ask what a report of it would still need to know."""
    repeated = await _repeated(context)
    if repeated is not None:
        return repeated
    account = await context.account()
    reports = context.client.reports
    ref = await reports.resolve(account.id, text=context.args.ref)
    if context.args.questions:
        draft = await _draft_of(context, account.id, str(ref), None)
        draft = draft or await reports.start(account.id, ref=ref)
        return _questions(await reports.view(draft.id))
    answers = read_answers(context.inputs.answers)
    draft = await _draft_of(context, account.id, str(ref), answers)
    draft = draft or await reports.start(account.id, ref=ref)
    view = await reports.answer_all(draft.id, answers=answers)
    if not view.finished:
        return _questions(view, code=Exit.USAGE)
    return await _submit(context, draft)


async def _draft_of(
    context: Context,
    account: AccountId,
    subject: str,
    answers: Mapping[str, Answer] | None,
) -> ReportDraft | None:
    """Return a draft of this subject that says nothing but these answers.

    Without answers any draft of the subject will do. A draft with another answer is
    left alone: what a file does not say is never sent with it.
    """
    for draft in await context.client.reports.drafts(account):
        if str(draft.subject.ref) != subject or draft.flow != "report":
            continue
        if answers is None or all(
            answers.get(node) == answer for node, answer in draft.answers
        ):
            return draft
    return None


def _questions(view: FlowView, *, code: Exit = Exit.DONE) -> CommandResult:
    asked = tuple(_question(node) for node in view.open)
    lines: list[str] = []
    for question in asked:
        word = "compulsory" if question.compulsory else "optional"
        lines.append(
            sentence(
                f"cli.report.{word}",
                id=question.id,
                kind=question.kind,
                title=question.title,
            )
        )
        lines.extend(f"    {option.id}: {option.text}" for option in question.options)
    draft = view.draft
    return CommandResult(
        QuestionsDoc(
            draft=draft.id,
            subject=str(draft.subject.ref),
            url=draft.subject.url,
            open=asked,
            finished=view.finished,
        ),
        tuple(lines) or (sentence("cli.report.nothing_open"),),
        code,
        notes=(sentence("cli.report.still_open", id=draft.id),) if code else (),
    )


def _question(node: NodeView) -> QuestionDoc:
    return QuestionDoc(
        id=node.id,
        kind=node.kind.value,
        title=sentence(node.title_key),
        help=sentence(node.help_key) if node.help_key else "",
        compulsory=node.compulsory,
        options=tuple(
            OptionDoc(id=option.id, text=sentence(option.text_key))
            for option in node.options
        ),
        answer=node.answer,
    )


async def _submit(context: Context, draft: ReportDraft) -> CommandResult:
    receipt = await context.client.reports.submit(
        draft.id,
        also=tuple(AlsoAct(word) for word in context.args.also),
        block_after_report=not context.args.block_now,
    )
    if receipt.report is None:
        return await _without_report(context, draft, receipt)
    history = context.client.history
    also = await history.changes(receipt.also.batch) if receipt.also else ()
    return await _reported(
        context,
        await history.changes(receipt.report.batch),
        also,
        next_keys=receipt.next_keys,
    )


async def _repeated(context: Context) -> CommandResult | None:
    """Return what this very request already recorded before its owner died."""
    found = await context.recorded_before()
    if not found:
        return None
    also = await context.recorded_before(number=1)
    return await _reported(context, found, also or ())


async def _reported(
    context: Context,
    changes: tuple[Change, ...],
    also: tuple[Change, ...],
    *,
    next_keys: tuple[str, ...] = (),
) -> CommandResult:
    settled = await context.settled((*changes, *also))
    now = {change.id: change for change in settled}
    report = written(changes[0].account, [now[each.id] for each in changes])
    beside = written(also[0].account, [now[c.id] for c in also]) if also else None
    wish = changes[0].wish
    code = worst([Exit(report.exit), Exit(beside.exit if beside else 0)])
    return CommandResult(
        ReportedDoc(
            case=wish.case if isinstance(wish, SubmitReport) else "",
            outcome="send",
            report=report,
            also=beside,
            next=tuple(sentence(key) for key in next_keys),
            exit=code,
        ),
        (*change_lines(settled), *(sentence(key) for key in next_keys)),
        code,
    )


async def _without_report(
    context: Context, draft: ReportDraft, receipt: ReportReceipt
) -> CommandResult:
    """Say what is left to do where nothing is sent from here."""
    also: tuple[Change, ...] = ()
    if receipt.also is not None:
        also = await context.settled(
            await context.client.history.changes(receipt.also.batch)
        )
    beside = written(draft.account, also) if also else None
    code = Exit.YOURS if receipt.url or receipt.handoff_text else Exit.DONE
    code = worst([code, Exit(beside.exit if beside else 0)])
    lines = [*change_lines(also), *(sentence(key) for key in receipt.next_keys)]
    lines.extend(each for each in (receipt.url, plain(receipt.handoff_text)) if each)
    return CommandResult(
        ReportedDoc(
            case=receipt.case or "",
            outcome=receipt.outcome.value,
            report=None,
            also=beside,
            next=tuple(sentence(key) for key in receipt.next_keys),
            exit=code,
            address=receipt.url,
            text=receipt.handoff_text,
        ),
        tuple(lines),
        code,
    )


def _draft_doc(draft: ReportDraft) -> DraftDoc:
    return DraftDoc(
        id=draft.id,
        account=draft.account,
        subject=str(draft.subject.ref),
        url=draft.subject.url,
        created=draft.created,
        changed=draft.changed,
        answers=dict(draft.answers),
    )


def _draft_line(draft: ReportDraft) -> str:
    return sentence(
        "cli.draft.line",
        id=draft.id,
        subject=plain(str(draft.subject.ref)),
        changed=draft.changed.isoformat(timespec="minutes"),
        count=len(draft.answers),
    )


async def drafts(context: Context) -> CommandResult:
    """List reports that are not sent yet."""
    wanted = (await context.account()).id if context.args.account else None
    found = await context.client.reports.drafts(wanted)
    lines = tuple(_draft_line(draft) for draft in found)
    return CommandResult(
        DraftsDoc(drafts=tuple(_draft_doc(draft) for draft in found)),
        lines or (sentence("cli.draft.none"),),
    )


async def show_draft(context: Context) -> CommandResult:
    """Show one draft with its answers."""
    draft = await _typed_draft(context)
    answers = json.dumps(dict(draft.answers), indent=2, ensure_ascii=True)
    return CommandResult(_draft_doc(draft), (_draft_line(draft), *answers.splitlines()))


async def submit_draft(context: Context) -> CommandResult:
    """Send a draft whose questions are all answered."""
    repeated = await _repeated(context)
    if repeated is not None:
        return repeated
    draft = await _typed_draft(context)
    view = await context.client.reports.view(draft.id)
    if not view.finished:
        return _questions(view, code=Exit.USAGE)
    return await _submit(context, draft)


async def wipe_draft(context: Context) -> CommandResult:
    """Remove a draft and what was kept with it."""
    draft = await _typed_draft(context)
    await context.client.reports.wipe(draft.id)
    return CommandResult(
        DraftWipedDoc(draft=draft.id), (sentence("cli.draft.wiped", id=draft.id),)
    )


async def _typed_draft(context: Context) -> ReportDraft:
    wanted = DraftId(context.args.id)
    for draft in await context.client.reports.drafts(None):
        if draft.id == wanted:
            return draft
    raise CommandError("no_such_draft", code=Exit.REFUSED, id=plain(wanted))
