"""Many commands at once on one profile: one owner, each change once, in order."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from typing import Any

import pytest

from tests.processes import Cli, Said, Server, finish_all, select_pause, wait_until

COMMANDS = 20


def typed(number: int) -> tuple[str, ...]:
    """Return one of twenty commands; ten subjects, two commands each."""
    verb = ("mute", "unmute", "block", "unblock")[number % 4]
    return (verb, ("bob", "carol")[number // 10])


def start_all(
    cli: Cli, started: list[subprocess.Popen[str]], wait: str
) -> list[subprocess.Popen[str]]:
    processes = [
        cli.start("--json", "--wait", wait, *typed(number))
        for number in range(COMMANDS)
    ]
    started.extend(processes)
    return processes


def changes_of(said: list[Said]) -> dict[str, dict[str, Any]]:
    return {
        change["id"]: change for each in said for change in each.doc.get("changes", [])
    }


def recorded_order(cli: Cli, changes: dict[str, dict[str, Any]]) -> list[str]:
    """Return change ids in the order in which they were recorded."""
    batches = cli.json("history", "--limit", "500", "--offline").doc["batches"]
    number = {batch["id"]: -place for place, batch in enumerate(batches)}
    return sorted(changes, key=lambda id_: number[changes[id_]["batch"]])


def check_ledger(server: Server, cli: Cli, said: list[Said]) -> None:
    """Each change once; per subject in the order in which they were recorded."""
    changes = changes_of(said)
    effects = [row for row in server.effects() if row[2].startswith("account:")]
    keys = [key for key, *_ in effects]
    assert len(keys) == len(set(keys))
    assert set(changes) <= set(keys)
    order = recorded_order(cli, changes)
    for subject in {subject for _, _, subject in effects}:
        there = [key for key, _, each in effects if each == subject if key in changes]
        here = [key for key in order if key in there]
        assert there == here, subject


def owner_pid(cli: Cli) -> int:
    """Return the owner's process id, or 0 while nobody serves."""
    try:
        return int(json.loads((cli.profile / "owner.lock").read_text())["pid"])
    except (OSError, ValueError, KeyError):
        return 0


def test_twenty_at_once_without_an_owner(
    server: Server, cli: Cli, started: list[subprocess.Popen[str]]
) -> None:
    assert cli.sign_in(server).exit == 0
    said = finish_all(start_all(cli, started, "60"))
    assert [each.exit for each in said] == [0] * COMMANDS, said
    assert len(changes_of(said)) == COMMANDS
    check_ledger(server, cli, said)


def test_twenty_at_once_beside_a_command_that_waits(
    server: Server, cli: Cli, started: list[subprocess.Popen[str]]
) -> None:
    assert cli.sign_in(server).exit == 0
    server.stop()
    holder = cli.start("protect", "on", "--wait", "60")
    started.append(holder)
    wait_until(lambda: owner_pid(cli) == holder.pid, what="the owner")
    processes = start_all(cli, started, "60")
    server.start()
    said = finish_all(processes)
    assert [each.exit for each in said] == [0] * COMMANDS, said
    assert holder.wait(90) == 0
    check_ledger(server, cli, said)


def test_twenty_at_once_beside_a_window(
    server: Server, cli: Cli, started: list[subprocess.Popen[str]]
) -> None:
    assert cli.sign_in(server).exit == 0
    window = cli.start()
    started.append(window)
    wait_until(lambda: owner_pid(cli) == window.pid, what="the window")
    said = finish_all(start_all(cli, started, "60"))
    assert [each.exit for each in said] == [0] * COMMANDS, said
    assert window.poll() is None
    check_ledger_beside(window, server, cli, said)


def check_ledger_beside(
    window: subprocess.Popen[str], server: Server, cli: Cli, said: list[Said]
) -> None:
    check_ledger(server, cli, said)
    window.send_signal(signal.SIGTERM)
    assert window.wait(10) == 0


def test_a_second_window_raises_the_first(
    cli: Cli, started: list[subprocess.Popen[str]], server: Server
) -> None:
    assert cli.sign_in(server).exit == 0
    window = cli.start()
    started.append(window)
    wait_until(lambda: owner_pid(cli) == window.pid, what="the window")
    second = cli.run("safetyclient://history")
    assert second.exit == 0
    assert window.poll() is None


@pytest.mark.crash
@pytest.mark.timeout(240)
def test_the_owner_killed_in_the_middle(
    server: Server, cli: Cli, started: list[subprocess.Popen[str]]
) -> None:
    assert cli.sign_in(server).exit == 0
    server.stop()
    holder = cli.start("protect", "on", "--wait", "60")
    started.append(holder)
    wait_until(lambda: owner_pid(cli) == holder.pid, what="the owner")
    log = cli.profile / "store.db-wal"
    before = log.stat().st_mtime_ns
    processes = start_all(cli, started, "60")
    wait_until(lambda: log.stat().st_mtime_ns > before, what="handed-over commands")
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait(20)
    server.start()
    killed = kill_owner_once(cli, processes)
    said = [each for each in finish_all(processes) if each.exit != -signal.SIGKILL]
    assert len(said) >= COMMANDS - killed
    assert [each.exit for each in said] == [0] * len(said), said
    assert len(changes_of(said)) == len(said)
    assert cli.json("sync").exit == 0
    check_ledger(server, cli, said)
    assert len(server.effects("protect")) == 1
    arrived = [row for row in server.effects() if row[2].startswith("account:")]
    assert len(said) <= len(arrived) <= COMMANDS


def kill_owner_once(cli: Cli, processes: list[subprocess.Popen[str]]) -> int:
    """Kill the next owner too, if it is one of the commands; returns how many."""
    alive = {process.pid: process for process in processes}
    for _ in range(500):
        pid = owner_pid(cli)
        if pid in alive and alive[pid].poll() is None:
            os.kill(pid, signal.SIGKILL)
            alive[pid].wait(20)
            return 1
        if all(process.poll() is not None for process in processes):
            return 0
        select_pause()
    return 0
