"""`mute`, `unmute`, `block`, `unblock` and `list`: the two private lists."""

from __future__ import annotations

from datetime import datetime

from safetyclient.cli.context import Context, name_of
from safetyclient.cli.documents import EntriesDoc, EntryDoc
from safetyclient.cli.inputs import Exit
from safetyclient.cli.people import person_doc
from safetyclient.cli.result import CommandResult
from safetyclient.cli.sentences import plain, sentence
from safetyclient.domain.lists import ListEntry, ListKind, parse_end


def _until(context: Context) -> datetime | None:
    text = context.args.until
    return parse_end(text, now=context.clock.now()) if text else None


async def mute(context: Context) -> CommandResult:
    """Mute people."""
    account, until = await context.account(), _until(context)
    people, note = await context.people(account.id), context.args.note
    done, lines = await context.write(
        account.id,
        lambda: context.client.lists.mute(
            account.id, people=people, until=until, note=note
        ),
    )
    return CommandResult(done, lines, Exit(done.exit))


async def block(context: Context) -> CommandResult:
    """Block people."""
    account, until = await context.account(), _until(context)
    people, note = await context.people(account.id), context.args.note
    done, lines = await context.write(
        account.id,
        lambda: context.client.lists.block(
            account.id, people=people, until=until, note=note
        ),
    )
    return CommandResult(done, lines, Exit(done.exit))


async def unmute(context: Context) -> CommandResult:
    """Unmute people."""
    account = await context.account()
    people = await context.people(account.id)
    done, lines = await context.write(
        account.id,
        lambda: context.client.lists.unmute(account.id, people=people),
    )
    return CommandResult(done, lines, Exit(done.exit))


async def unblock(context: Context) -> CommandResult:
    """Unblock people."""
    account = await context.account()
    people = await context.people(account.id)
    done, lines = await context.write(
        account.id,
        lambda: context.client.lists.unblock(account.id, people=people),
    )
    return CommandResult(done, lines, Exit(done.exit))


async def mutes(context: Context) -> CommandResult:
    """Show who is muted."""
    return await _list(context, ListKind.MUTES)


async def blocks(context: Context) -> CommandResult:
    """Show who is blocked."""
    return await _list(context, ListKind.BLOCKS)


async def _list(context: Context, kind: ListKind) -> CommandResult:
    account = await context.account()
    fresh = await context.freshen(account.id)
    lists, search = context.client.lists, context.args.search
    found = await lists.window(
        account.id, kind=kind, search=search, limit=context.args.limit
    )
    total = await lists.count(account.id, kind=kind, search=search)
    lines = tuple(_line(row) for row in found.rows)
    return CommandResult(
        EntriesDoc(
            account=account.id,
            list=kind.value,
            rows=tuple(_entry(row) for row in found.rows),
            total=total,
            more=found.next is not None,
            fresh=fresh,
        ),
        (*lines, sentence(f"cli.list.{kind.value}", count=total)),
        notes=tuple(context.notes),
    )


def _entry(row: ListEntry) -> EntryDoc:
    return EntryDoc(
        person=person_doc(row.person),
        since=row.since,
        until=row.until,
        note=row.note,
        state=row.state.value,
        problem=row.problem,
    )


def _line(row: ListEntry) -> str:
    parts = [
        name_of(row.person.handle, row.person.name),
        sentence(f"cli.state.{row.state.value}"),
    ]
    if row.until is not None:
        parts.append(sentence("cli.list.until", until=row.until.isoformat()))
    if row.note:
        parts.append(plain(row.note))
    return " · ".join(parts)
