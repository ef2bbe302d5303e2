"""Names for identities: ids are never bare strings, and a subject knows its kind."""

from __future__ import annotations

import enum
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from hashlib import blake2b
from itertools import count
from secrets import token_hex
from typing import NewType
from uuid import uuid4

AccountId = NewType("AccountId", str)
"""Local id of an account that is signed in on this computer."""
PersonId = NewType("PersonId", str)
"""Id that a network gives a person."""
PostId = NewType("PostId", str)
MediaId = NewType("MediaId", str)
SpaceId = NewType("SpaceId", str)
ChangeId = NewType("ChangeId", str)
"""Made on this computer; it is the idempotency key of the change."""
BatchId = NewType("BatchId", str)
CaseId = NewType("CaseId", str)
"""Local id of a case; a server's own case id is `Case.remote_id`."""
DraftId = NewType("DraftId", str)
SpoolId = NewType("SpoolId", str)
DecisionId = NewType("DecisionId", str)
SubjectKey = NewType("SubjectKey", str)
"""Text form of what a change is about: changes of one key keep their order."""


_REQUEST_BATCHES: ContextVar[Iterator[BatchId] | None] = ContextVar(
    "request_batches", default=None
)


def new_change_id() -> ChangeId:
    """Return a fresh change id: 32 hexadecimal digits."""
    return ChangeId(token_hex(16))


def new_change_ids(number: int) -> list[ChangeId]:
    """Return many fresh change ids at once."""
    digits = token_hex(16 * number)
    return [ChangeId(digits[at : at + 32]) for at in range(0, 32 * number, 32)]


def new_batch_id() -> BatchId:
    """Return a fresh batch id: 32 hexadecimal digits.

    Inside `batches_of` it is the next id that belongs to the request.
    """
    ids = _REQUEST_BATCHES.get()
    return BatchId(uuid4().hex) if ids is None else next(ids)


def batch_of_request(request: str, *, number: int = 0) -> BatchId:
    """Return the id that batch `number` of a request has, whoever carries it out."""
    seed = f"{request}:{number}".encode()
    return BatchId(blake2b(seed, digest_size=16).hexdigest())


@contextmanager
def batches_of(request: str) -> Generator[None, None, None]:
    """Derive batch ids from a request, so that a repeated request is recognised.

    A command whose owner process died is carried out again by the next owner: the
    same request must not become two batches.
    """
    token = _REQUEST_BATCHES.set(
        batch_of_request(request, number=number) for number in count()
    )
    try:
        yield
    finally:
        _REQUEST_BATCHES.reset(token)


def new_draft_id() -> DraftId:
    """Return a fresh draft id: 12 hexadecimal digits, short enough to be typed."""
    return DraftId(uuid4().hex[:12])


def new_case_id() -> CaseId:
    """Return a fresh case id: 12 hexadecimal digits, short enough to be typed."""
    return CaseId(uuid4().hex[:12])


class SubjectKind(enum.Enum):
    """What a report or a change can be about."""

    POST = "post"
    ACCOUNT = "account"
    MEDIA = "media"
    SPACE = "space"
    LIST = "list"
    MESSAGE = "message"
    AD = "ad"


@dataclass(frozen=True, slots=True)
class SubjectRef:
    """A thing on a network: its kind and the id that the network gives it."""

    kind: SubjectKind
    id: str

    def __str__(self) -> str:
        """Return the form that people type: `post:12`."""
        return f"{self.kind.value}:{self.id}"

    @property
    def key(self) -> SubjectKey:
        """Return the key that keeps changes of this subject in order."""
        return SubjectKey(str(self))


@dataclass(frozen=True, slots=True)
class PersonRef:
    """Somebody else's account, by id, by handle, or by both.

    `id` is empty while only the handle is known (typed while offline); delivery
    resolves it first. `handle` has no leading `@`.
    """

    id: PersonId
    handle: str

    @property
    def key(self) -> SubjectKey:
        """Return `account:ID`, or `account:@HANDLE` while the id is unknown."""
        return SubjectKey(f"account:{self.id or '@' + self.handle.casefold()}")


@dataclass(frozen=True, slots=True)
class PostRef:
    """A post: its id, and its address where the network gave one."""

    id: PostId
    url: str = ""


@dataclass(frozen=True, slots=True)
class SpaceRef:
    """A Space: its id, and its address where the network gave one."""

    id: SpaceId
    url: str = ""


OWN_ACCOUNT = SubjectKey("self")
"""Subject of changes to the signed-in account itself (protected on, off)."""
