"""`sync`, `outbox`, `history` and `undo`: what was done, and how far it got."""

from __future__ import annotations

import asyncio

from safetyclient.application.history import HistoryRow
from safetyclient.application.receipts import Receipt
from safetyclient.cli.context import (
    ALL,
    Context,
    change_doc,
    change_line,
    change_lines,
    written,
)
from safetyclient.cli.documents import (
    BatchDoc,
    ChangeDoc,
    HeldDoc,
    HistoryDoc,
    OutboxActDoc,
    OutboxDoc,
    SyncDoc,
    SyncedDoc,
    UndoneDoc,
)
from safetyclient.cli.inputs import CommandError, Exit
from safetyclient.cli.result import CommandResult, exit_of, worst
from safetyclient.cli.sentences import plain, sentence
from safetyclient.domain.accounts import Account
from safetyclient.domain.changes import PENDING, Change
from safetyclient.domain.errors import BadInput, Offline, SafetyError
from safetyclient.domain.ids import BatchId, ChangeId
from safetyclient.domain.lists import ListKind


async def sync(context: Context) -> CommandResult:
    """Send what waits and read the servers again."""
    if context.args.offline:
        raise CommandError("needs_server")
    accounts = await context.client.accounts.list()
    if context.args.account:
        accounts = (await context.account(),)
    for account in accounts:
        await _answer_held(context, account)
    docs = [await _synced(context, account) for account in accounts]
    code = worst(_exit(doc) for doc in docs)
    lines: list[str] = []
    for account, doc in zip(accounts, docs, strict=True):
        lines.extend(_synced_lines(account, doc))
    return CommandResult(SyncDoc(accounts=tuple(docs), exit=code), tuple(lines), code)


async def _answer_held(context: Context, account: Account) -> None:
    for accept in (True, False):
        typed = context.args.accept if accept else context.args.refuse
        if typed:
            await context.client.lists.answer_held(
                account.id, kind=ListKind(typed), accept=accept
            )


async def _synced(context: Context, account: Account) -> SyncedDoc:
    """Send, read, and say what is left, within the seconds that are allowed."""
    client, problem = context.client, ""
    try:
        async with asyncio.timeout(context.args.wait):
            await client.sync.refresh(account.id)
            waiting = await client.outbox.list(account.id)
            pending = [each.id for each in waiting if each.status in PENDING]
            if pending:
                await client.sync.settle(pending, seconds=context.args.wait)
    except TimeoutError:
        problem = Offline.code
    except SafetyError as error:
        problem = error.code
    status = await client.outbox.status(account.id)
    held = await client.lists.held(account.id)
    return SyncedDoc(
        account=account.id,
        waiting=status.waiting + status.sending,
        refused=status.refused,
        unsure=status.unsure,
        reachable=not problem,
        problem=problem,
        held=tuple(
            HeldDoc(list=each.kind.value, before=each.before, after=each.after)
            for each in held
        ),
    )


def _exit(doc: SyncedDoc) -> Exit:
    if doc.unsure:
        return Exit.UNSURE
    if doc.refused:
        return Exit.REFUSED
    if doc.held:
        return Exit.YOURS
    return Exit.QUEUED if doc.waiting or doc.problem else Exit.DONE


def _synced_lines(account: Account, doc: SyncedDoc) -> tuple[str, ...]:
    handle = plain(account.handle)
    if doc.problem:
        why = sentence(f"error.{doc.problem}")
        first = sentence("cli.sync.problem", handle=handle, problem=why)
    else:
        first = sentence("cli.sync.done", handle=handle)
    counts = tuple(
        sentence(f"cli.sync.{name}", count=int(getattr(doc, name)))
        for name in ("waiting", "refused", "unsure")
        if getattr(doc, name)
    )
    held = tuple(
        sentence("cli.sync.held", list=each.list, before=each.before, after=each.after)
        for each in doc.held
    )
    return (first, *counts, *held)


async def outbox(context: Context) -> CommandResult:
    """List what waits, is under way, was refused or is not certain."""
    wanted = (await context.account()).id if context.args.account else None
    found = await context.client.outbox.list(wanted, limit=ALL)
    status = await context.client.outbox.status(wanted)
    lines = tuple(f"{each.id}  {change_line(each)}" for each in found)
    return CommandResult(
        OutboxDoc(
            changes=tuple(change_doc(each) for each in found),
            waiting=status.waiting,
            sending=status.sending,
            refused=status.refused,
            unsure=status.unsure,
            paused=status.paused,
        ),
        lines or (sentence("cli.outbox.empty"),),
    )


async def show(context: Context) -> CommandResult:
    """Show one change."""
    change = await _typed(context)
    doc: ChangeDoc = change_doc(change)
    return CommandResult(doc, (change_line(change),), exit_of(change))


