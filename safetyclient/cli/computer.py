"""`vault` and `erase`: what is kept on this computer, and getting rid of it."""

from __future__ import annotations

from pathlib import Path

from safetyclient.cli.context import Context
from safetyclient.cli.documents import ErasedDoc, VaultDoc
from safetyclient.cli.inputs import CommandError
from safetyclient.cli.result import CommandResult
from safetyclient.cli.sentences import sentence


async def vault_status(context: Context) -> CommandResult:
    """Say where the key of the profile is kept."""
    profile = context.profile
    return CommandResult(
        VaultDoc(profile=str(profile.path), vault=profile.vault),
        (sentence(f"cli.vault.{profile.vault}"),),
    )


async def vault_change(context: Context) -> CommandResult:
    """Keep the key elsewhere, or under another passphrase."""
    profile = context.profile
    wanted = context.args.vault or profile.vault
    if "session" in {wanted, profile.vault}:
        raise CommandError("session_vault")
    await profile.change_vault(
        vault=wanted,
        passphrase=context.inputs.passphrase,
        new_passphrase=context.inputs.new_passphrase,
    )
    return CommandResult(
        VaultDoc(profile=str(profile.path), vault=profile.vault, changed=True),
        (sentence("cli.vault.changed"), sentence(f"cli.vault.{profile.vault}")),
    )


async def erase(context: Context) -> CommandResult:
    """Erase the profile: the key first, then the files; servers keep what they have."""
    if not context.args.yes:
        raise CommandError("erase_needs_yes")
    accounts = await context.client.accounts.list()
    servers = tuple(dict.fromkeys(account.server for account in accounts))
    await context.client.accounts.erase()
    return erased(context.profile.path, servers)


def erased(path: Path, servers: tuple[str, ...]) -> CommandResult:
    """Say what was erased here, and which servers still have what they were sent."""
    if servers:
        message = sentence("cli.erase.done", servers=", ".join(servers))
    else:
        message = sentence("cli.erase.done_alone")
    return CommandResult(
        ErasedDoc(profile=str(path), servers=servers, message=message), (message,)
    )
