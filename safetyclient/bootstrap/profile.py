"""Opens a profile part by part, and closes it in reverse."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetyclient import __version__
from safetyclient.adapters.places import STORE_FILE, remove_files, set_aside
from safetyclient.application.launch import Opened, OpenRequest
from safetyclient.domain.errors import BadInput, VaultLocked, VaultMissing
from safetyclient.domain.vaults import VaultKind

if TYPE_CHECKING:
    from safetyclient.adapters.http.client import Door
    from safetyclient.adapters.store import Store
    from safetyclient.adapters.vault.vault import Vault
    from safetyclient.application.assembly import Core
    from safetyclient.application.facade import SafetyClient
    from safetyclient.application.ports import Clock, Network
    from safetyclient.domain.accounts import Account, Credential, NetworkKind

PROXY_SETTING = "proxy"
CLOSE_SECONDS = 1.2


def _clock() -> Clock:
    from safetyclient.application.clock import SystemClock

    return SystemClock()


def _door(clock: Clock, *, proxy: str = "") -> Door:
    from safetyclient.adapters.http.client import Door

    return Door(clock=clock, version=__version__, proxy=proxy)


class AllNetworks:
    """Every network that has an adapter."""

    def __init__(self, door: Door, clock: Clock) -> None:
        self._door = door
        self._clock = clock

    def open(self, account: Account, credential: Credential) -> Network:
        """Return the network of a signed-in account."""
        from safetyclient.adapters.networks.reference.network import open_network

        return open_network(account, credential, clock=self._clock, door=self._door)

    async def sign_in(
        self, network: NetworkKind, server: str, handle: str, password: str
    ) -> tuple[Account, Credential]:
        """Sign in with a password."""
        from safetyclient.adapters.networks.reference.sign_in import sign_in

        if network.value != "reference":
            raise BadInput(field="network", reason="network")
        return await sign_in(server, handle, password, door=self._door)


class OpenedProfile:
    """One profile: its key, store, spool, networks and services, while it is open.

    Guarantee: `close` ends within two seconds whatever a keyring or a server does.
    Everything but the constructor belongs on the core loop.
    """

    def __init__(
        self,
        path: Path,
        *,
        online: bool,
        ask_passphrase: Callable[[bool], str] | None = None,
    ) -> None:
        self.path = path
        self.online = online
        self.clock = _clock()
        self.client: SafetyClient | None = None
        self.vault = ""
        self._ask = ask_passphrase
        self._vault: Vault | None = None
        self._store: Store | None = None
        self._core: Core | None = None

    async def open(self, request: OpenRequest) -> Opened:
        """Open the profile; may be called again after it raised."""
        from safetyclient.adapters.spool import EncryptedSpool
        from safetyclient.adapters.store import Store

        if request.new_profile:
            set_aside(self.path)
        key = await self._key(request)
        session = self.vault == VaultKind.SESSION.value
        store = Store.open(None if session else self.path / STORE_FILE, key)
        try:
            door = _door(self.clock, proxy=store.settings.get(PROXY_SETTING))
            core = _assemble(
                store,
                networks=AllNetworks(door, self.clock),
                spool=EncryptedSpool(self.path / "spool", store_key=key),
                clock=self.clock,
                erase=self.erase,
                online=self.online,
            )
            client = _facade(core)
        except BaseException:
            store.close()
            raise
        self._store, self._core = store, core
        if self.online:
            await core.sync.start()
        # Only now may others hand their commands over: delivery is under way.
        self.client = client
        return Opened(client, core.notifier, self.vault, session)

    async def close(self) -> None:
        """Stop delivery, close connections and the store; the outbox is durable."""
        core, self._core, self.client = self._core, None, None
        if core is not None:
            try:
                async with asyncio.timeout(CLOSE_SECONDS):
                    await core.sync.stop()
            except TimeoutError:
                pass
        self._close_store()

    async def change_vault(
        self, *, vault: str, passphrase: str, new_passphrase: str
    ) -> None:
        """Keep the store's key in another vault, or under another passphrase."""
        await self._opener().change(
            self.path,
            VaultKind(vault),
            passphrase=passphrase or None,
            new_passphrase=new_passphrase or None,
        )
        self.vault = vault

    def _opener(self) -> Vault:
        if self._vault is None:
            from safetyclient.adapters.vault.vault import Vault

            self._vault = Vault()
        return self._vault

    async def _key(self, request: OpenRequest) -> bytes:
        """Return the store's key; another vault is never tried silently."""
        vault = self._opener()
        status = await vault.status(self.path)
        wanted = VaultKind(request.vault) if request.vault else None
        if status.kind is None:
            return await self._first_key(vault, wanted, request.passphrase)
        if wanted is not None and wanted is not status.kind:
            raise BadInput(field="vault", reason="vault_other", vault=status.kind.value)
        passphrase = request.passphrase
        if status.kind is VaultKind.PASSPHRASE and not passphrase and self._ask:
            passphrase = self._ask(False)
        self.vault = status.kind.value
        try:
            return await vault.open(self.path, passphrase=passphrase or None)
        except VaultLocked as error:
            error.params.setdefault("reason", status.kind.value)
            raise

    async def _first_key(
        self, vault: Vault, wanted: VaultKind | None, passphrase: str
    ) -> bytes:
        if wanted is None:
            if not await vault.usable_keyring():
                raise _choose()
            wanted = VaultKind.KEYRING
        if wanted is VaultKind.PASSPHRASE and not passphrase and self._ask:
            passphrase = self._ask(True)
        if wanted is VaultKind.PASSPHRASE and not passphrase:
            raise _choose()
        try:
            key = await vault.create(self.path, wanted, passphrase=passphrase or None)
        except VaultMissing as error:
            if wanted is VaultKind.KEYRING and "backend" in error.params:
                raise _choose() from None
            raise
        self.vault = wanted.value
        return key

    async def erase(self) -> None:
        """Destroy the key, then the files; if the key stays, everything stays."""
        try:
            await self._opener().erase(self.path)
        except BaseException:
            if self._core is not None and self.online:
                await self._core.sync.start()
            raise
        self._core, self.client = None, None
        self._close_store()
        remove_files(self.path)

    def _close_store(self) -> None:
        store, self._store = self._store, None
        if store is not None:
            store.close()


def _choose() -> VaultMissing:
    """Return the question that only a person can answer: where the key should be."""
    return VaultMissing(reason="choose", choices="keyring,passphrase")


def _assemble(store: Store, **parts: Any) -> Core:
    from safetyclient.application.assembly import assemble

    return assemble(store=store, **parts)


def _facade(core: Core) -> SafetyClient:
    from safetyclient.application.facade import SafetyClient
    from safetyclient.application.flows import load_flows
    from safetyclient.application.reports import ReportsService
    from safetyclient.cli.sentences import catalogue

    return SafetyClient(
        accounts=core.accounts,
        protection=core.protection,
        lists=core.lists,
        media=core.media,
        spaces=core.spaces,
        reports=ReportsService(
            store=core.store,
            pool=core.pool,
            clock=core.clock,
            notifier=core.notifier,
            recorder=core.recorder,
            texts=catalogue(),
            flows=load_flows(),
        ),
        history=core.history,
        outbox=core.outbox,
        sync=core.sync,
    )
