"""SpaceRows: the kept mirror of Spaces."""

from __future__ import annotations

from dataclasses import replace

from safetyclient.adapters.store.codec import space_from
from safetyclient.adapters.store.database import Database
from safetyclient.adapters.store.topics import SPACES, Topics
from safetyclient.domain.ids import AccountId, SpaceId
from safetyclient.domain.spaces import Space, SpaceState

_ORDER = {SpaceState.LIVE: 0, SpaceState.SCHEDULED: 1, SpaceState.ENDED: 2}


class SpaceRows:
    """The table `mirror_space`."""

    def __init__(self, database: Database, topics: Topics) -> None:
        self._db = database
        self._topics = topics

    def current(self, account: AccountId) -> tuple[Space, ...]:
        """Return live Spaces, then scheduled ones."""
        rows = self._db.all(
            "SELECT body FROM mirror_space WHERE topic=? AND gone=0",
            [self._topics.number(account, SPACES)],
        )
        spaces = [space_from(row[0]) for row in rows]
        spaces.sort(
            key=lambda s: (_ORDER[s.state], s.starts.isoformat() if s.starts else "")
        )
        return tuple(s for s in spaces if s.state is not SpaceState.ENDED)

    def get(self, account: AccountId, space: SpaceId) -> Space | None:
        """Return one Space; one that can no longer be looked up reads as ended."""
        row = self._db.one(
            "SELECT body, gone FROM mirror_space WHERE topic=? AND id=?",
            [self._topics.number(account, SPACES), space],
        )
        if row is None:
            return None
        found = space_from(row[0])
        return replace(found, state=SpaceState.ENDED) if row[1] else found
