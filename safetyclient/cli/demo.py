"""The demo's server: a child process that never outlives this one."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
from collections.abc import Sequence
from typing import IO

import msgspec

from safetyclient.cli.documents import DemoAccountDoc
from safetyclient.cli.inputs import CommandError, Exit

_DIE_WITH_PARENT = 1
_PATIENCE = 2.0


class Ready(msgspec.Struct, frozen=True):
    """The line that `serve` prints when it is ready."""

    url: str
    openapi: str
    accounts: tuple[DemoAccountDoc, ...]
    pid: int


def command(*words: str) -> list[str]:
    """Return how to start this program again."""
    if getattr(sys, "frozen", False):
        return [sys.executable, *words]
    return [sys.executable, "-m", "safetyclient", *words]


class DemoServer:
    """`serve --seed demo` as a child; start it from the main thread.

    The kernel ends it when the thread that started it ends, however that happens.
    """

    def __init__(self, options: Sequence[str] = ()) -> None:
        self._ready: Ready | None = None
        self._process = subprocess.Popen(  # noqa: S603 - this very program
            command("serve", "--seed", "demo", *options),
            stdout=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )

    @property
    def output(self) -> IO[bytes]:
        """Return what the server prints: one line, then the end."""
        if self._process.stdout is None:
            raise CommandError("server_failed", code=Exit.TROUBLE)
        return self._process.stdout

    def ready(self) -> Ready:
        """Wait until the server is ready; asked again it knows the answer.

        Raises:
            CommandError: it ended instead.
        """
        if self._ready is None:
            try:
                self._ready = msgspec.json.decode(self.output.readline(), type=Ready)
            except msgspec.MsgspecError:
                raise CommandError("server_failed", code=Exit.TROUBLE) from None
        return self._ready

    def close(self) -> None:
        """End the server."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGTERM)
