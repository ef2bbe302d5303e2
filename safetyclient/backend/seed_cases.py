"""Cases of the demo data, over all states a case can be in."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from safetyclient.backend.seed_dice import cycle, words
from safetyclient.backend.seed_model import (
    SeedAppeal,
    SeedCase,
    SeedDecision,
    SeedPost,
    SeedSpace,
)
from safetyclient.backend.seed_people import ALICE, BOB, CAROL, MOD

CASES = 40
_STAGES = (
    "received",
    "in_review",
    "decided",
    "appealed",
    "answered",
    "decided",
    "expired",
    "decided",
)
"""How far the cases have come; `answered` and `expired` ones are closed."""


def _subject(
    kind: str, index: int, posts: Sequence[SeedPost], spaces: Sequence[SeedSpace]
) -> tuple[str, int]:
    """Return kind and id of something that somebody else made."""
    foreign = [post for post in posts[-600:] if post.author > MOD]
    if kind == "media":
        files = [media for post in foreign for media in post.media]
        return kind, cycle(files, index * 5).id
    if kind == "space":
        return kind, cycle(spaces, index).id
    post = cycle(foreign, index * 7)
    return (kind, post.author) if kind == "account" else (kind, post.id)


def _decision(
    data: dict[str, Any], index: int, at: datetime, appeal_days: int
) -> SeedDecision:
    row = cycle(data["decision"], index)
    return SeedDecision(
        id=index + 1,
        at=at,
        outcome=row["outcome"],
        rule=row["rule"],
        facts=row["facts"],
        scope=row["scope"],
        days=row["days"] or None,
        automated=row["automated"],
        redress=data["redress"]["text"],
        appeal_until=at + timedelta(days=appeal_days),
    )


def _appeal(
    data: dict[str, Any], index: int, sent: datetime, *, answered: bool
) -> SeedAppeal:
    row = cycle(data["appeal"], index // len(_STAGES))
    return SeedAppeal(
        id=index + 1,
        text=row["text"],
        sent=sent,
        answered=sent + timedelta(days=2) if answered else None,
        overturned=bool(answered and row["overturned"]),
        answer=row["answer"] if answered else "",
    )


def cases(
    posts: Sequence[SeedPost],
    spaces: Sequence[SeedSpace],
    now: datetime,
    *,
    appeal_days: int,
) -> tuple[SeedCase, ...]:
    """Return `CASES` cases: half are alice's, the others bob's and carol's."""
    data = words("cases")
    found: list[SeedCase] = []
    for index in range(CASES):
        stage = cycle(_STAGES, index // 2)
        row = cycle(data["report"], index)
        age = appeal_days + 9 if stage == "expired" else 9
        created = now - timedelta(days=age, minutes=index * 41)
        decided = stage not in {"received", "in_review"}
        decision = _decision(data, index, created + timedelta(days=2), appeal_days)
        appeal = _appeal(
            data, index, created + timedelta(days=4), answered=stage == "answered"
        )
        found.append(
            SeedCase(
                id=index + 1,
                change=hashlib.sha256(f"case {index}".encode()).hexdigest()[:32],
                reporter=(ALICE, BOB, ALICE, CAROL)[index % 4],
                subject=_subject(row["subject"], index, posts, spaces),
                reasons=tuple(row["reasons"]),
                behalf=row["behalf"],
                comment=row["comment"],
                created=created,
                reviewed=None if stage == "received" else created + timedelta(days=1),
                decision=decision if decided else None,
                appeal=appeal if stage in {"appealed", "answered"} else None,
            )
        )
    return tuple(found)
