"""The end comes within two seconds, whatever does not answer."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.test_handover import owner_pid
from tests.processes import Cli, Server, wait_until

SECONDS = 2.0


@pytest.fixture
def silent_bus(tmp_path: Path) -> Iterator[str]:
    """A session bus that takes every connection and never says a word."""
    path = tmp_path / "bus"
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(path))
    listener.listen(64)
    taken: list[socket.socket] = []

    def take() -> None:
        while True:
            try:
                taken.append(listener.accept()[0])
            except OSError:
                return

    thread = threading.Thread(target=take, daemon=True)
    thread.start()
    yield f"unix:path={path}"
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(5)
    for each in taken:
        each.close()


def test_a_command_ends_soon_after_a_silent_keyring(cli: Cli, silent_bus: str) -> None:
    cli.env["DBUS_SESSION_BUS_ADDRESS"] = silent_bus
    process = cli.start("--json", "account", "list", "--vault", "keyring")
    assert process.stdout is not None
    line = process.stdout.readline()
    said = time.monotonic()
    assert '"exit":2' in line
    process.communicate(timeout=30)
    assert time.monotonic() - said <= SECONDS
    assert process.returncode == 2


def test_a_window_ends_in_time_while_a_keyring_is_silent(
    cli: Cli, silent_bus: str, started: list[subprocess.Popen[str]]
) -> None:
    cli.env["DBUS_SESSION_BUS_ADDRESS"] = silent_bus
    window = cli.start("--vault", "keyring")
    started.append(window)
    wait_until(lambda: owner_pid(cli) == window.pid, what="the window")
    assert end(window) <= SECONDS


def test_a_window_ends_in_time_while_its_server_is_away(
    cli: Cli, server: Server, started: list[subprocess.Popen[str]]
) -> None:
    assert cli.sign_in(server).exit == 0
    server.stop()
    assert cli.json("mute", "bob", "--offline").exit == 3
    window = cli.start()
    started.append(window)
    wait_until(lambda: owner_pid(cli) == window.pid, what="the window")
    assert end(window) <= SECONDS
    server.start()
    assert cli.json("sync").exit == 0


def end(process: subprocess.Popen[str]) -> float:
    """Ask a process to end; returns how long it took."""
    begun = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.wait(20)
    return time.monotonic() - begun


def test_the_demo_ends_with_its_server(
    cli: Cli, started: list[subprocess.Popen[str]]
) -> None:
    del cli.env["SAFETYCLIENT_PROFILE"]
    demo = cli.start("demo", "--headless")
    started.append(demo)
    assert demo.stdout is not None
    ready = json.loads(demo.stdout.readline())
    assert ready["pid"] == demo.pid
    profile = Path(ready["profile"])
    cli.env["SAFETYCLIENT_PROFILE"] = str(profile)
    listed = cli.json("account", "list")
    assert listed.doc["accounts"][0]["server"] == ready["url"]
    assert cli.json("mute", "bob").exit == 0
    assert end(demo) <= 3 * SECONDS
    assert demo.returncode == 0
    assert not profile.exists()
    port = int(ready["url"].rsplit(":", 1)[1])
    with socket.socket() as probe, pytest.raises(ConnectionRefusedError):
        probe.connect(("127.0.0.1", port))


def test_the_demo_window_is_signed_in_and_ends_with_its_server(
    cli: Cli, started: list[subprocess.Popen[str]]
) -> None:
    demo = cli.start("demo", "--vault", "session")
    started.append(demo)
    wait_until(lambda: owner_pid(cli) == demo.pid, what="the window")
    listed: list[dict[str, str]] = []

    def signed_in() -> bool:
        listed[:] = cli.json("account", "list").doc["accounts"]
        return bool(listed)

    wait_until(signed_in, what="the sign-in")
    assert end(demo) <= 2 * SECONDS
    assert demo.returncode == 0
    assert not (cli.profile / "store.db").exists()
    port = int(listed[0]["server"].rsplit(":", 1)[1])
    with socket.socket() as probe, pytest.raises(ConnectionRefusedError):
        probe.connect(("127.0.0.1", port))


def test_the_demo_server_dies_with_a_killed_demo(
    cli: Cli, started: list[subprocess.Popen[str]]
) -> None:
    demo = cli.start("demo", "--headless", "--vault", "passphrase")
    started.append(demo)
    assert demo.stdout is not None
    ready = json.loads(demo.stdout.readline())
    demo.kill()
    demo.wait(20)
    port = int(ready["url"].rsplit(":", 1)[1])

    def gone() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) != 0

    wait_until(gone, what="the server's end")
