"""Refresher: reads one account's mirrors again, whole or from a mark."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from safetyclient.application.ports import Clock, ListDelta, Network, Page
from safetyclient.application.store_ports import Store
from safetyclient.application.touched import Touched
from safetyclient.domain.capabilities import Capability, Support
from safetyclient.domain.changes import ChangeKind
from safetyclient.domain.errors import BadAnswer, Gone, NotAllowed, Unsupported
from safetyclient.domain.facts import Fact
from safetyclient.domain.ids import AccountId
from safetyclient.domain.lists import ListKind

T = TypeVar("T")
F = TypeVar("F", bound=Fact)

_MOST_STEPS = 20_000
"""Pages of one read, at most: a list without an end is no list."""
_ROWS_PER_WRITE = 10_000
"""Rows that are collected before they are written: about 80 ms of the core loop.

Handles come in no order, so every write touches most pages of their index and
encrypts them again: ten writes of 10,000 rows cost half of 25 writes of 4,000.
"""


class Refresher:
    """Reads what the server says, topic by topic, and writes it to the mirrors."""

    def __init__(
        self,
        *,
        account: AccountId,
        store: Store,
        network: Network,
        clock: Clock,
        settled: Callable[[Callable[[], Awaitable[object]]], Awaitable[object]],
        announce: Callable[[Touched], None],
    ) -> None:
        self._account = account
        self._store = store
        self._network = network
        self._clock = clock
        self._settled = settled
        self._announce = announce
        self._unwritten: dict[int, list[Fact]] = {}

    def flush(self) -> None:
        """Write what was read and is not written yet: a write is about to begin."""
        for rows in self._unwritten.values():
            self._apply(rows)
            rows.clear()

    async def all(self) -> None:
        """Read every mirror that the network offers.

        Raises:
            SafetyError: the first thing that is not a refusal of one topic.
        """
        offers = self._network.capabilities()
        for capability, read, touched in (
            (Capability.PROTECT_ACCOUNT, self.protection, Touched.PROTECTION),
            (Capability.FOLLOW_REQUESTS, self.requests, Touched.REQUESTS),
            (Capability.BLOCK, self.blocks, Touched.BLOCKS),
            (Capability.MUTE, self.mutes, Touched.MUTES),
            (Capability.REMOVE_FOLLOWER, self.followers, Touched.FOLLOWERS),
            (Capability.PUBLISH, self.posts, Touched.POSTS),
            (Capability.SPACES, self.spaces, Touched.SPACES),
            (Capability.CASE_STATUS, self.cases, Touched.CASES),
        ):
            if offers.offer(capability).support in {Support.NONE, Support.HANDOFF}:
                continue
            try:
                await read()
            except (NotAllowed, Unsupported, Gone):
                continue
            self._announce(touched)
        self._store.outbox.resolve_known(self._account)

    async def after_conflict(self, kind: ChangeKind) -> None:
        """Read the mirror again that a change of this kind started from.

        What may be sent once only is refused at its first conflict and reads nothing.
        """
        reads = {
            ChangeKind.PROTECT: self.protection,
            ChangeKind.MUTE: self.mutes,
            ChangeKind.BLOCK: self.blocks,
            ChangeKind.FOLLOW_REQUEST: self.requests,
            ChangeKind.REMOVE_FOLLOWER: self.followers,
            ChangeKind.MEDIA_WARNING: self.posts,
        }
        await reads[kind]()

    async def protection(self) -> None:
        """Read whether the account is protected."""
        self._apply([await self._read(self._network.protection)])

    async def requests(self) -> None:
        """Read the follow requests."""
        await self._whole("requests", self._network.requests)

    async def followers(self) -> None:
        """Read the followers."""
        await self._whole("followers", self._network.followers)

    async def posts(self) -> None:
        """Read the account's own posts with media."""
        await self._whole("posts", self._network.own_posts)

    async def spaces(self) -> None:
        """Read the Spaces that can be looked up."""
        found = await self._read(self._network.spaces)
        self._store.mirrors.begin(self._account, "spaces")
        self._apply(list(found))
        self._store.mirrors.finish(self._account, "spaces")

    async def cases(self) -> None:
        """Read the account's cases."""
        await self._pages(self._network.cases)

    async def mutes(self) -> None:
        """Read the mutes."""
        await self._list(ListKind.MUTES)

    async def blocks(self) -> None:
        """Read the blocks."""
        await self._list(ListKind.BLOCKS)

    async def _read(self, call: Callable[[], Awaitable[T]]) -> T:
        """Read while no write is under way, so that no old state wins."""
        box: list[T] = []

        async def once() -> None:
            box[:] = [await call()]

        await self._settled(once)
        return box[0]

    def _apply(self, facts: list[Fact]) -> None:
        self._store.mirrors.apply(self._account, facts)

    async def _pages(self, page: Callable[[str], Awaitable[Page[F]]]) -> None:
        rows: list[Fact] = []
        self._unwritten[id(rows)] = rows
        try:
            await self._collect(page, rows)
        finally:
            del self._unwritten[id(rows)]

    async def _collect(
        self, page: Callable[[str], Awaitable[Page[F]]], rows: list[Fact]
    ) -> None:
        cursor = ""
        seen = {cursor}
        while True:
            answer = await self._read(lambda at=cursor: page(at))  # type: ignore[misc]  # mypy cannot infer lambdas with defaults
            rows.extend(answer.rows)
            if len(rows) >= _ROWS_PER_WRITE or not answer.next:
                self._apply(rows)
                rows.clear()
            if not answer.next:
                return
            cursor = answer.next
            _go_on(cursor, seen)

    async def _whole(
        self, topic: str, page: Callable[[str], Awaitable[Page[F]]]
    ) -> None:
        self._store.mirrors.begin(self._account, topic)
        await self._pages(page)
        self._store.mirrors.finish(self._account, topic)

    async def _list(self, kind: ListKind) -> None:
        mark = self._store.mirrors.mark(self._account, kind)
        if mark and await self._changes(kind, mark):
            return
        mark = await self._begin_mark(kind)
        self._store.mirrors.begin(self._account, kind.value)
        await self._pages(lambda cursor: self._network.entries(kind, cursor))
        held = self._store.mirrors.finish_list(
            self._account, kind, mark=mark, now=self._clock.now()
        )
        if held is not None:
            self._announce(Touched.HELD)
        if mark:
            await self._changes(kind, mark)

    async def _begin_mark(self, kind: ListKind) -> str:
        try:
            return await self._read(lambda: self._network.entries_mark(kind))
        except (Unsupported, Gone):
            return ""

    async def _changes(self, kind: ListKind, mark: str) -> bool:
        """Read what changed since a mark; false when the list must be read whole."""
        removed: dict[str, None] = {}
        seen = {mark}
        while True:
            delta = await self._delta(kind, mark)
            if delta is None or not delta.complete:
                return False
            self._apply(list[Fact](delta.changed))
            for entry in delta.changed:
                removed.pop(entry.person.id, None)
            removed.update(dict.fromkeys(gone.person for gone in delta.removed))
            mark = delta.mark
            if not delta.more:
                break
            _go_on(mark, seen)
        held = self._store.mirrors.apply_removed(
            self._account, kind, list(removed), mark=mark, now=self._clock.now()
        )
        if held is not None:
            self._announce(Touched.HELD)
        return True

    async def _delta(self, kind: ListKind, mark: str) -> ListDelta | None:
        try:
            return await self._read(lambda: self._network.entries_since(kind, mark))
        except (Gone, Unsupported):
            return None


def _go_on(step: str, seen: set[str]) -> None:
    """Pass when a read has come further.

    Raises:
        BadAnswer: it goes in a circle, or has no end.
    """
    if step in seen or len(seen) >= _MOST_STEPS:
        raise BadAnswer(why="endless")
    seen.add(step)
