"""What is at rest on this computer, and who can read it (SAFETY D1, D2, D5)."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.test_commands import picture
from tests.processes import PYTHON, Cli, Server, wait_until

CANARY = "canary-of-9f27-words"
as_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs another user"
)


@dataclass(frozen=True)
class Rest:
    """A profile after everything was used that leaves something behind."""

    cli: Cli
    folder: Path
    password: str


@pytest.fixture(scope="module")
def rest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rest]:
    """Use everything, under the usual umask; the server is away at the end."""
    folder = tmp_path_factory.mktemp("rest")
    server, cli = Server(folder), Cli(folder / "cli")
    old = os.umask(0o022)
    try:
        server.start()
        assert cli.sign_in(server).exit == 0
        assert cli.json("block", "bob", "--note", CANARY).exit == 0
        server.stop()
        leave_behind(cli, folder)
        yield Rest(cli, folder, server.passwords["alice"])
    finally:
        os.umask(old)
        server.stop()


def leave_behind(cli: Cli, folder: Path) -> None:
    """Leave a post, a list entry and a draft waiting."""
    file = folder / f"{CANARY}.png"
    file.write_bytes(picture())
    publish = ("publish", "--text", CANARY, "--media", str(file), "--alt", CANARY)
    assert cli.json(*publish, "--wait", "0").exit == 3
    assert cli.json("mute", "carol", "--note", CANARY, "--wait", "0").exit == 3
    assert cli.json("report", "post:1", "--questions", "--offline").exit == 0


def everything(folder: Path) -> list[Path]:
    return [folder, *folder.rglob("*")]


def test_d1_files_are_closed_to_other_users(rest: Rest) -> None:
    found = everything(rest.cli.profile)
    assert {each.name for each in found} >= {"store.db", "vault.json", "spool"}
    for each in found:
        mode = each.stat().st_mode & 0o777
        assert mode == (0o700 if each.is_dir() else 0o600), each


@as_root
def test_d1_another_user_reads_nothing(rest: Rest) -> None:
    # The way to the profile is open, so that only its own modes keep others out.
    for folder in rest.cli.profile.parents:
        if folder == Path(tempfile.gettempdir()):
            break
        folder.chmod(folder.stat().st_mode | 0o011)
    code = (
        "import os, sys\n"
        "os.setgid(65534); os.setuid(65534)\n"
        "os.stat(sys.argv[1])\n"
        "for path in sys.argv[1:]:\n"
        "    try:\n"
        "        os.listdir(path) if path.endswith('/') else open(path, 'rb')\n"
        "    except OSError:\n"
        "        continue\n"
        "    print(path)\n"
    )
    names = [
        f"{each}/" if each.is_dir() else str(each)
        for each in everything(rest.cli.profile)
    ]
    done = subprocess.run(
        [sys.executable, "-c", code, *names], capture_output=True, text=True, check=True
    )
    assert done.stdout == ""


def test_d2_no_word_stands_in_any_file(rest: Rest) -> None:
    for each in everything(rest.cli.profile):
        data = each.read_bytes() if each.is_file() else b""
        assert CANARY.encode() not in data, each
        assert rest.password.encode() not in data, each
        assert not data.startswith(b"SQLite format 3"), each
        assert b"PNG" not in data, each


@as_root
def test_d5_no_process_leaves_or_shows_its_memory(
    server: Server, cli: Cli, started: list[subprocess.Popen[str]]
) -> None:
    assert cli.sign_in(server).exit == 0
    server.stop()
    command = cli.start("mute", "bob", "--wait", "30")
    window_profile = cli.profile.with_name("window")
    window = cli.start("--profile", str(window_profile))
    started.extend([command, window])
    lock = cli.profile / "owner.lock"
    wait_until(lambda: str(command.pid) in lock.read_text(), what="the command")
    other = window_profile / "owner.lock"
    wait_until(
        lambda: other.exists() and str(window.pid) in other.read_text(), what="window"
    )
    for process in (command, window):
        limits = resource.prlimit(process.pid, resource.RLIMIT_CORE)
        assert limits == (0, 0)
    # An undumpable process belongs to root in /proc: no other user gets in.
    assert Path(f"/proc/{command.pid}/environ").stat().st_uid == 0


@as_root
@pytest.mark.parametrize("hardened", [True, False])
def test_d5_nobody_cannot_read_nobodys_memory(hardened: bool) -> None:
    code = (
        "import os, sys\n"
        "import encodings.idna\n"
        "from safetyclient.adapters.hardening import unreadable\n"
        "import ctypes\n"
        "os.setgid(65534); os.setuid(65534)\n"
        # Changing the user makes a process unreadable too: begin as it was.
        "ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)\n"
        "if sys.argv[1] == 'True': unreadable()\n"
        "print('ready', flush=True)\n"
        "input()\n"
    )
    process = subprocess.Popen(
        [PYTHON, "-c", code, str(hardened)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        look = (
            "import os, sys\n"
            "os.setgid(65534); os.setuid(65534)\n"
            "try:\n"
            "    os.open(f'/proc/{sys.argv[1]}/environ', os.O_RDONLY)\n"
            "    print('open')\n"
            "except PermissionError:\n"
            "    print('denied')\n"
        )
        seen = subprocess.run(
            [PYTHON, "-c", look, str(process.pid)],
            capture_output=True,
            text=True,
            check=True,
        )
        assert seen.stdout == ("denied\n" if hardened else "open\n")
    finally:
        process.communicate("\n")
