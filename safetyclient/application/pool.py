"""NetworkPool: the open networks of the signed-in accounts, one each."""

from __future__ import annotations

from safetyclient.application.ports import Network, Networks
from safetyclient.application.store_ports import Store
from safetyclient.domain.accounts import Account, Credential, NetworkKind
from safetyclient.domain.errors import Offline
from safetyclient.domain.ids import AccountId


class NetworkPool:
    """Opens a network when it is first needed and closes it with its account.

    With `online` false no request is ever begun: `asking` raises `Offline`.
    """

    def __init__(
        self, *, store: Store, networks: Networks, online: bool = True
    ) -> None:
        self._store = store
        self._networks = networks
        self._open: dict[AccountId, Network] = {}
        self.online = online

    def get(self, account: AccountId) -> Network:
        """Return the network of an account, for what needs no request."""
        if account not in self._open:
            self._open[account] = self._networks.open(
                self._store.accounts.get(account),
                self._store.accounts.credential(account),
            )
        return self._open[account]

    def asking(self, account: AccountId) -> Network:
        """Return the network of an account, to send a request now.

        Raises:
            Offline: this run opens no connection.
        """
        if not self.online:
            raise Offline
        return self.get(account)

    async def sign_in(
        self, network: NetworkKind, *, server: str, handle: str, password: str
    ) -> tuple[Account, Credential]:
        """Sign in with a password."""
        if not self.online:
            raise Offline
        return await self._networks.sign_in(network, server, handle, password)

    async def drop(self, account: AccountId) -> bool:
        """Close the network of one account; returns whether it was open.

        It opens again with its new token.
        """
        network = self._open.pop(account, None)
        if network is None:
            return False
        await network.aclose()
        return True

    async def aclose(self) -> None:
        """Close every network."""
        for account in tuple(self._open):
            await self.drop(account)
