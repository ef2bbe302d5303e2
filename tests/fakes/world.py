"""World: the services over a real store, a fake server and a clock of the test."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from pathlib import Path

from safetyclient.adapters.store import Store
from safetyclient.application.assembly import Core, assemble
from safetyclient.application.ports import Network
from safetyclient.application.touched import Touched
from safetyclient.domain.accounts import Credential
from safetyclient.domain.ids import PersonId, PersonRef
from safetyclient.domain.lists import ListEntry, ListKind
from safetyclient.domain.rows import RowState
from tests.fakes.clock import ManualClock, quiet
from tests.fakes.network import ALICE, FakeNetwork, FakeNetworks, FakeServer, account
from tests.fakes.spool import MemorySpool

KEY = bytes(range(32))
PEOPLE = {str(number): f"person{number}" for number in range(10, 40)}


class World:
    """One profile and one server; `restart` keeps the file and loses the rest."""

    def __init__(
        self,
        path: Path | None,
        *,
        keyed: bool = True,
        bulk: int = 5,
        wrap: Callable[[FakeNetwork], Network] = lambda network: network,
    ) -> None:
        self.path = path
        self.clock = ManualClock()
        self.server = FakeServer(self.clock, handles=dict(PEOPLE), keyed=keyed)
        self.network = FakeNetwork(self.server, bulk=bulk)
        self.spool = MemorySpool()
        self.touched = Touched.NOTHING
        self._wrap = wrap
        self.core = self._open()
        self.core.store.accounts.put(account(), Credential("https://fake", "token"))

    @property
    def store(self) -> Store:
        """Return the real store."""
        store = self.core.store
        assert isinstance(store, Store)
        return store

    def _open(self) -> Core:
        core = assemble(
            store=Store.open(self.path, KEY),
            networks=FakeNetworks(self._wrap(self.network)),
            spool=self.spool,
            clock=self.clock,
            erase=_nothing,
            dice=random.Random(7),
        )
        core.notifier.listen(self._note)
        return core

    def _note(self, touched: Touched) -> None:
        self.touched |= touched

    async def start(self) -> None:
        """Start delivery and let it do what it can at once."""
        await self.core.sync.start()
        await quiet()

    async def heard(self) -> Touched:
        """Return what was announced; announcements are coalesced in real time."""
        await asyncio.sleep(0.15)
        touched, self.touched = self.touched, Touched.NOTHING
        return touched

    async def crash(self) -> None:
        """Lose everything that is not on the disk, and open again."""
        await self.core.sync.stop()
        self.store.close()
        self.core = self._open()

    async def end(self) -> None:
        """Stop and close."""
        await self.core.sync.stop()
        self.store.close()

    async def drain(self, *, rounds: int = 60) -> None:
        """Let time pass until nothing waits any more."""
        for _ in range(rounds):
            if not self.store.outbox.waiting(ALICE):
                break
            self.core.sync.kick()
            await self.clock.advance(400.0)
        assert not self.store.outbox.waiting(ALICE), self.store.outbox.listed(
            ALICE, limit=10
        )

    async def seen(self, kind: ListKind) -> dict[str, ListEntry]:
        """Return what the person sees on a list, by handle, all windows."""
        rows: dict[str, ListEntry] = {}
        after = None
        while True:
            window = await self.core.lists.window(
                ALICE, kind=kind, after=after, limit=7
            )
            rows |= {row.person.handle: row for row in window.rows}
            after = window.next
            if after is None:
                return rows

    async def names(self, kind: ListKind) -> set[str]:
        """Return the handles on a list; a refused addition is not on it."""
        rows = await self.seen(kind)
        return {
            handle
            for handle, row in rows.items()
            if row.state is not RowState.REFUSED or row.since is not None
        }

    def on_server(self, kind: ListKind) -> set[str]:
        """Return the handles on the server's list."""
        return {fact.person.handle for fact in self.server.lists[kind].values()}


def person(number: int, *, known: bool = True) -> PersonRef:
    """Return one of the people, by id or by handle alone."""
    return PersonRef(
        id=PersonId(str(number) if known else ""), handle=f"person{number}"
    )


async def _nothing() -> None:
    """Erase nothing."""
