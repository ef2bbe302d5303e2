"""Starts what the tests talk to: the server's process, a private PostgreSQL cluster."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LIGHT: Mapping[str, str] = {
    "SAFETYCLIENT_SERVER_ARGON2_MEMORY_KIB": "8",
    "SAFETYCLIENT_SERVER_ARGON2_PASSES": "1",
    "SAFETYCLIENT_SERVER_LOGINS_PER_ACCOUNT": "1000000",
    "SAFETYCLIENT_SERVER_LOGINS_PER_ADDRESS": "1000000",
    "SAFETYCLIENT_SERVER_REQUESTS_PER_MINUTE": "1000000",
}
"""Settings that keep tests fast; a test of a limit sets its own."""
_DEADLINE = 30.0


def until(condition: Callable[[], bool], *, seconds: float = _DEADLINE) -> None:
    """Wait until a condition holds; fail when it does not in time."""
    end = time.monotonic() + seconds
    pause = threading.Event()
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("what was waited for did not happen")
        pause.wait(0.02)


@dataclass
class ServerProcess:
    """A running `safetyclient serve`; `ready` is its one line."""

    process: subprocess.Popen[str]
    ready: dict[str, Any]
    errors: Path

    @property
    def url(self) -> str:
        url: str = self.ready["url"]
        return url

    def password(self, handle: str) -> str:
        """Return the password of an account that can be signed in to."""
        return next(
            str(account["password"])
            for account in self.ready["accounts"]
            if account["handle"] == handle
        )

    def stop(self, *, by: signal.Signals = signal.SIGTERM) -> int:
        """Ask the server to end and return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(by)
        code = self.process.wait(_DEADLINE)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code

    def log(self) -> str:
        """Return what it wrote to stderr."""
        return self.errors.read_text(encoding="utf-8")


def start_server(
    folder: Path,
    *arguments: str,
    environment: Mapping[str, str] = LIGHT,
    seed: str = "empty",
) -> ServerProcess:
    """Start a server and wait for its ready line."""
    errors = folder / f"server-{time.monotonic_ns()}.log"
    with errors.open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "safetyclient.backend", "--seed", seed, *arguments],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={**os.environ, **environment},
        )
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        process.wait(_DEADLINE)
        raise AssertionError(errors.read_text(encoding="utf-8"))
    return ServerProcess(process, json.loads(line), errors)


def postgresql_binaries() -> Path | None:
    """Return the folder of the newest PostgreSQL on this machine."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    known = shutil.which("initdb")
    return Path(known).resolve().parent if known else None


@dataclass
class Cluster:
    """A private PostgreSQL cluster: own folder, socket in it, no TCP port."""

    binaries: Path
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="pg-")))
    _process: subprocess.Popen[Any] | None = None

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://tests@/postgres?host={self.folder}"

    def start(self) -> None:
        """Make the cluster and start it as a user without privileges."""
        who = _unprivileged()
        if who:
            os.chown(self.folder, who["user"], who["group"])
        data = self.folder / "data"
        initdb = [str(self.binaries / "initdb"), "-D", str(data), "-U", "tests"]
        initdb += ["--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"]
        subprocess.run(initdb, check=True, capture_output=True, cwd="/", **who)
        command: Sequence[str] = [
            str(self.binaries / "postgres"),
            *("-D", str(data), "-k", str(self.folder)),
            *("-c", "listen_addresses=", "-c", "fsync=off"),
        ]
        with (self.folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, cwd="/", **who
            )
        until(self._answers)

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.folder / "log").read_text()
        ready = [str(self.binaries / "pg_isready"), "-q", "-h", str(self.folder)]
        return subprocess.run(ready, check=False).returncode == 0

    def stop(self) -> None:
        """Stop the cluster by its pid and remove its folder."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(_DEADLINE)
        shutil.rmtree(self.folder)


def _unprivileged() -> dict[str, Any]:
    """Return how to start a process as nobody, where the tests run as root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
