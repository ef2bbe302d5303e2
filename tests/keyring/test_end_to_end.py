"""Command line and window on a real bus: a real keyring, and one that never answers."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.test_end import SECONDS, end
from tests.e2e.test_handover import owner_pid
from tests.keyring.conftest import Bus
from tests.processes import Cli, Server, wait_until

pytestmark = pytest.mark.keyring


@pytest.fixture
def cli(bus: Bus, tmp_path: Path) -> Cli:
    """The command line on the test's own bus, without a passphrase."""
    made = Cli(tmp_path / "cli")
    made.env.pop("SAFETYCLIENT_PASSPHRASE_FILE")
    return made


@pytest.fixture
def started() -> Iterator[list[subprocess.Popen[str]]]:
    """Processes that are ended with the test, whatever became of it."""
    processes: list[subprocess.Popen[str]] = []
    yield processes
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_a_usable_keyring_is_taken_without_asking(
    bus: Bus, cli: Cli, tmp_path: Path
) -> None:
    bus.service(unlock=True)
    server = Server(tmp_path)
    server.start()
    try:
        said = cli.json(
            *("account", "add", "reference", server.url, "alice", "--password-stdin"),
            stdin=server.passwords["alice"],
        )
        assert said.exit == 0, said
        assert cli.json("vault", "status").doc["vault"] == "keyring"
        assert cli.json("mute", "bob").exit == 0
    finally:
        server.stop()


def test_a_command_ends_in_time_while_the_keyring_is_silent(bus: Bus, cli: Cli) -> None:
    bus.silent()
    process = cli.start("--json", "account", "list", "--vault", "keyring")
    assert process.stdout is not None
    line = process.stdout.readline()
    said = time.monotonic()
    assert '"vault_locked"' in line
    process.communicate(timeout=30)
    assert time.monotonic() - said <= SECONDS
    assert process.returncode == 2
    assert not (cli.profile / "vault.json").exists()


def test_a_window_ends_in_time_while_the_keyring_is_silent(
    bus: Bus, cli: Cli, started: list[subprocess.Popen[str]]
) -> None:
    bus.silent()
    window = cli.start("--vault", "keyring")
    started.append(window)
    wait_until(lambda: owner_pid(cli) == window.pid, what="the window")
    assert end(window) <= SECONDS
    assert window.returncode == 0
