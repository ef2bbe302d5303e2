"""First sync of 100,000 blocks by the app: CPU of reading, and of the index apart."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from common import KEY, cpu, signed_in, static_server
from pages_server import ROWS

from safetyclient.adapters.http.client import Door
from safetyclient.adapters.store import Store
from safetyclient.application.clock import SystemClock
from safetyclient.application.pool import NetworkPool
from safetyclient.application.refresh import Refresher
from safetyclient.bootstrap.profile import AllNetworks
from safetyclient.domain.lists import ListKind


async def now(call: Callable[[], Awaitable[object]]) -> object:
    """Read at once: nothing is being written here."""
    return await call()


async def measure(origin: str, folder: Path) -> dict[str, float]:
    """Sync into a fresh store."""
    clock = SystemClock()
    store = Store.open(folder / "store.db", KEY)
    account = signed_in(store, origin)
    networks = AllNetworks(Door(clock=clock, version="bench"), clock)
    pool = NetworkPool(store=store, networks=networks, online=True)
    refresher = Refresher(
        account=account,
        store=store,
        network=pool.asking(account),
        clock=clock,
        settled=now,
        announce=lambda _touched: None,
    )
    # The first request loads the HTTP library, in both runs outside the figure.
    await pool.asking(account).entries_mark(ListKind.BLOCKS)
    start = cpu()
    await refresher.blocks()
    read = cpu() - start
    rows = store.lists.count(account, ListKind.BLOCKS, search="", now=clock.now())
    assert rows == ROWS, rows
    start = cpu()
    while store.lists.index_slice(400):
        pass
    index = cpu() - start
    await pool.aclose()
    store.close()
    return {"cpu": read, "index_cpu": index}


def main() -> None:
    """Measure once and print."""
    with static_server() as origin, tempfile.TemporaryDirectory() as folder:
        print(json.dumps(asyncio.run(measure(origin, Path(folder)))))


if __name__ == "__main__":
    main()
