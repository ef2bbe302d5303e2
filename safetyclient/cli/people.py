"""`requests` and `followers`: who asks to follow, who follows."""

from __future__ import annotations

from collections.abc import Sequence

from safetyclient.cli.context import Context, name_of
from safetyclient.cli.documents import PeopleDoc, PersonDoc, PersonRowDoc
from safetyclient.cli.inputs import Exit
from safetyclient.cli.result import CommandResult
from safetyclient.cli.sentences import sentence
from safetyclient.domain.accounts import Account
from safetyclient.domain.people import Person
from safetyclient.domain.protection import Follower, FollowRequest


def person_doc(person: Person) -> PersonDoc:
    """Return a person as a document."""
    return PersonDoc(id=person.id, handle=person.handle, name=person.name)


def _result(
    context: Context,
    account: Account,
    rows: Sequence[Follower | FollowRequest],
    *,
    more: bool,
    fresh: bool,
) -> CommandResult:
    docs = tuple(
        PersonRowDoc(
            person=person_doc(row.person), since=row.since, state=row.state.value
        )
        for row in rows
    )
    lines = tuple(
        sentence(
            "cli.people.line",
            who=name_of(row.person.handle, row.person.name),
            since=row.since.date().isoformat(),
            state=sentence(f"cli.state.{row.state.value}"),
        )
        for row in rows
    )
    return CommandResult(
        PeopleDoc(account=account.id, rows=docs, more=more, fresh=fresh),
        lines or (sentence("cli.people.none"),),
        notes=tuple(context.notes),
    )


async def requests(context: Context) -> CommandResult:
    """List who asks to follow."""
    account = await context.account()
    fresh = await context.freshen(account.id)
    found = await context.client.protection.requests(
        account.id, limit=context.args.limit
    )
    wanted = context.args.search.casefold()
    rows = [
        row
        for row in found.rows
        if wanted in row.person.handle.casefold()
        or wanted in row.person.name.casefold()
    ]
    return _result(context, account, rows, more=found.next is not None, fresh=fresh)


async def followers(context: Context) -> CommandResult:
    """List who follows."""
    account = await context.account()
    fresh = await context.freshen(account.id)
    found = await context.client.protection.followers(
        account.id, search=context.args.search, limit=context.args.limit
    )
    return _result(
        context, account, found.rows, more=found.next is not None, fresh=fresh
    )


async def _answer(context: Context, *, accept: bool) -> CommandResult:
    account = await context.account()
    people = await context.people(account.id)
    done, lines = await context.write(
        account.id,
        lambda: context.client.protection.answer(
            account.id, people=people, accept=accept
        ),
    )
    return CommandResult(done, lines, Exit(done.exit))


async def accept(context: Context) -> CommandResult:
    """Let people follow."""
    return await _answer(context, accept=True)


async def reject(context: Context) -> CommandResult:
    """Refuse follow requests."""
    return await _answer(context, accept=False)


async def remove(context: Context) -> CommandResult:
    """Make people no longer follow."""
    account = await context.account()
    people = await context.people(account.id)
    done, lines = await context.write(
        account.id,
        lambda: context.client.protection.remove_followers(account.id, people=people),
    )
    return CommandResult(done, lines, Exit(done.exit))
