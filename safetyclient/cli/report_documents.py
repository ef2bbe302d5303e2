"""Documents about reports: questions, drafts, cases, and the moderators' side."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from safetyclient.cli.documents import Document, WrittenDoc


class OptionDoc(Document, frozen=True, kw_only=True):
    """One possible answer."""

    id: str
    text: str


class QuestionDoc(Document, frozen=True, kw_only=True):
    """One question of the guided report."""

    id: str
    kind: str
    title: str
    help: str
    compulsory: bool
    options: tuple[OptionDoc, ...]
    answer: str | bool | tuple[str, ...] | None = None


class QuestionsDoc(Document, frozen=True, kw_only=True):
    """What a report still asks; `receiver` is told what once nothing is open."""

    draft: str
    subject: str
    url: str
    open: tuple[QuestionDoc, ...]
    finished: bool


class ReportedDoc(Document, frozen=True, kw_only=True):
    """A report that was handed in; `case` follows it."""

    case: str
    outcome: str
    report: WrittenDoc | None
    also: WrittenDoc | None
    next: tuple[str, ...]
    exit: int
    address: str = ""
    text: str = ""


class DraftDoc(Document, frozen=True, kw_only=True):
    """A report that is not sent yet; `answers` is what `--answers` reads."""

    id: str
    account: str
    subject: str
    url: str
    created: datetime
    changed: datetime
    answers: dict[str, str | bool | tuple[str, ...]]


class DraftsDoc(Document, frozen=True, kw_only=True):
    """All drafts."""

    drafts: tuple[DraftDoc, ...]


class DraftWipedDoc(Document, frozen=True, kw_only=True):
    """A draft that is gone."""

    draft: str


class DecisionDoc(Document, frozen=True, kw_only=True):
    """A decision with its statement of reasons."""

    id: str
    at: datetime
    outcome: str
    rule: str
    facts: str
    scope: str
    days: int | None
    automated: bool
    redress: str
    appeal_until: datetime | None


class EventDoc(Document, frozen=True, kw_only=True):
    """One step of a case."""

    kind: str
    at: datetime
    text: str = ""
    decision: DecisionDoc | None = None


class AppealDoc(Document, frozen=True, kw_only=True):
    """An appeal and its answer."""

    decision: str
    text: str
    sent: datetime
    answered: datetime | None
    overturned: bool
    answer: str


class CaseDoc(Document, frozen=True, kw_only=True):
    """The life of one report."""

    id: str
    account: str
    subject: str
    title: str
    reasons: tuple[str, ...]
    state: str
    created: datetime
    remote_id: str
    url: str
    events: tuple[EventDoc, ...]
    appeal: AppealDoc | None


class CasesDoc(Document, frozen=True, kw_only=True):
    """All cases of an account."""

    account: str
    cases: tuple[CaseDoc, ...]
    fresh: bool


class ModeratedDoc(Document, frozen=True, kw_only=True):
    """What a moderator did."""

    act: str
    id: str
    state: str


class SignedInDoc(Document, frozen=True, kw_only=True):
    """A moderator's token was written."""

    handle: str
    token_file: str


class ModerationCasesDoc(Document, frozen=True, kw_only=True):
    """Cases as a moderator sees them, as the server describes them."""

    cases: tuple[dict[str, Any], ...]


class ModerationAppealsDoc(Document, frozen=True, kw_only=True):
    """Appeals that wait, as the server describes them."""

    appeals: tuple[dict[str, Any], ...]
