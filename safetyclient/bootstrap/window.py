"""The window: owns its profile from before the first frame until after the last."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from safetyclient.adapters.owner import Owner, ask
from safetyclient.adapters.places import private, profile_dir
from safetyclient.application.launch import Launch, Opened, OpenRequest
from safetyclient.bootstrap.profile import OpenedProfile
from safetyclient.domain.errors import OwnerLost

if TYPE_CHECKING:
    from safetyclient.cli.desk import Desk

# The window paints before it opens anything: what commands need is imported later.

FILE_VARIABLE = "SAFETYCLIENT_PASSPHRASE_FILE"
RAISE_SECONDS = 60.0
AGAIN_SECONDS = 0.05


class WindowProfile:
    """Opens the profile for a window and answers other processes meanwhile."""

    def __init__(
        self, owner: Owner, profile: OpenedProfile, *, vault: str = ""
    ) -> None:
        self._owner = owner
        self._profile = profile
        self._vault = vault
        self._desk: Desk | None = None
        self._callback: Callable[[str], None] | None = None

    def listen(self, callback: Callable[[str], None]) -> None:
        """Call `callback` with an address whenever the window is asked for."""
        self._callback = callback

    async def open(self, request: OpenRequest) -> Opened:
        """Open the profile; other processes are answered from the first try on."""
        from safetyclient.cli.desk import Desk

        if self._desk is None:
            self._desk = Desk(self._profile)
            self._desk.listen(self._asked)
            await self._owner.serve(self._desk.answer)
        if self._vault and not request.vault:
            request = OpenRequest(
                vault=self._vault,
                passphrase=request.passphrase,
                new_profile=request.new_profile,
            )
        opened = await self._profile.open(request)
        # From now on the profile knows its own vault.
        self._vault = ""
        return opened

    async def close(self) -> None:
        """Take nothing more, close the profile, give the lock back."""
        await self._profile.close()
        await self._owner.aclose()

    def _asked(self, address: str) -> None:
        if self._callback is not None:
            self._callback(address)


def run_window(args: argparse.Namespace, *, address: str = "") -> int:
    """Show the window, or the one that has the profile already."""
    if args.command == "--smoke" and not args.profile:
        with tempfile.TemporaryDirectory(prefix="safetyclient-") as folder:
            return _show(args, private(Path(folder)), address="", vault="session")
    place = private(profile_dir(args.profile))
    given = ""
    if args.passphrase_fd >= 0 or os.environ.get(FILE_VARIABLE):
        from safetyclient.cli.secrets import given_passphrase

        given = given_passphrase(args.passphrase_fd)
    return _show(args, place, address=address, vault=args.vault, given=given)


def _show(
    args: argparse.Namespace,
    place: Path,
    *,
    address: str,
    vault: str,
    given: str = "",
) -> int:
    owner = own_or_raise(place, address)
    if owner is None:
        return 0
    opened = OpenedProfile(
        place, online=not args.offline, ask_passphrase=lambda _new: given
    )
    profile = WindowProfile(owner, opened, vault=vault)
    return start_ui(
        Launch(
            profile=place,
            open=profile.open,
            close=profile.close,
            listen=profile.listen,
            address=address,
            smoke=args.command == "--smoke",
        )
    )


def start_ui(launch: Launch) -> int:
    """Hand over to Qt, which is imported only here."""
    from safetyclient.ui import app

    return app.run(launch)


def own_or_raise(place: Path, address: str) -> Owner | None:
    """Become the owner of a profile, or raise the window that is.

    A command that owns the profile is waited for; it ends soon.
    """
    owner = Owner.take(place)
    return owner if owner is not None else asyncio.run(_raise(place, address))


async def _raise(place: Path, address: str) -> Owner | None:
    from safetyclient.cli import handover

    loop = asyncio.get_running_loop()
    end = loop.time() + RAISE_SECONDS
    message = handover.show_window(address)
    while (left := end - loop.time()) > 0:
        try:
            answer = await ask(place, message, seconds=left)
        except OwnerLost:
            answer = None
        if answer is not None and answer.get("window") is True:
            from safetyclient.cli.sentences import sentence

            sys.stderr.write(sentence("cli.error.window_open") + "\n")
            return None
        owner = Owner.take(place)
        if owner is not None:
            return owner
        await asyncio.sleep(AGAIN_SECONDS)
    raise OwnerLost
