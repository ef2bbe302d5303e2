"""StoredUploads: bytes and memory for an adapter that publishes files."""

from __future__ import annotations

from safetyclient.application.ports import Spool
from safetyclient.application.store_ports import Store
from safetyclient.domain.ids import ChangeId, SpoolId


class StoredUploads:
    """The `Uploads` port: bytes from the spool, media ids in the store."""

    def __init__(self, *, store: Store, spool: Spool) -> None:
        self._store = store
        self._spool = spool

    def read(self, spool: SpoolId, offset: int, size: int) -> bytes:
        """Return bytes of a kept file, decrypted."""
        return self._spool.read(spool, offset, size)

    def media_id(self, change: ChangeId, number: int) -> str:
        """Return the media id that file `number` got earlier, or an empty string."""
        return self._store.posts.media_id(change, number)

    def remember(self, change: ChangeId, number: int, media_id: str) -> None:
        """Keep a media id durably, before anything is published with it."""
        self._store.posts.remember(change, number, media_id)
