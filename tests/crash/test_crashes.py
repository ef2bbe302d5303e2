"""SAFETY 5(a): a kill at every point, and at any time; once each, nothing lost."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import random
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from safetyclient.domain.accounts import Credential
from tests.crash import child, fake_server
from tests.crash.child import Order
from tests.crash.harness import Harness
from tests.crash.mutants import BLIND_RETRY, EARLY_WORD, FRESH_KEY, Mutant
from tests.fakes.network import account
from tests.processes import Server

RECORD = Path(__file__).with_name("points.json")
SOAK = bool(os.environ.get("SAFETYCLIENT_SOAK"))
RANDOM_KILLS = 150 if SOAK else 30

pytestmark = [pytest.mark.crash, pytest.mark.timeout(3600 if SOAK else 600)]


@dataclass
class Stage:
    """A prepared profile, the ledger's file, and an order for the child."""

    template: Path
    ledger: Path
    order: Order

    def harness(self, mutant: Mutant | None = None) -> Harness:
        """Return a harness with fresh totals."""
        return Harness(self.template, self.ledger, self.order, mutant=mutant)


@pytest.fixture(scope="module")
def room() -> Iterator[Path]:
    """A folder in memory: what dies here is a process, never a disk."""
    place = "/dev/shm" if Path("/dev/shm").is_dir() else None
    with tempfile.TemporaryDirectory(prefix="crash-", dir=place) as name:
        yield Path(name)


@pytest.fixture(scope="module")
def keyed(room: Path) -> Iterator[Stage]:
    folder = room / "keyed"
    folder.mkdir()
    server = Server(folder)
    server.start()
    template = folder / "template"
    rows = server.sql("SELECT id, handle FROM people WHERE handle IN ('bob', 'carol')")
    ids = {str(handle): str(id_) for id_, handle in rows}
    order = Order(folder=template, people=(ids["bob"], ids["carol"]), handle="carol")
    password = server.passwords["alice"]
    asyncio.run(child.sign_in(order, server.url, "alice", password))
    order = Order(folder=folder, people=order.people, handle="carol")
    yield Stage(template, server.database, order)
    server.stop()


@pytest.fixture(scope="module")
def keyless(room: Path) -> Iterator[Stage]:
    folder = room / "keyless"
    folder.mkdir()
    context = multiprocessing.get_context("forkserver")
    ours, theirs = context.Pipe()
    ledger = folder / "ledger.db"
    process = context.Process(target=fake_server.serve, args=(theirs, ledger))
    process.start()
    port, _ = ours.recv()
    template = folder / "template"
    order = Order(folder=template, people=("10", "11"), handle="person12", port=port)
    core = child.build(order)
    core.store.accounts.put(account(), Credential("https://fake", "token"))
    core.store.close()
    order = Order(folder=folder, people=("10", "11"), handle="person12", port=port)
    yield Stage(template, ledger, order)
    process.terminate()
    process.join(20)
    process.close()
    ours.close()
    theirs.close()


def say(line: str) -> None:
    """Print a line of the run's own report."""
    sys.stdout.write(line + "\n")


def recorded(name: str) -> int:
    return int(json.loads(RECORD.read_text())[name])


def everywhere(stage: Stage, name: str) -> Harness:
    """Kill at every point once; fewer points than recorded are a hole."""
    harness = stage.harness()
    points = harness.count()
    for point in range(1, points + 1):
        harness.trial([point])
    say(harness.totals.line(f"{name}, every point"))
    assert points >= recorded(name)
    assert harness.totals.kills >= 0.9 * points
    return harness


def anytime(stage: Stage, name: str, dice: random.Random) -> Harness:
    """Kill at random times, several times in one trial."""
    harness = stage.harness()
    while harness.totals.kills < RANDOM_KILLS:
        harness.trial([dice.uniform(0.02, 0.5) for _ in range(3)])
    say(harness.totals.line(f"{name}, random"))
    return harness


def assert_once_each(harness: Harness) -> None:
    assert (harness.totals.lost, harness.totals.doubled) == (0, 0), harness.totals.notes


def test_a_kill_at_every_point_loses_and_doubles_nothing(keyed: Stage) -> None:
    harness = everywhere(keyed, "keyed")
    assert_once_each(harness)
    assert harness.totals.asked == 0


def test_random_kills_lose_and_double_nothing(keyed: Stage) -> None:
    assert_once_each(anytime(keyed, "keyed", random.Random(5)))


def shuffled(stage: Stage) -> list[int]:
    """Return every point in an order that finds a mutant's harm soon."""
    points = list(range(1, stage.harness().count() + 1))
    random.Random(11).shuffle(points)
    return points


def hunt(stage: Stage, mutant: Mutant, name: str) -> Harness:
    """Kill a mutant at point after point until it has done harm."""
    harness = stage.harness(mutant)
    for point in shuffled(stage):
        harness.trial([point])
        if harness.totals.doubled or harness.totals.lost:
            break
    say(harness.totals.line(f"mutant {name}"))
    return harness


def test_a_fresh_key_at_each_attempt_doubles(keyed: Stage) -> None:
    harness = keyed.harness(FRESH_KEY)
    doubled = 0
    for point in shuffled(keyed):
        made, effects = harness.operations_and_effects()
        harness.trial([point])
        now_made, now_effects = harness.operations_and_effects()
        # Every key is strange to the harness here: only numbers can tell.
        doubled = (now_effects - effects) - (now_made - made)
        if doubled > 0:
            break
    say(f"mutant fresh key: kills {harness.totals.kills}, doubled {doubled}")
    assert doubled > 0


def test_a_word_before_the_commit_loses(keyed: Stage) -> None:
    assert hunt(keyed, EARLY_WORD, "early word").totals.lost >= 1


def test_without_keys_a_report_in_doubt_is_asked_about(keyless: Stage) -> None:
    harness = everywhere(keyless, "keyless")
    assert_once_each(harness)
    assert harness.totals.asked >= 1


def test_without_keys_random_kills_lose_and_double_nothing(keyless: Stage) -> None:
    assert_once_each(anytime(keyless, "keyless", random.Random(6)))


def test_without_keys_a_blind_retry_doubles_a_report(keyless: Stage) -> None:
    assert hunt(keyless, BLIND_RETRY, "blind retry").totals.doubled >= 1
