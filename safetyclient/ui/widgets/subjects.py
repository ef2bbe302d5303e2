"""What a change is about, and what a batch was, in the words of the catalogue."""

from __future__ import annotations

from safetyclient.domain.changes import Batch, Change
from safetyclient.domain.ids import PersonRef
from safetyclient.domain.reports import Case
from safetyclient.domain.wishes import (
    AnswerRequest,
    Publish,
    RemoveFollower,
    SetBlock,
    SetMute,
    SetProtection,
    SetWarnings,
    SubmitAppeal,
    SubmitReport,
)
from safetyclient.ui.context import Context
from safetyclient.ui.safe_text import foreign, handle_text


def change_subject(ctx: Context, change: Change) -> str:
    """Return whom or what a change is about, made harmless."""
    match change.wish:
        case (
            SetMute(person=person)
            | SetBlock(person=person)
            | AnswerRequest(person=person)
            | RemoveFollower(person=person)
        ):
            return _person(person)
        case SetProtection(protected=protected):
            return ctx.say("ui.subject.on" if protected else "ui.subject.off")
        case Publish(text=text, files=files):
            words = foreign(text, limit=60, lines=False)
            return words or ctx.say("ui.subject.files", count=len(files))
        case SetWarnings(post=post):
            return ctx.say("ui.subject.post", post=foreign(post, limit=40))
        case SubmitReport(report=report):
            return foreign(str(report.subject), limit=60, lines=False)
        case SubmitAppeal():
            return ctx.say("ui.subject.appeal")


def batch_title(ctx: Context, batch: Batch) -> str:
    """Return what was done once, in words."""
    params = {
        name: foreign(value, limit=60, lines=False) if isinstance(value, str) else value
        for name, value in batch.params
    }
    who = dict(batch.params).get("who")
    if isinstance(who, str) and who and not who.isdecimal():
        params["who"] = handle_text(who)
    if batch.title == "undo":
        inner = {name: value for name, value in params.items() if name != "title"}
        undone = dict(batch.params).get("title", "")
        params["title"] = ctx.say(f"batch.{undone}", **inner)
    return ctx.say(f"batch.{batch.title}", **params)


def case_title(ctx: Context, case: Case) -> str:
    """Return what a case is about: what was seen then, else kind and number."""
    kind, number = case.subject.kind.value, case.subject.id
    title = case.title or ctx.say(f"ui.cases.subject.{kind}", number=number)
    return foreign(title, limit=200, lines=False)


def _person(person: PersonRef) -> str:
    return handle_text(person.handle) or foreign(f"id {person.id}", limit=60)
