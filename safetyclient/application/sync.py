"""SyncService: every account's delivery and refresh, started and stopped as one."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Sequence

from safetyclient.application.connection import Connection, first_of
from safetyclient.application.drain import AccountSync
from safetyclient.application.notify import Notifier
from safetyclient.application.pool import NetworkPool
from safetyclient.application.ports import Clock, Spool
from safetyclient.application.store_ports import Settled, Store
from safetyclient.application.touched import Touched
from safetyclient.application.uploads import StoredUploads
from safetyclient.domain.changes import PENDING, Change, ChangeKind, ChangeStatus
from safetyclient.domain.errors import Offline, SafetyError
from safetyclient.domain.ids import AccountId, ChangeId, SpoolId
from safetyclient.domain.wishes import Publish

_INDEX_ROWS = 400
_INDEX_PAUSE_SECONDS = 0.02
_DONE = frozenset({ChangeStatus.ACCEPTED, ChangeStatus.WITHDRAWN})


class SyncService:
    """Delivers what waits and reads mirrors again, account by account.

    While it is not started (`--offline`) nothing is sent and nothing is read.
    """

    def __init__(
        self,
        *,
        store: Store,
        pool: NetworkPool,
        spool: Spool,
        clock: Clock,
        notifier: Notifier,
        dice: random.Random | None = None,
    ) -> None:
        self._store = store
        self._pool = pool
        self._spool = spool
        self._clock = clock
        self._notifier = notifier
        self._dice = dice or random.Random()  # noqa: S311 - jitter, not a secret
        self._uploads = StoredUploads(store=store, spool=spool)
        self._workers: dict[AccountId, AccountSync] = {}
        self._running = False
        self._moved = asyncio.Event()
        self._indexing: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Recover what a stop left in the middle, then drain and refresh."""
        if self._running:
            return
        self._store.outbox.recover(self._keyed)
        await self.sweep()
        self._running = True
        for account in self._store.accounts.all():
            self.kick(account.id)
        self._indexing = asyncio.create_task(self._index())

    async def stop(self) -> None:
        """Stop every account; nothing is lost, the outbox is on disk."""
        self._running = False
        if self._indexing is not None:
            self._indexing.cancel()
            await asyncio.gather(self._indexing, return_exceptions=True)
            self._indexing = None
        workers, self._workers = list(self._workers.values()), {}
        await asyncio.gather(*(worker.stop() for worker in workers))
        await self._pool.aclose()

    def kick(self, account: AccountId | None = None) -> None:
        """Start or wake delivery of one account, or of all."""
        if not self._running:
            return
        accounts = self._store.accounts.all()
        for found in accounts:
            if account in {None, found.id}:
                self._worker(found.id).wake()

    async def refresh(self, account: AccountId | None = None) -> None:
        """Read the mirrors of one account, or of all, again.

        Raises:
            SafetyError: what stopped the last account that could not be read.
        """
        if not self._running:
            raise Offline
        problem: SafetyError | None = None
        for found in self._store.accounts.all():
            if account in {None, found.id}:
                try:
                    await self._worker(found.id).refresh()
                except SafetyError as error:
                    problem = error
        if problem is not None:
            raise problem

    async def settle(
        self, changes: Sequence[ChangeId], *, seconds: float
    ) -> dict[ChangeId, Change]:
        """Wait until none of the changes is under way, or the time is over."""
        end = self._clock.monotonic() + seconds
        while True:
            found = self._store.outbox.many(changes)
            left = end - self._clock.monotonic()
            hopeful = self._running and any(
                c.status in PENDING
                and self.connection(c.account).paused != "sign_in_expired"
                for c in found.values()
            )
            if not hopeful or left <= 0:
                return found
            await first_of(self._clock, self._moved, left)

    def connection(self, account: AccountId | None = None) -> Connection:
        """Return how the network of an account is; of all: the worst of them."""
        if account is not None:
            worker = self._workers.get(account)
            return Connection() if worker is None else worker.connection
        links = [worker.connection for worker in self._workers.values()]
        if not links:
            return Connection()
        heard = [link.last_heard for link in links if link.last_heard is not None]
        known = [link.reachable for link in links if link.reachable is not None]
        return Connection(
            reachable=all(known) if known else None,
            last_heard=max(heard) if heard else None,
            paused=next((link.paused for link in links if link.paused), ""),
        )

    async def pause(self, account: AccountId) -> bool:
        """Stop one account's delivery; returns whether it ran."""
        worker = self._workers.pop(account, None)
        if worker is None:
            return False
        await worker.stop()
        self._store.outbox.recover(self._keyed, account=account)
        return True

    async def leave(self, account: AccountId) -> None:
        """Stop one account's delivery and close its network.

        What somebody wakes meanwhile is stopped, too: it has the old token.
        """
        while True:
            ran = await self.pause(account)
            was_open = await self._pool.drop(account)
            if not ran and not was_open:
                return

    async def sweep(self, *, among: frozenset[SpoolId] | None = None) -> None:
        """Remove kept files, all or some, that no waiting change needs."""
        needed = self._store.posts.spooled()
        async for spool in self._spool.ids():
            if spool not in needed and (among is None or spool in among):
                self._spool.release(spool)

    def _worker(self, account: AccountId) -> AccountSync:
        worker = self._workers.get(account)
        if worker is None:
            worker = self._workers[account] = AccountSync(
                account=account,
                store=self._store,
                network=self._pool.asking(account),
                uploads=self._uploads,
                clock=self._clock,
                announce=self._announce,
                settled=self._settled,
                jitter=self._dice.random,
            )
            worker.start()
        return worker

    def _keyed(self, account: AccountId, kind: ChangeKind) -> bool:
        return self._pool.get(account).keyed(kind)

    def _announce(self, touched: Touched) -> None:
        self._notifier.announce(touched)
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

    def _settled(self, outcomes: Sequence[Settled]) -> None:
        """Let go of files whose change is done."""
        for outcome in outcomes:
            wish = outcome.change.wish
            if outcome.status in _DONE and isinstance(wish, Publish):
                for file in wish.files:
                    self._spool.release(file.spool)

    def _reading(self) -> bool:
        return any(worker.reading for worker in self._workers.values())

    async def _index(self) -> None:
        """Build the search index in slices whenever rows wait for it."""
        while True:
            moved = self._moved
            # A full disk must not end it: search goes on without an index.
            with contextlib.suppress(SafetyError):
                while not self._reading() and self._store.lists.index_slice(
                    _INDEX_ROWS
                ):
                    await self._clock.sleep(_INDEX_PAUSE_SECONDS)
            await first_of(self._clock, moved, None)