async def _typed(context: Context) -> Change:
    """Return the change that was typed.

    Raises:
        CommandError: there is no such change.
    """
    wanted = ChangeId(context.args.id)
    try:
        return await context.client.outbox.show(wanted)
    except BadInput:
        raise CommandError(
            "no_such_change", code=Exit.REFUSED, id=plain(wanted)
        ) from None


async def retry(context: Context) -> CommandResult:
    """Try a refused change again, as a new change."""
    change = await _typed(context)
    return await _again(context, change, send_again=False)


async def send_again(context: Context) -> CommandResult:
    """Send a change that is not certain again, as a new change."""
    change = await _typed(context)
    return await _again(context, change, send_again=True)


async def _again(
    context: Context, change: Change, *, send_again: bool
) -> CommandResult:
    box = context.client.outbox

    async def record() -> Receipt:
        if send_again:
            return await box.send_again(change.id)
        return await box.retry(change.id)

    done, lines = await context.write(change.account, record)
    return CommandResult(done, lines, Exit(done.exit))


async def drop(context: Context) -> CommandResult:
    """Withdraw a waiting change, or no longer list a refused one."""
    change = await _typed(context)
    await context.client.outbox.drop(change.id)
    return CommandResult(
        OutboxActDoc(change=change.id, act="drop"), (sentence("cli.outbox.dropped"),)
    )


async def mark_sent(context: Context) -> CommandResult:
    """Say that a change that was not certain has arrived."""
    change = await _typed(context)
    await context.client.outbox.mark_sent(change.id)
    return CommandResult(
        OutboxActDoc(change=change.id, act="mark-sent"),
        (sentence("cli.outbox.marked"),),
    )


async def history(context: Context) -> CommandResult:
    """List what the person did."""
    wanted = (await context.account()).id if context.args.account else None
    found = await context.client.history.window(
        wanted, search=context.args.search, limit=context.args.limit
    )
    lines = tuple(_history_line(row) for row in found.rows)
    return CommandResult(
        HistoryDoc(
            batches=tuple(_batch(row) for row in found.rows),
            more=found.next is not None,
        ),
        lines or (sentence("cli.history.none"),),
    )


def _title(row: HistoryRow) -> str:
    params = {
        name: plain(value) if isinstance(value, str) else value
        for name, value in row.batch.params
    }
    undone = params.get("title")
    if undone is not None:
        params["title"] = sentence(f"batch.{undone}", **params)
    return sentence(f"batch.{row.batch.title}", **params)


def _batch(row: HistoryRow) -> BatchDoc:
    return BatchDoc(
        id=row.batch.id,
        account=row.batch.account,
        title=_title(row),
        created=row.batch.created,
        total=row.total,
        counts={status.value: count for status, count in row.counts},
        undoable=row.undoable,
        reversibility=row.reversibility.value,
        undone_by=row.undone_by or "",
        undoes=row.batch.undoes or "",
    )


def _history_line(row: HistoryRow) -> str:
    counts = ", ".join(
        sentence(
            "cli.change.count", count=count, status=sentence(f"cli.status.{s.value}")
        )
        for s, count in row.counts
    )
    return sentence(
        "cli.history.line",
        id=row.batch.id,
        created=row.batch.created.isoformat(timespec="minutes"),
        title=_title(row),
        counts=counts,
    )


async def undo(context: Context) -> CommandResult:
    """Take a batch back, as far as that is possible."""
    client = context.client
    again = await context.recorded_before()
    if again is not None:
        changes = await context.settled(again)
        return _undone(changes, withdrawn=0, overtaken=0, impossible=0)
    batch = BatchId(context.args.batch)
    try:
        await client.history.changes(batch, limit=1)
    except BadInput:
        raise CommandError(
            "no_such_batch", code=Exit.REFUSED, id=plain(batch)
        ) from None
    found = await client.history.undo(batch)
    changes = await context.settled(
        await client.history.changes(found.receipt.batch, limit=ALL)
    )
    return _undone(
        changes,
        withdrawn=found.withdrawn,
        overtaken=found.overtaken,
        impossible=found.impossible,
    )


def _undone(
    changes: tuple[Change, ...], *, withdrawn: int, overtaken: int, impossible: int
) -> CommandResult:
    counts = {
        "withdrawn": withdrawn,
        "inverted": len(changes),
        "overtaken": overtaken,
        "impossible": impossible,
    }
    parts = [exit_of(change) for change in changes]
    code = worst([*parts, Exit.REFUSED] if impossible else parts)
    return CommandResult(
        UndoneDoc(
            withdrawn=withdrawn,
            inverted=len(changes),
            overtaken=overtaken,
            impossible=impossible,
            written=written(changes[0].account, changes) if changes else None,
            exit=code,
        ),
        (
            *(
                sentence(f"cli.undo.{name}", count=count)
                for name, count in counts.items()
                if count
            ),
            *change_lines(changes),
        ),
        code,
    )
