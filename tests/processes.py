"""Real processes for tests: the reference server and the command line."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PYTHON = sys.executable
PASSPHRASE = "correct horse battery staple"
CHEAP = {
    "SAFETYCLIENT_SERVER_ARGON2_MEMORY_KIB": "8",
    "SAFETYCLIENT_SERVER_ARGON2_PASSES": "1",
    "SAFETYCLIENT_SERVER_LOGINS_PER_ACCOUNT": "100000",
    "SAFETYCLIENT_SERVER_LOGINS_PER_ADDRESS": "100000",
}


def wait_until(
    done: Callable[[], bool], *, seconds: float = 20.0, what: str = "it"
) -> None:
    """Wait for something that another process does."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s for {what}")
        select_pause()


def select_pause() -> None:
    """Give the processor away for a moment."""
    import select

    select.select([], [], [], 0.02)


class Server:
    """The reference server as its own process; it can be stopped and come back."""

    def __init__(self, folder: Path, *, seed: str = "empty") -> None:
        self.database = folder / "server.db"
        self.clock_file = folder / "clock"
        self._log = folder / "server.log"
        self._seed = seed
        self._port = 0
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""
        self.passwords: dict[str, str] = {}

    def start(self) -> None:
        """Start, on the same port and database as before."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *(PYTHON, "-m", "safetyclient", "serve", "--seed", self._seed),
                    *("--port", str(self._port)),
                    *("--database", f"sqlite:///{self.database}"),
                    *("--clock-file", str(self.clock_file)),
                ],
                stdout=subprocess.PIPE,
                stderr=log,
                env={**os.environ, **CHEAP},
            )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, self._log.read_text()
        ready = json.loads(line)
        self.url = ready["url"]
        self._port = int(self.url.rsplit(":", 1)[1])
        self.passwords = {a["handle"]: a["password"] for a in ready["accounts"]}

    def stop(self) -> None:
        """Stop in order."""
        if self._process is None:
            return
        self._process.terminate()
        self._process.wait(20)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process = None

    def sql(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the server's own database, from outside."""
        connection = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)
        try:
            return connection.execute(query, values).fetchall()
        finally:
            connection.close()

    def effects(self, operation: str = "%") -> list[tuple[str, str, str]]:
        """Return the ledger: (key, operation, subject), in order."""
        return self.sql(
            "SELECT key, operation, subject FROM effect_log"
            " WHERE operation LIKE ? ORDER BY id",
            operation,
        )


@dataclass(frozen=True)
class Said:
    """What a command printed and how it ended."""

    exit: int
    out: str
    err: str

    @property
    def doc(self) -> Any:
        """Return the one JSON document."""
        return json.loads(self.out)


class Cli:
    """The command line on one profile, each command its own process."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.profile = folder / "profile"
        self.passphrase_file = folder / "passphrase"
        self.passphrase_file.write_text(PASSPHRASE)
        self.passphrase_file.chmod(0o600)
        runtime = folder / "run"
        runtime.mkdir(mode=0o700, exist_ok=True)
        self.env = {
            **os.environ,
            "SAFETYCLIENT_PROFILE": str(self.profile),
            "SAFETYCLIENT_PASSPHRASE_FILE": str(self.passphrase_file),
            "XDG_RUNTIME_DIR": str(runtime),
            "QT_QPA_PLATFORM": "offscreen",
        }

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a command and return its process."""
        return subprocess.Popen(
            [PYTHON, "-m", "safetyclient", *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.env,
        )

    def run(self, *words: str, stdin: str = "", seconds: float = 60) -> Said:
        """Run a command to its end."""
        return finish(self.start(*words), stdin=stdin, seconds=seconds)

    def json(self, *words: str, stdin: str = "") -> Said:
        """Run a command with `--json`."""
        return self.run("--json", *words, stdin=stdin)

    def sign_in(self, server: Server, handle: str = "alice") -> Said:
        """Sign in; the profile's key is locked by a passphrase."""
        return self.json(
            *("account", "add", "reference", server.url, handle),
            *("--password-stdin", "--vault", "passphrase"),
            stdin=server.passwords[handle] + "\n",
        )


def finish(
    process: subprocess.Popen[str], *, stdin: str = "", seconds: float = 60
) -> Said:
    """Wait for a command and return what it said."""
    out, err = process.communicate(stdin, timeout=seconds)
    return Said(process.returncode, out, err)


def finish_all(processes: Sequence[subprocess.Popen[str]]) -> list[Said]:
    """Wait for many commands."""
    return [finish(process, seconds=100) for process in processes]
