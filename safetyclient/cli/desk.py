"""Desk: carries out this process's command, and those that others hand over."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable
from typing import Any, Protocol

from safetyclient.application.facade import SafetyClient
from safetyclient.application.ports import Clock
from safetyclient.cli import handover
from safetyclient.cli.builder import UsageError
from safetyclient.cli.commands import COMMANDS
from safetyclient.cli.context import Profile
from safetyclient.cli.inputs import CommandError, Exit, Inputs
from safetyclient.cli.parser import parse
from safetyclient.cli.result import CommandResult
from safetyclient.cli.run import execute, failure

Message = dict[str, Any]


class OpenProfile(Profile, Protocol):
    """A profile whose facade can be had while it is open."""

    @property
    def client(self) -> SafetyClient | None:
        """Return the facade; None before it was opened and after it was closed."""
        ...

    @property
    def clock(self) -> Clock:
        """Return the clock."""
        ...

    @property
    def online(self) -> bool:
        """Return whether this process may open connections."""
        ...


class Desk:
    """Takes commands for one open profile.

    Guarantee: what was taken before `close` is finished and answered; what comes
    later is told to ask again, of the next owner.
    """

    def __init__(self, profile: OpenProfile) -> None:
        self._profile = profile
        self._closing = False
        self._busy = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._window: Callable[[str], None] | None = None

    def listen(self, callback: Callable[[str], None]) -> None:
        """Call `callback` with an address whenever the window is asked for."""
        self._window = callback

    async def run(self, args: argparse.Namespace, inputs: Inputs) -> CommandResult:
        """Carry out a command."""
        client = self._profile.client
        if client is None:
            return failure(CommandError("busy", code=Exit.REFUSED))
        result = await execute(
            client,
            clock=self._profile.clock,
            profile=self._profile,
            args=args,
            inputs=inputs,
        )
        if args.command == "erase" and result.exit is Exit.DONE:
            self._closing = True
        return result

    async def answer(self, message: Message) -> Message:
        """Answer another process."""
        try:
            address = handover.window_of(message)
            if address is not None:
                return self._raise(address)
            argv, inputs = handover.read(message)
            args = parse(argv)
        except (ValueError, UsageError):
            args = argparse.Namespace(json=True)
            error = CommandError("other_version", code=Exit.REFUSED)
            return handover.answer(failure(error), args)
        if not self._can(args):
            return handover.LATER
        self._busy += 1
        self._idle.clear()
        try:
            return handover.answer(await self.run(args, inputs), args)
        finally:
            self._busy -= 1
            if not self._busy:
                self._idle.set()

    def _raise(self, address: str) -> Message:
        if self._window is None:
            return handover.LATER
        self._window(address)
        return {"window": True}

    def _can(self, args: argparse.Namespace) -> bool:
        """Return whether this process can do what is asked, and still may."""
        if self._closing or self._profile.client is None:
            return False
        return args.command in COMMANDS and (args.offline or self._profile.online)

    async def close(self) -> None:
        """Take nothing more, and finish what was taken."""
        self._closing = True
        await self._idle.wait()
