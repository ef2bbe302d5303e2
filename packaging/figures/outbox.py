"""10,000 blocks: CPU until accepted and seen in the list; then drained by bulk writes.

What arrived is read from the backend's ledger by SQL. The floor is a bare
`executemany` of rows as wide into the same kind of encrypted file.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import apsw
from common import KEY, cpu

from safetyclient.adapters.http.client import Door
from safetyclient.adapters.spool import EncryptedSpool
from safetyclient.adapters.store import Store
from safetyclient.application.assembly import Core, assemble
from safetyclient.application.clock import SystemClock
from safetyclient.bootstrap.profile import AllNetworks
from safetyclient.domain.accounts import NetworkKind
from safetyclient.domain.changes import ChangeStatus
from safetyclient.domain.ids import AccountId, ChangeId, PersonId, PersonRef
from safetyclient.domain.lists import ListKind

NUMBER = 10_000
SERVE = [sys.executable, "-m", "safetyclient", "serve", "--seed", "large", "--database"]


async def nothing() -> None:
    """Erase nothing."""


def build(folder: Path) -> tuple[Store, Core]:
    """Open a fresh store and the services over it."""
    clock = SystemClock()
    store = Store.open(folder / "store.db", KEY)
    core = assemble(
        store=store,
        networks=AllNetworks(Door(clock=clock, version="bench"), clock),
        spool=EncryptedSpool(folder / "spool", store_key=KEY),
        clock=clock,
        erase=nothing,
    )
    return store, core


def strangers(database: Path) -> list[PersonRef]:
    """Return people of the server that nobody has blocked yet."""
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(
            "SELECT id, handle FROM people WHERE handle NOT IN"
            " ('alice', 'bob', 'carol', 'mod') ORDER BY id DESC LIMIT ?",
            (NUMBER,),
        ).fetchall()
    return [PersonRef(id=PersonId(str(id_)), handle=handle) for id_, handle in rows]


async def accept(
    core: Core, account: AccountId, people: list[PersonRef]
) -> tuple[float, list[ChangeId]]:
    """Block people and look at the list; return CPU milliseconds and change ids."""
    start = cpu()
    receipt = await core.lists.block(account, people=people)
    window = await core.lists.window(account, kind=ListKind.BLOCKS)
    total = await core.lists.count(account, kind=ListKind.BLOCKS)
    used = (cpu() - start) * 1000
    assert len(window.rows) == 200
    assert total == NUMBER, total
    return used, list(receipt.changes)


def floor(folder: Path, people: list[PersonRef]) -> float:
    """Return the CPU milliseconds of the bare insert."""
    connection = apsw.Connection(str(folder / "floor.db"))
    connection.execute(f"PRAGMA key='raw:{KEY.hex()}'")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE change (id TEXT UNIQUE, subject TEXT, wish TEXT)")
    start = cpu()
    rows = [(f"{n:032x}", p.key, f'{{"on":true}}{p.id}') for n, p in enumerate(people)]
    with connection:
        connection.executemany("INSERT INTO change VALUES (?, ?, ?)", rows)
    used = (cpu() - start) * 1000
    connection.close()
    return used


def arrived(database: Path, changes: list[ChangeId]) -> tuple[int, int]:
    """Return how many changes the ledger lacks, and how many it has twice."""
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(
            "SELECT key, count(*) FROM effect_log GROUP BY key"
        ).fetchall()
    seen = dict(rows)
    lost = sum(change not in seen for change in changes)
    return lost, sum(seen.get(change, 0) > 1 for change in changes)


async def measure(folder: Path, ready: dict[str, object]) -> dict[str, float]:
    """Accept, drain, ask the ledger."""
    database = folder / "server.db"
    store, core = build(folder)
    account = await core.accounts.add(
        NetworkKind.REFERENCE,
        server=str(ready["url"]),
        handle="bob",
        password=str(ready["password"]),
    )
    people = strangers(database)
    used, changes = await accept(core, account.id, people)
    await core.sync.start()
    ended = await core.sync.settle(changes, seconds=120)
    assert all(c.status is ChangeStatus.ACCEPTED for c in ended.values())
    await core.sync.stop()
    store.close()
    lost, doubled = arrived(database, changes)
    return {
        "cpu_ms": used,
        "floor_ms": floor(folder, people),
        "lost": lost,
        "doubled": doubled,
    }


def main() -> None:
    """Start the backend, measure once, print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = subprocess.Popen(
            [*SERVE, f"sqlite:///{folder / 'server.db'}"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            assert server.stdout is not None
            ready = json.loads(server.stdout.readline())
            bob = next(a for a in ready["accounts"] if a["handle"] == "bob")
            facts = {"url": ready["url"], "password": bob["password"]}
            print(json.dumps(asyncio.run(measure(folder, facts))))
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
