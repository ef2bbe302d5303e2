"""`account`: sign in, list, sign out."""

from __future__ import annotations

from safetyclient.cli.context import Context, chosen
from safetyclient.cli.documents import AccountDoc, AccountRemovedDoc, AccountsDoc
from safetyclient.cli.inputs import CommandError
from safetyclient.cli.result import CommandResult
from safetyclient.cli.sentences import plain, sentence
from safetyclient.domain.accounts import Account, NetworkKind


def account_doc(account: Account) -> AccountDoc:
    """Return an account as a document."""
    return AccountDoc(
        id=account.id,
        network=account.network.value,
        server=account.server,
        handle=account.handle,
        name=account.name,
        state=account.state.value,
        test_server=account.test_server,
    )


def _line(account: Account) -> str:
    return sentence(
        "cli.account.line",
        id=account.id,
        handle=plain(account.handle),
        server=account.server,
        state=sentence(f"cli.account.state.{account.state.value}"),
    )


async def add(context: Context) -> CommandResult:
    """Sign in; waits for the server, because there is nothing that could be queued."""
    args = context.args
    if args.offline:
        raise CommandError("needs_server")
    account = await context.client.accounts.add(
        NetworkKind(args.network),
        server=args.server,
        handle=args.handle,
        password=context.inputs.password,
    )
    await context.freshen(account.id)
    return CommandResult(
        account_doc(account), (_line(account),), notes=tuple(context.notes)
    )


async def list_(context: Context) -> CommandResult:
    """List the accounts of the profile."""
    accounts = await context.client.accounts.list()
    lines = tuple(_line(account) for account in accounts)
    return CommandResult(
        AccountsDoc(accounts=tuple(account_doc(each) for each in accounts)),
        lines or (sentence("cli.account.none"),),
    )


async def remove(context: Context) -> CommandResult:
    """Sign out, unless changes still wait and `--discard` was not given."""
    account = chosen(await context.client.accounts.list(), context.args.id)
    waiting = await context.client.accounts.waiting(account.id)
    await context.client.accounts.sign_out(account.id, discard=context.args.discard)
    return CommandResult(
        AccountRemovedDoc(account=account.id, left_behind=waiting),
        (sentence("cli.account.removed", handle=plain(account.handle)),),
    )
