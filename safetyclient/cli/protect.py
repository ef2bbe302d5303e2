"""`protect`: who can see this account, and what a switch would do."""

from __future__ import annotations

from safetyclient.cli.context import Context
from safetyclient.cli.documents import ConsequencesDoc, ProtectDoc, ProtectionDoc
from safetyclient.cli.inputs import Exit
from safetyclient.cli.result import CommandResult
from safetyclient.cli.sentences import sentence
from safetyclient.domain.ids import AccountId
from safetyclient.domain.protection import Consequences

_NUMBERS = (
    "pending_requests",
    "followers",
    "followers_not_followed",
    "posts",
    "posts_with_media",
)


def _consequences(found: Consequences) -> ConsequencesDoc:
    if not found.known:
        return ConsequencesDoc(protected=found.protected, known=False)
    return ConsequencesDoc(
        protected=found.protected,
        known=True,
        pending_requests=found.pending_requests,
        followers=found.followers,
        followers_not_followed=found.followers_not_followed,
        posts=found.posts,
        posts_with_media=found.posts_with_media,
        as_of=found.as_of,
    )


def _consequence_lines(found: Consequences) -> tuple[str, ...]:
    direction = "on" if found.protected else "off"
    first = sentence(f"cli.protect.preview_{direction}")
    if not found.known:
        return (first, sentence("cli.protect.unknown"))
    numbers = (
        sentence(f"cli.protect.{name}", count=int(getattr(found, name)))
        for name in _NUMBERS
    )
    return (first, *numbers)


async def _preview(
    context: Context, account: AccountId, *, protected: bool
) -> tuple[ConsequencesDoc, tuple[str, ...]]:
    found = await context.client.protection.preview(account, protected=protected)
    return _consequences(found), _consequence_lines(found)


async def show(context: Context) -> CommandResult:
    """Say whether the account is protected; `--preview` adds what switching does."""
    account = await context.account()
    await context.freshen(account.id)
    now = await context.client.protection.show(account.id)
    consequences: ConsequencesDoc | None = None
    lines: tuple[str, ...] = ()
    if context.args.preview:
        consequences, lines = await _preview(
            context, account.id, protected=not now.protected
        )
    word = "on" if now.protected else "off"
    state = sentence(f"cli.state.{now.state.value}")
    return CommandResult(
        ProtectionDoc(
            account=account.id,
            protected=now.protected,
            state=now.state.value,
            problem=now.problem,
            consequences=consequences,
        ),
        (sentence(f"cli.protect.{word}", state=state), *lines),
        notes=tuple(context.notes),
    )


async def _switch(context: Context, *, protected: bool) -> CommandResult:
    account = await context.account()
    if context.args.preview:
        doc, lines = await _preview(context, account.id, protected=protected)
        return CommandResult(
            ProtectDoc(account=account.id, consequences=doc, written=None), lines
        )
    done, lines = await context.write(
        account.id,
        lambda: context.client.protection.set(account.id, protected=protected),
    )
    return CommandResult(
        ProtectDoc(account=account.id, consequences=None, written=done),
        lines,
        Exit(done.exit),
    )


async def on(context: Context) -> CommandResult:
    """Go protected."""
    return await _switch(context, protected=True)


async def off(context: Context) -> CommandResult:
    """Go public."""
    return await _switch(context, protected=False)
