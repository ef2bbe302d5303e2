"""What demo data are made of: plain rows that know no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

SeedName = Literal["demo", "large", "empty"]
"""The three sets of data that a server can begin with."""
ListName = Literal["mutes", "blocks"]


@dataclass(frozen=True, slots=True)
class SeedPerson:
    """A person; without a `password` nobody can sign in as them."""

    id: int
    handle: str
    name: str
    bio: str
    created: datetime
    protected: bool = False
    role: str = "user"
    password: str = ""


@dataclass(frozen=True, slots=True)
class SeedFollow:
    """One person follows, or asks to follow (`pending`), another."""

    follower: int
    followed: int
    since: datetime
    pending: bool = False


@dataclass(frozen=True, slots=True)
class SeedEntry:
    """A person on the mute or block list of another."""

    kind: ListName
    owner: int
    person: int
    since: datetime
    until: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class SeedPicture:
    """A small picture: its bytes, and its size in pixels."""

    type: Literal["image/png", "image/jpeg"]
    body: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class SeedMedia:
    """A file of a post, with its description and one-time warnings."""

    id: int
    picture: SeedPicture
    description: str
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SeedPost:
    """A published post."""

    id: int
    author: int
    text: str
    audience: Literal["everyone", "followers"]
    created: datetime
    media: tuple[SeedMedia, ...] = ()


@dataclass(frozen=True, slots=True)
class SeedParticipant:
    """Somebody in a Space; `joined` is None before the Space began."""

    person: int
    role: Literal["host", "co_host", "speaker", "listener"]
    joined: datetime | None


@dataclass(frozen=True, slots=True)
class SeedSpace:
    """A Space; its state follows from the server's clock."""

    id: int
    title: str
    topic: str
    starts: datetime
    ends: datetime
    recorded: bool
    has_video: bool
    participants: tuple[SeedParticipant, ...]


@dataclass(frozen=True, slots=True)
class SeedDecision:
    """A decision with its statement of reasons; `days` None means for good."""

    id: int
    at: datetime
    outcome: str
    rule: str
    facts: str
    scope: str
    days: int | None
    automated: bool
    redress: str
    appeal_until: datetime


@dataclass(frozen=True, slots=True)
class SeedAppeal:
    """An appeal; `answered` is None while it is pending."""

    id: int
    text: str
    sent: datetime
    answered: datetime | None = None
    overturned: bool = False
    answer: str = ""


@dataclass(frozen=True, slots=True)
class SeedCase:
    """A report with what became of it.

    `subject` is kind and id. `reviewed` is None while nobody has looked at it.
    """

    id: int
    change: str
    reporter: int
    subject: tuple[str, int]
    reasons: tuple[str, ...]
    behalf: str
    comment: str
    created: datetime
    reviewed: datetime | None = None
    decision: SeedDecision | None = None
    appeal: SeedAppeal | None = None


@dataclass(frozen=True, slots=True)
class SeedData:
    """Everything a server begins with."""

    people: tuple[SeedPerson, ...]
    follows: tuple[SeedFollow, ...] = ()
    entries: tuple[SeedEntry, ...] = ()
    posts: tuple[SeedPost, ...] = ()
    spaces: tuple[SeedSpace, ...] = ()
    cases: tuple[SeedCase, ...] = ()
