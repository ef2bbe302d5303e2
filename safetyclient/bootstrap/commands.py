"""Commands of the command line: handed to the profile's owner, or done as the owner.

A command that is handed over loads little: what opens a profile comes with `owning`.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from pathlib import Path

from safetyclient.adapters.owner import Owner, own_or_ask
from safetyclient.adapters.places import private, profile_dir
from safetyclient.cli import handover
from safetyclient.cli.handover import Answer
from safetyclient.cli.inputs import CommandError, Exit, Inputs
from safetyclient.cli.secrets import collect
from safetyclient.domain.errors import OwnerLost

OWNER_SECONDS = 60.0
"""Seconds beyond `--wait` that a command waits for the owner's answer."""
AGAIN_SECONDS = 0.05


def run_command(args: argparse.Namespace, argv: Sequence[str]) -> int:
    """Carry out a command on a profile and return its exit code."""
    try:
        place = private(profile_dir(args.profile))
        if args.vault == "session":
            raise CommandError("session_vault")
        inputs = collect(args, locked=_must_know_passphrase(args, place))
        return asyncio.run(_run(args, argv, inputs, place))
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001 - the border: a bug is told, not shown
        return show_failure(error, args)


def show_failure(error: Exception, args: argparse.Namespace) -> int:
    """Print why a command was not carried out and return its exit code."""
    from safetyclient.cli.run import failure

    result = failure(error)
    out, err = result.output(as_json=args.json)
    return Answer(out, err, int(result.exit)).show()


def _must_know_passphrase(args: argparse.Namespace, place: Path) -> bool:
    if args.command != "vault change":
        return False
    from safetyclient.adapters.vault.record import read

    found = read(place)
    return found is not None and found.kind.value == "passphrase"


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
            from safetyclient.bootstrap.owning import as_owner

            return await as_owner(found, args, inputs, place)
        answer = handover.read_answer(found)
        if answer is not None:
            return answer.show()
        await asyncio.sleep(AGAIN_SECONDS)
    raise CommandError("busy", code=Exit.REFUSED)
