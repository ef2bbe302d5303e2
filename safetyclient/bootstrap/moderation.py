"""`moderate`: the moderators' commands on the one HTTP door, without a profile."""

from __future__ import annotations

import argparse
import asyncio

from safetyclient import __version__
from safetyclient.adapters.http.client import Door
from safetyclient.adapters.networks.reference import moderation
from safetyclient.application.clock import SystemClock
from safetyclient.bootstrap.owning import show
from safetyclient.cli import moderate
from safetyclient.cli.run import failure
from safetyclient.cli.secrets import password


class _Moderators:
    """Signs in and acts through one door."""

    def __init__(self) -> None:
        self._door = Door(clock=SystemClock(), version=__version__)

    async def sign_in(self, server: str, handle: str, password: str) -> str:
        """Return a token."""
        return await moderation.sign_in(server, handle, password, door=self._door)

    def open(self, server: str, token: str) -> moderation.Moderation:
        """Return what a token can do."""
        return moderation.Moderation(server, token, door=self._door)


def run_moderation(args: argparse.Namespace) -> int:
    """Carry out a `moderate` command and return its exit code."""

    async def run() -> int:
        result = await moderate.run(
            args,
            _Moderators(),
            password=lambda: password(from_stdin=args.password_stdin),
        )
        return show(result, args)

    try:
        return asyncio.run(run())
    except Exception as error:  # noqa: BLE001 - the border: a bug is told, not shown
        return show(failure(error), args)
