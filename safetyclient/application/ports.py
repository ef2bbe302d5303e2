"""Ports: what the use cases need from the world, as Protocols."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from safetyclient.domain.accounts import Account, Credential, NetworkKind
from safetyclient.domain.capabilities import Capabilities
from safetyclient.domain.changes import Change, ChangeKind
from safetyclient.domain.errors import SafetyError
from safetyclient.domain.facts import (
    CaseFact,
    EntryFact,
    EntryGone,
    Fact,
    FollowerFact,
    PostFact,
    ProtectionFact,
    RequestFact,
    SpaceFact,
)
from safetyclient.domain.ids import ChangeId, SpoolId, SubjectRef
from safetyclient.domain.lists import ListKind
from safetyclient.domain.media import StagedFile
from safetyclient.domain.people import Person
from safetyclient.domain.protection import Consequences
from safetyclient.domain.reports import SubjectSnapshot

T = TypeVar("T")


class Clock(Protocol):
    """Time, so that tests can move it."""

    def now(self) -> datetime:
        """Return the present time, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never run backwards."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait on the core loop."""
        ...


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a server's list; `next` is its cursor, empty at the end."""

    rows: tuple[T, ...]
    next: str = ""


@dataclass(frozen=True, slots=True)
class ListDelta:
    """What changed on a list since a mark; `complete` false means: read it whole."""

    changed: tuple[EntryFact, ...]
    removed: tuple[EntryGone, ...]
    mark: str
    complete: bool = True
    more: bool = False


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of one change that was sent.

    Without `error` the server did it; `facts` are what it said, `result` the id
    it gave. With `error`, `error.in_doubt` tells whether it may have been done.
    """

    change: ChangeId
    error: SafetyError | None = None
    facts: tuple[Fact, ...] = ()
    result: str = ""


class Uploads(Protocol):
    """What an adapter needs while it publishes files: bytes, and what is done."""

    def read(self, spool: SpoolId, offset: int, size: int) -> bytes:
        """Return bytes of a kept file, decrypted."""
        ...

    def media_id(self, change: ChangeId, number: int) -> str:
        """Return the media id that file `number` got earlier, or an empty string."""
        ...

    def remember(self, change: ChangeId, number: int, media_id: str) -> None:
        """Keep a media id durably, before anything is published with it."""
        ...


class Network(Protocol):
    """One signed-in account on one network.

    Every method raises only `SafetyError`s.
    """

    def capabilities(self) -> Capabilities:
        """Return what the network offers this account."""
        ...

    def bulk(self, kind: ChangeKind) -> int:
        """Return how many changes of a kind one call of `deliver` may carry."""
        ...

    def keyed(self, kind: ChangeKind) -> bool:
        """Return whether the server recognises a change id that it saw before."""
        ...

    async def deliver(
        self, changes: Sequence[Change], uploads: Uploads
    ) -> Sequence[Delivered]:
        """Send changes of one kind; one result per change, in any order."""
        ...

    async def person(self, handle: str) -> Person:
        """Look a person up by handle or id."""
        ...

    async def protection(self) -> ProtectionFact:
        """Read whether the account is protected."""
        ...

    async def consequences(self, protected: bool) -> Consequences:
        """Read what switching would do."""
        ...

    async def requests(self, cursor: str) -> Page[RequestFact]:
        """Read a page of follow requests."""
        ...

    async def followers(self, cursor: str) -> Page[FollowerFact]:
        """Read a page of followers."""
        ...

    async def entries(self, kind: ListKind, cursor: str) -> Page[EntryFact]:
        """Read a page of a list."""
        ...

    async def entries_mark(self, kind: ListKind) -> str:
        """Return the mark to read changes from after a whole read begun now."""
        ...

    async def entries_since(self, kind: ListKind, mark: str) -> ListDelta:
        """Read what changed on a list since a mark."""
        ...

    async def own_posts(self, cursor: str) -> Page[PostFact]:
        """Read a page of the account's own posts with media."""
        ...

    async def spaces(self) -> Sequence[SpaceFact]:
        """Read the Spaces that can be looked up now (live and scheduled)."""
        ...

    async def look_up(self, ref: SubjectRef) -> SubjectSnapshot:
        """Read what a report would be about."""
        ...

    def parse_address(self, text: str) -> SubjectRef | None:
        """Return what an address of this network points at, without asking it."""
        ...

    async def cases(self, cursor: str) -> Page[CaseFact]:
        """Read a page of the account's cases."""
        ...

    async def operation(self, key: ChangeId) -> bool | None:
        """Return whether a change was done; None when the network cannot tell."""
        ...

    async def sign_out(self) -> None:
        """Make the token useless on the server."""
        ...

    async def aclose(self) -> None:
        """Close connections."""
        ...


class Networks(Protocol):
    """Makes networks: one object that knows every adapter."""

    def open(self, account: Account, credential: Credential) -> Network:
        """Return the network of a signed-in account."""
        ...

    async def sign_in(
        self, network: NetworkKind, server: str, handle: str, password: str
    ) -> tuple[Account, Credential]:
        """Sign in with a password and return the account and its credential."""
        ...


class Spool(Protocol):
    """Encrypted copies of files that wait to be published."""

    async def keep(self, path: Path) -> StagedFile:
        """Check, strip, encrypt and keep a file."""
        ...

    def read(self, spool: SpoolId, offset: int, size: int) -> bytes:
        """Return bytes of a kept file, decrypted."""
        ...

    def release(self, spool: SpoolId) -> None:
        """Remove a kept file; a missing one is fine."""
        ...

    def ids(self) -> AsyncIterator[SpoolId]:
        """Yield what is kept."""
        ...
