"""Carries one command out on an open profile and turns every end into a result."""

from __future__ import annotations

import argparse
import logging
import traceback
from typing import Any

from safetyclient.application.facade import SafetyClient
from safetyclient.application.ports import Clock
from safetyclient.application.presentation import present
from safetyclient.cli.builder import UsageError
from safetyclient.cli.commands import COMMANDS
from safetyclient.cli.context import Context, Profile
from safetyclient.cli.documents import Problem
from safetyclient.cli.inputs import CommandError, Exit, Inputs
from safetyclient.cli.result import CommandResult
from safetyclient.cli.sentences import plain, sentence
from safetyclient.domain.capabilities import Capability, Support
from safetyclient.domain.errors import (
    BadInput,
    OwnerLost,
    SafetyError,
    StoreTrouble,
    Unsupported,
    VaultTrouble,
)
from safetyclient.domain.ids import batches_of

_log = logging.getLogger("safetyclient.cli")


async def execute(
    client: SafetyClient,
    *,
    clock: Clock,
    profile: Profile,
    args: argparse.Namespace,
    inputs: Inputs,
) -> CommandResult:
    """Carry a command out; never raises an expected error."""
    context = Context(
        client=client, clock=clock, profile=profile, args=args, inputs=inputs
    )
    command = COMMANDS[args.command]
    try:
        with batches_of(inputs.request):
            return await command.run(context)
    except Unsupported as error:
        return await _unsupported(context, error)
    except Exception as error:  # noqa: BLE001 - the border: a bug is told, not shown
        return failure(error)


async def _unsupported(context: Context, error: Unsupported) -> CommandResult:
    """Tell a hand-off (6) from something the network has not got (4)."""
    try:
        account = await context.account()
        offers = await context.client.accounts.capabilities(account.id)
        offer = offers.offer(Capability(str(error.params["capability"])))
    except (CommandError, SafetyError, ValueError, KeyError):
        return failure(error)
    if offer.support is not Support.HANDOFF:
        return failure(error)
    return problem(
        error.code,
        sentence(offer.note),
        code=Exit.YOURS,
        address=account.server,
    )


def failure(error: BaseException) -> CommandResult:
    """Return what is printed for an error."""
    match error:
        case CommandError():
            message = sentence(f"cli.error.{error.key}", **error.params)
            return problem(error.key, message, code=error.code, choices=error.choices)
        case UsageError():
            return problem(
                "usage", error.message, code=Exit.USAGE, lines=(error.usage,)
            )
        case SafetyError():
            return _expected(error)
        case _:
            _log_bug(error)
            return problem("bug", sentence("error.bug"), code=Exit.TROUBLE)


def _expected(error: SafetyError) -> CommandResult:
    shown = present(error)
    params: dict[str, Any] = {
        name: plain(value) if isinstance(value, str) else value
        for name, value in shown.params.items()
    }
    code = Exit.REFUSED
    if isinstance(error, (BadInput, VaultTrouble)):
        code = Exit.USAGE
    elif isinstance(error, OwnerLost):
        code = Exit.UNSURE
    elif isinstance(error, StoreTrouble):
        code = Exit.TROUBLE
    return problem(
        error.code, sentence(shown.key, **params), code=code, field=shown.field
    )


def problem(
    error: str,
    message: str,
    *,
    code: Exit,
    field: str = "",
    choices: tuple[str, ...] = (),
    address: str = "",
    lines: tuple[str, ...] = (),
) -> CommandResult:
    """Return the result of a command that was not carried out."""
    document = Problem(
        error=error,
        message=message,
        exit=code,
        field=field,
        choices=choices,
        address=address,
    )
    shown = [*lines, f"safetyclient: {message}", *(f"  {each}" for each in choices)]
    if address:
        shown.append(address)
    return CommandResult(document, tuple(shown), code)


def _log_bug(error: BaseException) -> None:
    """Log where a bug is; never what it says, which may hold people's words."""
    where = "".join(traceback.format_tb(error.__traceback__))
    _log.error("%s\n%s", type(error).__name__, where)
