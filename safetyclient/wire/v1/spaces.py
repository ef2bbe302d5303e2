"""Spaces as the reference API writes them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

from safetyclient.wire.v1.people import Person

SpaceState = Literal["scheduled", "live", "ended"]
SpaceRole = Literal["host", "co_host", "speaker", "listener"]


class Participant(Struct, frozen=True, kw_only=True):
    """Somebody in a Space; `joined_at` is null before it began."""

    person: Person
    role: SpaceRole
    joined_at: datetime | None = None


class Space(Struct, frozen=True, kw_only=True):
    """A live or scheduled Space; one that has ended cannot be looked up (410)."""

    id: str
    url: str
    title: str
    topic: str
    state: SpaceState
    starts_at: datetime
    host: Person
    participants: list[Participant]
    recorded: bool
    has_video: bool


class SpacePage(Struct, frozen=True, kw_only=True):
    """Some Spaces, in the order of their beginning; `next` is empty at the end."""

    items: list[Space]
    next: str
