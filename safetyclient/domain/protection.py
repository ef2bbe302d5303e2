"""Protected and public: who sees posts, and what a switch brings with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from safetyclient.domain.ids import ChangeId
from safetyclient.domain.people import Person
from safetyclient.domain.rows import RowState


@dataclass(frozen=True, slots=True)
class Protection:
    """What the person sees: the projected state and how sure it is."""

    protected: bool
    state: RowState
    change: ChangeId | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Consequences:
    """What switching would do, with this person's own numbers.

    `known` is false while offline with no numbers kept: the counts are then not
    shown, and zero is never claimed. `as_of` is when the server said them.
    """

    protected: bool
    known: bool
    pending_requests: int = 0
    followers: int = 0
    followers_not_followed: int = 0
    posts: int = 0
    posts_with_media: int = 0
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class FollowRequest:
    """Somebody asks to follow the protected account."""

    person: Person
    since: datetime
    state: RowState = RowState.ON_SERVER


@dataclass(frozen=True, slots=True)
class Follower:
    """Somebody who follows the account."""

    person: Person
    since: datetime
    state: RowState = RowState.ON_SERVER
