"""Spaces: live audio rooms, their roles, and moments in them."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from safetyclient.domain.ids import SpaceId
from safetyclient.domain.people import Person


class SpaceState(enum.Enum):
    """Where a Space is in its life; an ended Space can no longer be looked up."""

    SCHEDULED = "scheduled"
    LIVE = "live"
    ENDED = "ended"


class SpaceRole(enum.Enum):
    """What somebody is in a Space."""

    HOST = "host"
    CO_HOST = "co_host"
    SPEAKER = "speaker"
    LISTENER = "listener"


class SpacePart(enum.Enum):
    """What of a Space a report is about."""

    WHOLE = "whole"
    HOST = "host"
    SPEAKER = "speaker"
    TOPIC = "topic"


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody in a Space, since when."""

    person: Person
    role: SpaceRole
    joined: datetime | None = None


@dataclass(frozen=True, slots=True)
class Space:
    """A Space as it was when it was looked up."""

    id: SpaceId
    url: str
    title: str
    topic: str
    state: SpaceState
    starts: datetime | None
    participants: tuple[Participant, ...]
    recorded: bool = False
    has_video: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment in a Space or a video: seconds from its start, and what was said."""

    seconds: int
    quote: str = ""
    who: str = ""
