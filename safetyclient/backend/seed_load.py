"""Writes posts, Spaces and cases of a set of data into an empty database."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from safetyclient.backend.cases_tables import appeals, case_events, cases, decisions
from safetyclient.backend.database import restart_ids
from safetyclient.backend.posts_tables import media, posts, upload_parts, uploads
from safetyclient.backend.seed_model import (
    SeedAppeal,
    SeedCase,
    SeedData,
    SeedDecision,
    SeedMedia,
    SeedPost,
)
from safetyclient.backend.seed_people import MOD
from safetyclient.backend.spaces_tables import space_participants, spaces
from safetyclient.wire.v1.reports import NewReport

Rows = list[dict[str, Any]]


def load(connection: Connection, data: SeedData) -> None:
    """Write everything but people, follows and lists; those must be there already."""
    _load_posts(connection, data.posts)
    _load_spaces(connection, data)
    _load_cases(connection, data.cases)


def _insert(connection: Connection, table: sa.Table, rows: Rows) -> None:
    """Insert rows; where the rows bring their ids, the next id comes after them."""
    if not rows:
        return
    connection.execute(table.insert(), rows)
    if "id" in rows[0]:
        restart_ids(connection, table)


def _load_posts(connection: Connection, rows: Sequence[SeedPost]) -> None:
    pairs = [
        (post, place, file) for post in rows for place, file in enumerate(post.media)
    ]
    _insert(
        connection,
        posts,
        [
            {
                "id": post.id,
                "author_id": post.author,
                "text": post.text,
                "audience": post.audience,
                "created_at": post.created,
                "removed": False,
            }
            for post in rows
        ],
    )
    # Files of the demo came by uploads of the same numbers, in one part each.
    _insert(connection, uploads, [_upload(post, file) for post, _, file in pairs])
    _insert(connection, upload_parts, [_part(file) for _, _, file in pairs])
    _insert(
        connection, media, [_media(post, place, file) for post, place, file in pairs]
    )


def _upload(post: SeedPost, file: SeedMedia) -> dict[str, Any]:
    return {
        "id": file.id,
        "owner_id": post.author,
        "change": f"{file.id:032x}",
        "number": 0,
        "type": file.picture.type,
        "size": len(file.picture.body),
        "sha256": hashlib.sha256(file.picture.body).hexdigest(),
        "name": "",
        "part_bytes": len(file.picture.body),
        "created_at": post.created,
    }


def _part(file: SeedMedia) -> dict[str, Any]:
    return {
        "upload_id": file.id,
        "number": 0,
        "sha256": hashlib.sha256(file.picture.body).hexdigest(),
        "body": file.picture.body,
    }


def _media(post: SeedPost, place: int, file: SeedMedia) -> dict[str, Any]:
    return {
        "id": file.id,
        "upload_id": file.id,
        "owner_id": post.author,
        "post_id": post.id,
        "place": place,
        "type": file.picture.type,
        "size": len(file.picture.body),
        "width": file.picture.width,
        "height": file.picture.height,
        "description": file.description,
        "warnings": " ".join(file.warnings),
    }


def _load_spaces(connection: Connection, data: SeedData) -> None:
    _insert(
        connection,
        spaces,
        [
            {
                "id": space.id,
                "host_id": space.participants[0].person,
                "title": space.title,
                "topic": space.topic,
                "starts_at": space.starts,
                "ends_at": space.ends,
                "recorded": space.recorded,
                "has_video": space.has_video,
            }
            for space in data.spaces
        ],
    )
    _insert(
        connection,
        space_participants,
        [
            {
                "space_id": space.id,
                "person_id": one.person,
                "role": one.role,
                "place": place,
                "joined_at": one.joined,
            }
            for space in data.spaces
            for place, one in enumerate(space.participants)
        ],
    )


def _load_cases(connection: Connection, rows: Sequence[SeedCase]) -> None:
    _insert(connection, cases, [_case(case) for case in rows])
    decided = [(case, case.decision) for case in rows if case.decision]
    _insert(connection, decisions, [_decision(case.id, one) for case, one in decided])
    events = [event for case in rows for event in _events(case)]
    _insert(connection, case_events, events)
    appealed = [(one.id, case.appeal) for case, one in decided if case.appeal]
    _insert(connection, appeals, [_appeal(number, one) for number, one in appealed])


def _state(case: SeedCase) -> str:
    if case.appeal is not None:
        return "closed" if case.appeal.answered else "appealed"
    if case.decision is not None:
        return "decided"
    return "in_review" if case.reviewed else "received"


def _case(case: SeedCase) -> dict[str, Any]:
    kind, number = case.subject
    report = msgspec.convert(
        {
            "subject": {"kind": kind, "id": str(number)},
            "reasons": list(case.reasons),
            "behalf": case.behalf,
            "comment": case.comment,
            "language": "en",
        },
        NewReport,
    )
    return {
        "id": case.id,
        "reporter_id": case.reporter,
        "change": case.change,
        "subject_kind": kind,
        "subject_id": str(number),
        "report": msgspec.json.encode(report),
        "state": _state(case),
        "open_until": case.decision.appeal_until if case.decision else None,
        "created_at": case.created,
    }


def _decision(case: int, decision: SeedDecision) -> dict[str, Any]:
    return {
        "id": decision.id,
        "case_id": case,
        "moderator_id": MOD,
        "at": decision.at,
        "outcome": decision.outcome,
        "rule": decision.rule,
        "facts": decision.facts,
        "scope": decision.scope,
        "days": decision.days,
        "automated": decision.automated,
        "redress": decision.redress,
        "appeal_until": decision.appeal_until,
    }


def _appeal(decision: int, appeal: SeedAppeal) -> dict[str, Any]:
    return {
        "id": appeal.id,
        "decision_id": decision,
        "text": appeal.text,
        "state": _answered(appeal) if appeal.answered else "pending",
        "sent_at": appeal.sent,
        "answered_at": appeal.answered,
        "answer": appeal.answer,
    }


def _answered(appeal: SeedAppeal) -> str:
    return "overturned" if appeal.overturned else "upheld"


def _events(case: SeedCase) -> Iterator[dict[str, Any]]:
    """Yield what happened in a case, in order."""
    decision, appeal = case.decision, case.appeal
    yield _event(case, "received", case.created)
    if case.reviewed:
        yield _event(case, "in_review", case.reviewed)
    if decision:
        yield _event(case, "decision", decision.at) | {"decision_id": decision.id}
    if appeal:
        yield _event(case, "appeal_received", appeal.sent)
        if appeal.answered:
            kind = f"appeal_{_answered(appeal)}"
            yield _event(case, kind, appeal.answered) | {"text": appeal.answer}


def _event(case: SeedCase, kind: str, at: datetime) -> dict[str, Any]:
    return {
        "case_id": case.id,
        "kind": kind,
        "at": at,
        "text": "",
        "decision_id": None,
    }
