"""The owner of a profile among real processes, one of them killed."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

from safetyclient.adapters.owner import Message, Owner, ask

HELPER = [sys.executable, "-m", "tests.adapters.owner_process"]
ROOT = Path(__file__).parents[2]


def start(profile: Path, ledger: Path, *args: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*HELPER, str(profile), str(ledger), *args],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_twenty_at_once_with_the_owner_killed_in_the_middle(
    tmp_path: Path, runtime: Path
) -> None:
    profile, ledger = tmp_path / "profile", tmp_path / "ledger"
    holder = start(profile, ledger, "first", "hold")
    assert line(holder) == "owner"
    many = [start(profile, ledger, f"n{n}") for n in range(20)]
    assert line(many[0]) in {"asked", "owner"}  # some work was done by the holder
    holder.kill()
    holder.communicate()
    roles = [process.communicate(timeout=60)[0].strip() for process in many[1:]]
    many[0].communicate()
    assert all(process.returncode == 0 for process in many), roles
    assert sorted(ledger.read_text().split()) == sorted(
        ["first", *(f"n{n}" for n in range(20))]
    )


def test_the_lock_and_the_socket_are_regained_after_kill(
    tmp_path: Path, runtime: Path
) -> None:
    profile, ledger = tmp_path / "profile", tmp_path / "ledger"
    holder = start(profile, ledger, "one", "hold")
    assert line(holder) == "owner"
    assert Owner.take(profile) is None
    holder.kill()
    holder.communicate()
    assert any(runtime.iterdir())  # its socket is still there, and stale

    async def echo(request: Message) -> Message:
        return {"echo": request}

    async def scenario() -> None:
        owner = Owner.take(profile)
        assert owner is not None
        await owner.serve(echo)
        assert await ask(profile, {"n": 1}, seconds=5) == {"echo": {"n": 1}}
        await owner.aclose()

    asyncio.run(scenario())
    assert list(runtime.iterdir()) == []
