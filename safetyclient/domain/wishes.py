"""Wishes: the absolute end states that a change asks a server for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from safetyclient.domain.ids import DecisionId, MediaId, PersonRef, PostId
from safetyclient.domain.media import Audience, MediaWarning, PublishFile
from safetyclient.domain.reports import Report


@dataclass(frozen=True, slots=True)
class SetProtection:
    """The signed-in account is protected, or public."""

    protected: bool


@dataclass(frozen=True, slots=True)
class SetMute:
    """A person is muted until a time (None: for good), or not muted."""

    person: PersonRef
    muted: bool
    until: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class SetBlock:
    """A person is blocked until a time (None: for good), or not blocked."""

    person: PersonRef
    blocked: bool
    until: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class AnswerRequest:
    """A follow request is accepted or rejected."""

    person: PersonRef
    accept: bool


@dataclass(frozen=True, slots=True)
class RemoveFollower:
    """A person no longer follows the account."""

    person: PersonRef


@dataclass(frozen=True, slots=True)
class Publish:
    """A post with media stands published, each file with its warnings."""

    text: str
    audience: Audience
    files: tuple[PublishFile, ...]


@dataclass(frozen=True, slots=True)
class SetWarnings:
    """One file of a post carries exactly these warnings."""

    post: PostId
    media: MediaId
    warnings: frozenset[MediaWarning]


@dataclass(frozen=True, slots=True)
class SubmitReport:
    """A report has reached the moderators; `case` is the local case's id."""

    report: Report
    case: str


@dataclass(frozen=True, slots=True)
class SubmitAppeal:
    """An appeal against a decision has reached the moderators."""

    case: str
    decision: DecisionId
    text: str


Wish = (
    SetProtection
    | SetMute
    | SetBlock
    | AnswerRequest
    | RemoveFollower
    | Publish
    | SetWarnings
    | SubmitReport
    | SubmitAppeal
)
