"""SIGKILL in the middle of delivery: the server's own ledger says once each."""

from __future__ import annotations

import os
import signal
import subprocess

import pytest

from tests.processes import Cli, Server, select_pause

pytestmark = pytest.mark.crash
PEOPLE = 60


@pytest.mark.timeout(240)
def test_killed_again_and_again_nothing_is_lost_or_doubled(
    demo_server: Server, cli: Cli, started: list[subprocess.Popen[str]]
) -> None:
    assert cli.sign_in(demo_server).exit == 0
    rows = cli.json("followers", "list", "--limit", str(PEOPLE)).doc["rows"]
    who = [row["person"]["handle"] for row in rows]
    queued = cli.json("followers", "remove", *who, "--offline").doc
    wanted = {change["id"] for change in queued["changes"]}
    assert len(wanted) == PEOPLE
    in_the_middle = 0
    for after in (1, 15, 35):
        process = cli.start("sync", "--wait", "60")
        started.append(process)
        arrived = kill_after(process, demo_server, after)
        in_the_middle += 0 < arrived < PEOPLE
    assert in_the_middle
    last = cli.json("sync", "--wait", "60")
    assert last.exit == 0, last
    keys = [key for key, *_ in demo_server.effects("remove_follower")]
    assert len(keys) == PEOPLE
    assert set(keys) == wanted


def kill_after(process: subprocess.Popen[str], server: Server, effects: int) -> int:
    """Kill a command once the ledger holds some effects; returns how many it held."""
    while process.poll() is None:
        if len(server.effects("remove_follower")) >= effects:
            os.kill(process.pid, signal.SIGKILL)
            process.wait(20)
            break
        select_pause()
    return len(server.effects("remove_follower"))
