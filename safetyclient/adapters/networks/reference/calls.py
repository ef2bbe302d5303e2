"""How the reference API is called: typed answers, keyed writes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import msgspec

from safetyclient.adapters.http.client import Answer, Ask, Pinned
from safetyclient.adapters.http.ids import Path
from safetyclient.domain.errors import BadAnswer

T = TypeVar("T")
MAX_PAGES = 200
"""Pages of one list that are read in one go."""
_encode = msgspec.json.Encoder().encode


class Calls:
    """Reads and writes on one server.

    Args:
        pinned: the way to that server.
    """

    def __init__(self, pinned: Pinned) -> None:
        self._pinned = pinned

    async def get(
        self,
        where: Path,
        decoder: msgspec.json.Decoder[T],
        query: dict[str, str | int] | None = None,
    ) -> T:
        """Read something."""
        ask = Ask(method="GET", path=where, query=query or {})
        return (await self._pinned.ask(ask)).json(decoder)

    async def write(
        self,
        method: str,
        where: Path,
        body: msgspec.Struct | None,
        key: str,
        decoder: msgspec.json.Decoder[T],
        headers: dict[str, str] | None = None,
    ) -> T:
        """Write something under a key, and read what it became."""
        return (await self.send(method, where, body, key, headers)).json(decoder)

    async def send(
        self,
        method: str,
        where: Path,
        body: msgspec.Struct | None,
        key: str,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Write something under a key."""
        return await self.ask(
            Ask(
                method=method,
                path=where,
                body=None if body is None else _encode(body),
                headers={"Idempotency-Key": key, **(headers or {})},
            )
        )

    async def pages(
        self, read: Callable[[str], Awaitable[tuple[Sequence[T], str]]]
    ) -> list[T]:
        """Return all rows of a list that is read page by page.

        Args:
            read: returns the rows at a cursor, and the next cursor.

        Raises:
            BadAnswer: when the list has no end.
        """
        found: list[T] = []
        cursor = ""
        for _ in range(MAX_PAGES):
            rows, cursor = await read(cursor)
            found += rows
            if not cursor:
                return found
        raise BadAnswer(why="endless")

    async def ask(self, ask: Ask) -> Answer:
        """Send a request as it is."""
        return await self._pinned.ask(ask)

    async def aclose(self) -> None:
        """Close connections."""
        await self._pinned.aclose()
