"""AccountsService: sign in, sign out, and what each account may do."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import replace

from safetyclient.application.notify import Notifier
from safetyclient.application.pool import NetworkPool
from safetyclient.application.store_ports import Store
from safetyclient.application.sync import SyncService
from safetyclient.application.touched import Touched
from safetyclient.domain.accounts import Account, NetworkKind, SignInState
from safetyclient.domain.capabilities import Capabilities
from safetyclient.domain.errors import BadInput, SafetyError
from safetyclient.domain.ids import AccountId

SIGN_OUT_SECONDS = 5.0
"""How long a sign-out waits for a server that says nothing."""
Erase = Callable[[], Awaitable[None]]


class AccountsService:
    """Accounts that are signed in on this computer."""

    def __init__(
        self,
        *,
        store: Store,
        pool: NetworkPool,
        notifier: Notifier,
        sync: SyncService,
        erase: Erase,
    ) -> None:
        self._store = store
        self._pool = pool
        self._notifier = notifier
        self._sync = sync
        self._erase = erase

    async def list(self) -> tuple[Account, ...]:
        """Return the accounts in the order in which they were added."""
        return self._store.accounts.all()

    async def capabilities(self, account: AccountId) -> Capabilities:
        """Return what the network offers this account."""
        return self._pool.get(account).capabilities()

    async def add(
        self, network: NetworkKind, *, server: str, handle: str, password: str
    ) -> Account:
        """Sign in and keep the account; waits for the server.

        Signing in again to an account that is already here renews its token and
        keeps its outbox and history.
        """
        account, credential = await self._pool.sign_in(
            network, server=server, handle=handle, password=password
        )
        for known in self._store.accounts.all():
            same = (known.network, known.server, known.remote_id)
            if same == (account.network, account.server, account.remote_id):
                account = replace(account, id=known.id)
                if known.state is not SignInState.EXPIRED:
                    await self._revoke(known.id)
                await self._sync.leave(known.id)
        self._store.accounts.put(account, credential)
        self._notifier.announce(Touched.ACCOUNTS | Touched.CONNECTION)
        self._sync.kick(account.id)
        return account

    async def waiting(self, account: AccountId) -> int:
        """Return how many changes a sign-out would leave behind."""
        return self._store.outbox.waiting(account)

    async def sign_out(self, account: AccountId, *, discard: bool = False) -> None:
        """Make the token useless and forget the account on this computer.

        Raises:
            BadInput: changes still wait and `discard` is false.
        """
        self._store.accounts.get(account)
        if not discard and self._store.outbox.waiting(account):
            raise BadInput(field="account", reason="still_waiting")
        await self._revoke(account)
        await self._sync.leave(account)
        kept = frozenset(self._store.posts.spooled())
        self._store.accounts.remove(account)
        # Files that somebody is about to publish from another account stay.
        await self._sync.sweep(among=kept)
        self._notifier.announce(~Touched.NOTHING)

    async def _revoke(self, account: AccountId) -> None:
        """Make the token that is in use useless, if its server can be reached.

        It dies on this computer with its row; a server that is away must not keep
        somebody signed in here.
        """
        await self._sync.pause(account)
        with contextlib.suppress(SafetyError, TimeoutError):
            async with asyncio.timeout(SIGN_OUT_SECONDS):
                await self._pool.asking(account).sign_out()

    async def erase(self) -> None:
        """Erase everything on this computer: the key first, then the files."""
        await self._sync.stop()
        await self._erase()
