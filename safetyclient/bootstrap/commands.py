"""Commands of the command line: as the owner of the profile, or through its owner."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from safetyclient.adapters.owner import Owner, own_or_ask
from safetyclient.adapters.places import private, profile_dir
from safetyclient.adapters.vault.record import read as read_record
from safetyclient.application.launch import OpenRequest
from safetyclient.bootstrap.profile import OpenedProfile
from safetyclient.cli import handover
from safetyclient.cli.context import CommandError, Inputs
from safetyclient.cli.desk import Desk
from safetyclient.cli.handover import Answer
from safetyclient.cli.result import CommandResult, Exit
from safetyclient.cli.run import failure
from safetyclient.cli.secrets import collect, passphrase
from safetyclient.domain.errors import BadInput, OwnerLost, SafetyError, VaultMissing
from safetyclient.domain.vaults import VaultKind

OWNER_SECONDS = 60.0
"""Seconds beyond `--wait` that a command waits for the owner's answer."""
AGAIN_SECONDS = 0.05


def run_command(args: argparse.Namespace, argv: Sequence[str]) -> int:
    """Carry out a command on a profile and return its exit code."""
    try:
        place = private(profile_dir(args.profile))
        if args.vault == VaultKind.SESSION.value:
            raise CommandError("session_vault")
        inputs = collect(args, locked=_must_know_passphrase(args, place))
    except (CommandError, SafetyError) as error:
        return show(failure(error), args)
    return asyncio.run(_run(args, argv, inputs, place))


def show(result: CommandResult, args: argparse.Namespace) -> int:
    """Print a result and return its exit code."""
    out, err = result.output(as_json=args.json)
    return show_answer(Answer(out, err, int(result.exit)))


def show_answer(answer: Answer) -> int:
    """Print what was answered, at once, and return its exit code."""
    sys.stdout.write(answer.out)
    sys.stdout.flush()
    sys.stderr.write(answer.err)
    sys.stderr.flush()
    return answer.exit


def _must_know_passphrase(args: argparse.Namespace, place: Path) -> bool:
    if args.command != "vault change":
        return False
    found = read_record(place)
    return found is not None and found.kind is VaultKind.PASSPHRASE


async def _run(
    args: argparse.Namespace, argv: Sequence[str], inputs: Inputs, place: Path
) -> int:
    """Become the owner or ask it; asking again is safe, the request has its id."""
    message = handover.request(argv, inputs)
    loop = asyncio.get_running_loop()
    end = loop.time() + args.wait + OWNER_SECONDS
    while (left := end - loop.time()) > 0:
        try:
            found = await own_or_ask(place, message, seconds=left)
        except OwnerLost:
            await asyncio.sleep(AGAIN_SECONDS)
            continue
        if isinstance(found, Owner):
            return await _as_owner(found, args, inputs, place)
        answer = handover.read_answer(found)
        if answer is not None:
            return show_answer(answer)
        await asyncio.sleep(AGAIN_SECONDS)
    return show(failure(CommandError("busy", code=Exit.REFUSED)), args)


async def _as_owner(
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
