"""The moderator's side of cases, decisions and appeals."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from safetyclient.wire.v1.people import Person
from safetyclient.wire.v1.reports import (
    Appeal,
    Behalf,
    Case,
    LongText,
    Moment,
    Outcome,
    ShortText,
    SpacePart,
)


class ModerationCase(Struct, frozen=True, kw_only=True):
    """A case with the whole report and who sent it."""

    case: Case
    reporter: Person
    behalf: Behalf
    comment: str
    language: str
    url: str
    space_part: SpacePart | None
    person: str
    posts: list[str]
    moments: list[Moment]
    details: dict[str, str]
    danger: bool


class ModerationCasePage(Struct, frozen=True, kw_only=True):
    """Some cases, newest first; `next` is empty at the end."""

    items: list[ModerationCase]
    next: str


class NewDecision(Struct, frozen=True, kw_only=True):
    """A decision: `text` states the facts and the reasons.

    `days` is how long it holds (null: for good). An empty `scope` is filled in from
    the kind of the subject; an empty `redress` names the appeal and its deadline.
    """

    outcome: Outcome
    rule: Annotated[str, Meta(min_length=1, max_length=64)]
    text: Annotated[str, Meta(min_length=1, max_length=4000)]
    scope: ShortText = ""
    days: Annotated[int, Meta(ge=1, le=3650)] | None = None
    automated: bool = False
    redress: ShortText = ""


class ModerationAppeal(Struct, frozen=True, kw_only=True):
    """An appeal with the case that it belongs to."""

    appeal: Appeal
    case: Case


class ModerationAppealPage(Struct, frozen=True, kw_only=True):
    """Some appeals, newest first; `next` is empty at the end."""

    items: list[ModerationAppeal]
    next: str


class NewAppealAnswer(Struct, frozen=True, kw_only=True):
    """The answer to an appeal: the decision stands, or it does not."""

    outcome: Literal["upheld", "overturned"]
    text: LongText
