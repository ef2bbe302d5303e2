"""What is at rest on this computer, and who can read it (SAFETY D1, D2, D5)."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.test_commands import picture
from tests.processes import PYTHON, Cli, Server, wait_until

CANARY = "canary-of-9f27-words"
as_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs another user"
)


def scenario(cli: Cli, server: Server, folder: Path) -> None:
    """Use everything that leaves something behind; the server is away at the end."""
    assert cli.sign_in(server).exit == 0
    assert cli.json("block", "bob", "--note", CANARY).exit == 0
    file = folder / f"{CANARY}.png"
    file.write_bytes(picture())
    server.stop()
    publish = ("publish", "--text", CANARY, "--media", str(file), "--alt", CANARY)
    assert cli.json(*publish, "--wait", "0").exit == 3
    assert cli.json("mute", "carol", "--note", CANARY, "--wait", "0").exit == 3
    assert cli.json("report", "post:1", "--questions", "--offline").exit == 0


def everything(folder: Path) -> list[Path]:
    return [folder, *folder.rglob("*")]


def test_d1_files_are_closed_to_other_users(
    server: Server, cli: Cli, tmp_path: Path
) -> None:
    old = os.umask(0o022)
    try:
        scenario(cli, server, tmp_path)
    finally:
        os.umask(old)
    found = everything(cli.profile)
    assert {each.name for each in found} >= {"store.db", "vault.json", "spool"}
    for each in found:
        mode = each.stat().st_mode & 0o777
        assert mode == (0o700 if each.is_dir() else 0o600), each


@as_root
def test_d1_another_user_reads_nothing(
    server: Server, cli: Cli, tmp_path: Path
) -> None:
    scenario(cli, server, tmp_path)
    for folder in (tmp_path, *tmp_path.parents):
        if folder != Path("/tmp"):
            folder.chmod(folder.stat().st_mode | 0o011)
        else:
            break
    code = (
        "import os, sys\n"
        "os.setgid(65534); os.setuid(65534)\n"
        "for path in sys.argv[1:]:\n"
        "    try:\n"
        "        os.listdir(path) if os.path.isdir(path) else open(path, 'rb')\n"
        "    except OSError:\n"
        "        continue\n"
        "    print(path)\n"
    )
    names = [str(each) for each in everything(cli.profile)]
    done = subprocess.run(
        [sys.executable, "-c", code, *names], capture_output=True, text=True, check=True
    )
    assert done.stdout == ""


def test_d2_no_word_stands_in_any_file(
    server: Server, cli: Cli, tmp_path: Path
) -> None:
    scenario(cli, server, tmp_path)
    for each in everything(cli.profile):
        data = each.read_bytes() if each.is_file() else b""
        assert CANARY.encode() not in data, each
        assert server.passwords["alice"].encode() not in data, each
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
