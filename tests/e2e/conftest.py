"""A server and a signed-in command line, each in processes of their own."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import Cli, Server


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server that can be stopped and come back."""
    made = Server(tmp_path)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def demo_server(tmp_path: Path) -> Iterator[Server]:
    """A server with the demo's invented people."""
    made = Server(tmp_path, seed="demo")
    made.start()
    yield made
    made.stop()


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """The command line on a profile of its own."""
    return Cli(tmp_path / "cli")


@pytest.fixture
def started() -> Iterator[list[subprocess.Popen[str]]]:
    """Processes that are ended with the test, whatever became of it."""
    processes: list[subprocess.Popen[str]] = []
    yield processes
    for process in processes:
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
        process.communicate()
