"""Reports, cases, decisions and appeals: the life of a notice to moderators."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from safetyclient.domain.ids import (
    AccountId,
    CaseId,
    ChangeId,
    DecisionId,
    DraftId,
    PostId,
    SubjectRef,
)
from safetyclient.domain.spaces import Moment, SpacePart

Answer = str | bool | tuple[str, ...]
"""One answer in the guided report: an option id, free text, yes or no, or several."""


@dataclass(frozen=True, slots=True)
class SubjectSnapshot:
    """What was seen of the subject when the report was begun.

    `summary` and `text` are foreign. For leaves that may capture nothing, only
    `ref`, `url` and `taken` are kept.
    """

    ref: SubjectRef
    url: str
    taken: datetime
    author: str = ""
    author_id: str = ""
    summary: str = ""
    text: str = ""
    has_video: bool = False
    people: tuple[tuple[str, str, str], ...] = ()
    """Roles seen with it: (role, person id, handle), for a Space."""


@dataclass(frozen=True, slots=True)
class ReportDraft:
    """A report that is not sent yet; saved after each answer.

    `answers` maps node ids of the flow to answers, exactly as `--answers` reads it.
    """

    id: DraftId
    account: AccountId
    subject: SubjectSnapshot
    answers: tuple[tuple[str, Answer], ...]
    created: datetime
    changed: datetime
    flow: str = "report"
    """Which flow the answers belong to: `report` or `appeal`."""
    case: str = ""
    """Local id of the case that an appeal is about."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a report says, before a network's own words are put on it.

    `reasons` are leaf ids of the taxonomy, the main one first. `behalf` is
    `me`, `represented`, `other`, `everyone` or `unsure`. `details` are the answers to
    leaf questions that a receiver uses.
    """

    subject: SubjectRef
    reasons: tuple[str, ...]
    behalf: str
    comment: str
    language: str
    url: str = ""
    space_part: SpacePart | None = None
    person: str = ""
    """Id of the person meant within the subject (a speaker of a Space)."""
    posts: tuple[PostId, ...] = ()
    moments: tuple[Moment, ...] = ()
    details: tuple[tuple[str, str], ...] = ()
    danger: bool = False


class CaseState(enum.Enum):
    """Where a case is, as far as we know."""

    WAITING_TO_SEND = "waiting_to_send"
    SENT = "sent"
    IN_REVIEW = "in_review"
    DECIDED = "decided"
    APPEALED = "appealed"
    CLOSED = "closed"
    UNSURE = "unsure"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    REPORTED_ELSEWHERE = "reported_elsewhere"


class CaseEventKind(enum.Enum):
    """What happened in a case."""

    CREATED = "created"
    SENT = "sent"
    RECEIVED = "received"
    IN_REVIEW = "in_review"
    DECISION = "decision"
    APPEAL_SENT = "appeal_sent"
    APPEAL_RECEIVED = "appeal_received"
    APPEAL_UPHELD = "appeal_upheld"
    APPEAL_OVERTURNED = "appeal_overturned"


class Outcome(enum.Enum):
    """What a moderator did."""

    NONE = "none"
    WARN = "warn"
    LIMIT = "limit"
    REMOVE = "remove"
    SUSPEND = "suspend"


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision with its statement of reasons (DSA Art. 17).

    `days` is how long it holds (None: for good). `appeal_until` is None when no
    appeal is open.
    """

    id: DecisionId
    at: datetime
    outcome: Outcome
    rule: str
    facts: str
    scope: str
    days: int | None
    automated: bool
    redress: str
    appeal_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One step in the life of a case; `text` is foreign."""

    kind: CaseEventKind
    at: datetime
    text: str = ""
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class Appeal:
    """An appeal against a decision, and its answer where there is one."""

    decision: DecisionId
    text: str
    sent: datetime
    answered: datetime | None = None
    overturned: bool = False
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """The life of one report as we track it.

    `title` is foreign; it is empty when the report was sent from somewhere else.
    """

    id: CaseId
    account: AccountId
    subject: SubjectRef
    title: str
    reasons: tuple[str, ...]
    state: CaseState
    created: datetime
    remote_id: str = ""
    change: ChangeId | None = None
    url: str = ""
    events: tuple[CaseEvent, ...] = ()
    appeal: Appeal | None = None

    @property
    def decision(self) -> Decision | None:
        """Return the latest decision."""
        found = [e.decision for e in self.events if e.decision is not None]
        return found[-1] if found else None
