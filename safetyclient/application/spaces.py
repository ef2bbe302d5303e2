"""SpacesService: the kept mirror of live and scheduled Spaces."""

from __future__ import annotations

from safetyclient.application.store_ports import Store
from safetyclient.domain.ids import AccountId, SpaceId
from safetyclient.domain.spaces import Space


class SpacesService:
    """Spaces that can be looked up."""

    def __init__(self, *, store: Store) -> None:
        self._store = store

    async def current(self, account: AccountId) -> tuple[Space, ...]:
        """Return live Spaces, then scheduled ones, as they were last read."""
        return self._store.spaces.current(account)

    async def show(self, account: AccountId, *, space: SpaceId) -> Space | None:
        """Return one Space as it was last read, also when it has ended since."""
        return self._store.spaces.get(account, space)
