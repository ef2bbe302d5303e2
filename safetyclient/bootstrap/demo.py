"""`demo`: a server of its own, a throw-away profile, signed in already."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from safetyclient.adapters.owner import Owner
from safetyclient.adapters.places import private, profile_dir
from safetyclient.application.launch import Launch, Opened, OpenRequest
from safetyclient.bootstrap.owning import in_plain_words, show
from safetyclient.bootstrap.profile import OpenedProfile
from safetyclient.bootstrap.window import WindowProfile, own_or_raise, start_ui
from safetyclient.cli.demo import DemoServer, Ready
from safetyclient.cli.desk import Desk
from safetyclient.cli.documents import ReadyDoc
from safetyclient.cli.inputs import CommandError, Exit
from safetyclient.cli.result import json_line
from safetyclient.cli.run import failure
from safetyclient.cli.secrets import passphrase
from safetyclient.domain.accounts import NetworkKind
from safetyclient.domain.errors import SafetyError


def run_demo(args: argparse.Namespace) -> int:
    """Start the demo and keep it until the window, or this process, ends."""
    with _place(args) as (place, vault), contextlib.closing(DemoServer()) as server:
        try:
            if args.headless:
                return asyncio.run(_headless(args, place, vault, server))
            return _window(place, vault, server)
        except (CommandError, SafetyError) as error:
            return show(failure(in_plain_words(error)), args)


@contextmanager
def _place(args: argparse.Namespace) -> Generator[tuple[Path, str], None, None]:
    """Yield the profile's folder and its vault: throw-away, unless told otherwise."""
    if args.profile or os.environ.get("SAFETYCLIENT_PROFILE"):
        yield private(profile_dir(args.profile)), args.vault
        return
    with tempfile.TemporaryDirectory(
        prefix="safetyclient-demo-", ignore_cleanup_errors=True
    ) as folder:
        yield private(Path(folder)), args.vault or "session"


async def _sign_in(opened: Opened, ready: Ready) -> None:
    """Sign the first demo account in, unless the profile has it already."""
    person = ready.accounts[0]
    for account in await opened.client.accounts.list():
        if (account.server, account.handle) == (ready.url, person.handle):
            return
    await opened.client.accounts.add(
        NetworkKind.REFERENCE,
        server=ready.url,
        handle=person.handle,
        password=person.password,
    )


class _DemoProfile(WindowProfile):
    """Signs in to the demo server right after the profile was opened."""

    def __init__(
        self, owner: Owner, profile: OpenedProfile, *, vault: str, server: DemoServer
    ) -> None:
        super().__init__(owner, profile, vault=vault)
        self._server = server

    async def open(self, request: OpenRequest) -> Opened:
        """Wait for the server, open the profile, sign in."""
        ready = await asyncio.to_thread(self._server.ready)
        opened = await super().open(request)
        await _sign_in(opened, ready)
        return opened


def _window(place: Path, vault: str, server: DemoServer) -> int:
    owner = own_or_raise(place, "")
    if owner is None:
        return 0
    opened = OpenedProfile(place, online=True)
    profile = _DemoProfile(owner, opened, vault=vault, server=server)
    return start_ui(
        Launch(
            profile=place,
            open=profile.open,
            close=profile.close,
            listen=profile.listen,
        )
    )


async def _headless(
    args: argparse.Namespace, place: Path, vault: str, server: DemoServer
) -> int:
    """Own the profile and carry out commands for others until this process ends."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    ready = server.ready()
    owner = Owner.take(place)
    if owner is None:
        raise CommandError("busy", code=Exit.REFUSED)
    profile = OpenedProfile(
        place,
        online=True,
        ask_passphrase=lambda new: passphrase(args.passphrase_fd, new=new),
    )
    desk = Desk(profile)
    try:
        opened = await profile.open(OpenRequest(vault=vault))
        await _sign_in(opened, ready)
        await owner.serve(desk.answer)
        sys.stdout.write(json_line(_line(ready, place)))
        sys.stdout.flush()
        # The server writes nothing after its line: what can be read is its end.
        loop.add_reader(server.output, stop.set)
        await stop.wait()
        loop.remove_reader(server.output)
        return 0
    finally:
        await profile.close()
        await owner.aclose()


def _line(ready: Ready, place: Path) -> ReadyDoc:
    return ReadyDoc(
        url=ready.url,
        openapi=ready.openapi,
        accounts=ready.accounts,
        pid=os.getpid(),
        profile=str(place),
    )
