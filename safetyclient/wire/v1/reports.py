"""Reports, cases, decisions and appeals as the reference API writes them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from safetyclient.wire.v1.common import Id

SubjectKind = Literal["post", "account", "media", "space", "list", "message", "ad"]
Behalf = Literal["me", "represented", "other", "everyone", "unsure"]
SpacePart = Literal["whole", "host", "speaker", "topic"]
CaseState = Literal["received", "in_review", "decided", "appealed", "closed"]
EventKind = Literal[
    "received",
    "in_review",
    "decision",
    "appeal_received",
    "appeal_upheld",
    "appeal_overturned",
]
Outcome = Literal["none", "warn", "limit", "remove", "suspend"]
AppealState = Literal["pending", "upheld", "overturned"]
LeafId = Annotated[str, Meta(pattern=r"^[a-z]+(\.[a-z_]+)?$", max_length=64)]
"""Id of a leaf of the taxonomy, as `GET /v1/taxonomy` lists them."""
LongText = Annotated[str, Meta(max_length=4000)]
ShortText = Annotated[str, Meta(max_length=500)]
SubjectId = Annotated[
    str, Meta(pattern=r"^@?[A-Za-z0-9_][A-Za-z0-9_.:-]*$", max_length=64)
]
"""Id of what is reported; for an account also `@handle`."""


class Subject(Struct, frozen=True, kw_only=True):
    """What a report is about."""

    kind: SubjectKind
    id: SubjectId


class Moment(Struct, frozen=True, kw_only=True):
    """A moment: seconds from the beginning, what was said, by whom."""

    seconds: Annotated[int, Meta(ge=0, le=604_800)]
    quote: ShortText = ""
    who: Annotated[str, Meta(max_length=100)] = ""


class NewReport(Struct, frozen=True, kw_only=True):
    """A report: the main reason stands first in `reasons`.

    `person` is the id of the person meant within the subject. `language` is a BCP 47
    tag. `details` are answers to the leaf's own questions.
    """

    subject: Subject
    reasons: Annotated[
        list[LeafId],
        Meta(min_length=1, max_length=10, extra_json_schema={"uniqueItems": True}),
    ]
    behalf: Behalf
    comment: LongText = ""
    language: Annotated[
        str, Meta(max_length=35, pattern=r"^([A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*)?$")
    ] = ""
    url: Annotated[str, Meta(max_length=2000)] = ""
    space_part: SpacePart | None = None
    person: Annotated[str, Meta(pattern=r"^([1-9][0-9]{0,17})?$")] = ""
    posts: Annotated[list[Id], Meta(max_length=100)] = []
    moments: Annotated[list[Moment], Meta(max_length=100)] = []
    details: Annotated[
        dict[
            Annotated[str, Meta(max_length=64, pattern=r"^[a-z0-9_.]+$")],
            Annotated[str, Meta(max_length=2000)],
        ],
        Meta(max_length=50),
    ] = {}
    danger: bool = False


class Decision(Struct, frozen=True, kw_only=True):
    """A decision with its statement of reasons.

    `days` is how long it holds (null: for good); `appeal_until` is null when no
    appeal is open any more.
    """

    id: str
    at: datetime
    outcome: Outcome
    rule: str
    facts: str
    scope: str
    days: int | None
    automated: bool
    redress: str
    appeal_until: datetime | None = None


class CaseEvent(Struct, frozen=True, kw_only=True):
    """One step in the life of a case."""

    kind: EventKind
    at: datetime
    text: str = ""
    decision: Decision | None = None


class Appeal(Struct, frozen=True, kw_only=True):
    """An appeal against a decision; `answered_at` is null while it is pending."""

    id: str
    decision: str
    text: str
    state: AppealState
    sent_at: datetime
    answered_at: datetime | None = None
    answer: str = ""


class Case(Struct, frozen=True, kw_only=True):
    """A report as its author sees it.

    `change` is the idempotency key that the report was sent with.
    """

    id: str
    change: str
    subject: Subject
    subject_url: str
    reasons: list[str]
    state: CaseState
    created_at: datetime
    events: list[CaseEvent]
    decision: Decision | None = None
    appeal: Appeal | None = None


class CasePage(Struct, frozen=True, kw_only=True):
    """Some cases, newest first; `next` is empty at the end."""

    items: list[Case]
    next: str


class NewAppeal(Struct, frozen=True, kw_only=True):
    """Why a decision should be looked at again."""

    text: Annotated[str, Meta(min_length=1, max_length=4000)]
