"""MemorySpool: kept files without a disk, for tests that are not about files."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

from safetyclient.domain.ids import SpoolId
from safetyclient.domain.media import MediaType, StagedFile


class MemorySpool:
    """Keeps bytes by id."""

    def __init__(self) -> None:
        self.kept: dict[SpoolId, bytes] = {}

    async def keep(self, path: Path) -> StagedFile:
        """Keep a file as a JPEG, whatever it is."""
        data = await asyncio.to_thread(path.read_bytes)
        spool = SpoolId(f"spool-{len(self.kept) + 1}")
        self.kept[spool] = data
        return StagedFile(
            spool=spool,
            name=path.name,
            type=MediaType.JPEG,
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
        )

    def read(self, spool: SpoolId, offset: int, size: int) -> bytes:
        """Return bytes."""
        return self.kept[spool][offset : offset + size]

    def release(self, spool: SpoolId) -> None:
        """Forget a file."""
        self.kept.pop(spool, None)

    async def ids(self) -> AsyncIterator[SpoolId]:
        """Yield what is kept."""
        for spool in tuple(self.kept):
            yield spool
