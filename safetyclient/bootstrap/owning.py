"""The owner of a profile: opens it, does its own command, and those of others."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from safetyclient.adapters.owner import Owner
from safetyclient.application.launch import OpenRequest
from safetyclient.bootstrap.profile import OpenedProfile
from safetyclient.cli.desk import Desk
from safetyclient.cli.handover import Answer
from safetyclient.cli.inputs import CommandError, Inputs
from safetyclient.cli.result import CommandResult
from safetyclient.cli.run import failure
from safetyclient.cli.secrets import passphrase
from safetyclient.domain.errors import BadInput, SafetyError, VaultMissing


def show(result: CommandResult, args: argparse.Namespace) -> int:
    """Print a result and return its exit code."""
    out, err = result.output(as_json=args.json)
    return Answer(out, err, int(result.exit)).show()


async def as_owner(
    owner: Owner, args: argparse.Namespace, inputs: Inputs, place: Path
) -> int:
    """Carry the command out here, and what others hand over meanwhile."""
    profile = OpenedProfile(
        place, online=not args.offline, ask_passphrase=_asker(args, inputs)
    )
    desk = Desk(profile)
    try:
        try:
            await profile.open(OpenRequest(vault=_wanted_vault(args)))
        except (CommandError, SafetyError) as error:
            return await _not_opened(error, profile, args)
        await owner.serve(desk.answer)
        code = show(await desk.run(args, inputs), args)
        await desk.close()
        return code
    finally:
        await profile.close()
        await owner.aclose()


def _wanted_vault(args: argparse.Namespace) -> str:
    """Return where the key should be; `vault change` names where it goes instead."""
    return "" if args.command == "vault change" else str(args.vault)


def _asker(args: argparse.Namespace, inputs: Inputs) -> Callable[[bool], str]:
    def ask(new: bool) -> str:
        return inputs.passphrase or passphrase(args.passphrase_fd, new=new)

    return ask


async def _not_opened(
    error: Exception, profile: OpenedProfile, args: argparse.Namespace
) -> int:
    if args.command == "erase" and args.yes and isinstance(error, SafetyError):
        return show(await _erase_unopened(profile), args)
    return show(failure(in_plain_words(error)), args)


async def _erase_unopened(profile: OpenedProfile) -> CommandResult:
    """Erase a profile that cannot be read: nobody needs its key for that."""
    from safetyclient.cli.computer import erased

    try:
        await profile.erase()
    except SafetyError as error:
        return failure(error)
    return erased(profile.path, ())


def in_plain_words(error: Exception) -> Exception:
    """Return an error of opening as the command line says it: with the choices."""
    if isinstance(error, VaultMissing) and error.params.get("reason") == "choose":
        return CommandError("choose_vault", choices=("keyring", "passphrase"))
    if isinstance(error, BadInput) and error.reason == "vault_other":
        return CommandError("other_vault", vault=error.params["vault"])
    return error
