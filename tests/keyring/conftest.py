"""Private session buses with Secret Services in every state; setting up must work."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PASSWORD = b"test-pass"


def tool(name: str) -> str:
    """Return the path of a program; a missing one fails the leg."""
    found = shutil.which(name)
    assert found is not None, f"{name} is not installed"
    return found


@dataclass
class Bus:
    """A session bus of its own, and the processes on it."""

    home: Path
    patch: pytest.MonkeyPatch
    children: list[subprocess.Popen[bytes]] = field(
        default_factory=list[subprocess.Popen[bytes]]
    )

    def start(self) -> None:
        """Start the bus and let this process use it."""
        for name, folder in {
            "HOME": "",
            "XDG_DATA_HOME": "data",
            "XDG_CACHE_HOME": "cache",
            "XDG_CONFIG_HOME": "config",
            "XDG_RUNTIME_DIR": "run",
        }.items():
            path = self.home / folder
            path.mkdir(mode=0o700, exist_ok=True)
            self.patch.setenv(name, str(path))
        self.patch.delenv("PYTHON_KEYRING_BACKEND", raising=False)
        bus = self.run(tool("dbus-daemon"), "--session", "--nofork", "--print-address")
        address = self.line(bus)
        assert address.startswith("unix:"), address
        self.patch.setenv("DBUS_SESSION_BUS_ADDRESS", address)

    def run(self, *words: str, text: bytes | None = None) -> subprocess.Popen[bytes]:
        """Start a process that ends with the bus."""
        child = subprocess.Popen(
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
        )
        self.children.append(child)
        assert child.stdin is not None
        with child.stdin as pipe:
            pipe.write(text or b"")
        return child

    def line(self, child: subprocess.Popen[bytes]) -> str:
        """Return the next line that a process says."""
        assert child.stdout is not None
        return child.stdout.readline().decode().strip()

    def service(self, *, unlock: bool) -> subprocess.Popen[bytes]:
        """Start a real Secret Service; return when it says that it is there."""
        words = [tool("gnome-keyring-daemon"), "--foreground", "--components=secrets"]
        control = f"--control-directory={self.home / 'run' / 'keyring'}"
        if unlock:
            child = self.run(*words, control, "--unlock", text=PASSWORD)
        else:
            child = self.run(*words, control)
        self.wait_for_name()
        return child

    def silent(self) -> None:
        """Start a service that never answers."""
        words = [sys.executable, "-m", "tests.keyring.silent_service"]
        assert self.line(self.run(*words)) == "owner"

    def wait_for_name(self) -> None:
        """Wait until somebody owns the name of the Secret Service."""
        name = "string:org.freedesktop.secrets"
        bus = "--dest=org.freedesktop.DBus"
        ask = [tool("dbus-send"), "--session", "--print-reply", bus, "/"]
        words = [*ask, "org.freedesktop.DBus.NameHasOwner", name]
        end = time.monotonic() + 10
        while (
            b"boolean true"
            not in subprocess.run(words, capture_output=True, check=True).stdout
        ):
            assert time.monotonic() < end, "the Secret Service did not start"

    def stop(self) -> None:
        """End every process that this bus started."""
        for child in reversed(self.children):
            child.kill()
            child.wait()
            assert child.stdout is not None
            child.stdout.close()
        for thread in threading.enumerate():
            if thread.name == "vault":  # left behind; its bus has just gone away
                thread.join(10)
        # What the keyring library left open is closed here, not in another test.
        gc.collect()


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bus]:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    made = Bus(home=home, patch=monkeypatch)
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture
def given_bus() -> str:
    """Return the bus that `tests/with-keyring.sh` made."""
    address = os.environ.get("DBUS_SESSION_BUS_ADDRESS", "")
    assert address, "run this through tests/with-keyring.sh"
    return address
