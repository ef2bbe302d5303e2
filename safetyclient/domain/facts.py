"""Facts: what a server said; the only thing that is ever written to a mirror."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from safetyclient.domain.ids import MediaId, PersonId, PostId, SubjectRef
from safetyclient.domain.lists import ListKind
from safetyclient.domain.media import Audience, MediaType, MediaWarning
from safetyclient.domain.people import Person
from safetyclient.domain.reports import Appeal, CaseEvent, CaseState
from safetyclient.domain.spaces import Space


@dataclass(frozen=True, slots=True)
class ProtectionFact:
    """The signed-in account is protected, or public."""

    protected: bool


@dataclass(frozen=True, slots=True)
class EntryFact:
    """A person stands on a list."""

    kind: ListKind
    person: Person
    since: datetime | None
    until: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class EntryGone:
    """A person no longer stands on a list."""

    kind: ListKind
    person: PersonId


@dataclass(frozen=True, slots=True)
class RequestFact:
    """A person asks to follow."""

    person: Person
    since: datetime


@dataclass(frozen=True, slots=True)
class RequestGone:
    """A follow request is no longer there."""

    person: PersonId


@dataclass(frozen=True, slots=True)
class FollowerFact:
    """A person follows the account."""

    person: Person
    since: datetime


@dataclass(frozen=True, slots=True)
class FollowerGone:
    """A person no longer follows the account."""

    person: PersonId


@dataclass(frozen=True, slots=True)
class MediaFact:
    """One file of a published post."""

    id: MediaId
    type: MediaType
    description: str
    warnings: frozenset[MediaWarning]


@dataclass(frozen=True, slots=True)
class PostFact:
    """A post of the account stands published."""

    id: PostId
    url: str
    text: str
    audience: Audience
    created: datetime
    media: tuple[MediaFact, ...]


@dataclass(frozen=True, slots=True)
class SpaceFact:
    """A Space can be looked up."""

    space: Space


@dataclass(frozen=True, slots=True)
class CaseFact:
    """A case stands on the server; `remote_id` is the server's id.

    `change` is the change id (idempotency key) that made it, where the server
    tells it: so a report that was in doubt finds its case again. `subject` is known
    where the server tells what was reported: such a case can be shown although the
    report was sent from somewhere else.
    """

    remote_id: str
    state: CaseState
    events: tuple[CaseEvent, ...]
    appeal: Appeal | None = None
    change: str = ""
    subject: SubjectRef | None = None
    reasons: tuple[str, ...] = ()
    created: datetime | None = None
    url: str = ""


Fact = (
    ProtectionFact
    | EntryFact
    | EntryGone
    | RequestFact
    | RequestGone
    | FollowerFact
    | FollowerGone
    | PostFact
    | SpaceFact
    | CaseFact
)
