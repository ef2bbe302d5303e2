"""The retry table, row by row."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from safetyclient.application.retry import LONGEST_WAIT, Hold, back_off, plan
from safetyclient.domain.changes import Change, ChangeKind, ChangeStatus
from safetyclient.domain.errors import (
    BadAnswer,
    BadInput,
    Conflict,
    Gone,
    Invalid,
    NotAllowed,
    Offline,
    RateLimited,
    SafetyError,
    ServerTrouble,
    SignInExpired,
    StoreFull,
    TimedOut,
    TlsTrouble,
    TooLarge,
    Unsupported,
    VaultLocked,
)
from safetyclient.domain.ids import (
    AccountId,
    BatchId,
    ChangeId,
    PersonId,
    PersonRef,
    SubjectKey,
)
from safetyclient.domain.media import Audience
from safetyclient.domain.wishes import Publish, SetBlock

NOW = datetime(2026, 3, 1, tzinfo=UTC)
BLOCK = Change(
    id=ChangeId("a" * 32),
    batch=BatchId("b" * 32),
    account=AccountId("me"),
    kind=ChangeKind.BLOCK,
    subject=SubjectKey("account:5"),
    wish=SetBlock(PersonRef(PersonId("5"), "bob"), blocked=True),
    created=NOW,
)
NAMELESS = replace(BLOCK, wish=SetBlock(PersonRef(PersonId(""), "bob"), blocked=True))
POST = replace(
    BLOCK,
    kind=ChangeKind.PUBLISH,
    subject=SubjectKey("publish:1"),
    wish=Publish(text="x", audience=Audience.EVERYONE, files=()),
)
AGAIN = ChangeStatus.RESEND
Q, A, R, U = (
    ChangeStatus.QUEUED,
    ChangeStatus.ACCEPTED,
    ChangeStatus.REJECTED,
    ChangeStatus.UNSURE,
)


@pytest.mark.parametrize(
    ("error", "change", "keyed", "status", "hold"),
    [
        (None, BLOCK, True, A, Hold.GO_ON),
        (Offline(), BLOCK, True, Q, Hold.UNREACHABLE),
        (Offline(), POST, False, Q, Hold.UNREACHABLE),
        (TimedOut(), BLOCK, False, AGAIN, Hold.BACK_OFF),
        (TimedOut(), POST, True, AGAIN, Hold.BACK_OFF),
        (TimedOut(), POST, False, U, Hold.BACK_OFF),
        (BadAnswer(), POST, False, U, Hold.BACK_OFF),
        (ServerTrouble(), POST, False, U, Hold.BACK_OFF),
        (ServerTrouble(in_doubt=False), POST, False, Q, Hold.BACK_OFF),
        (TlsTrouble(), POST, False, Q, Hold.BACK_OFF),
        (RateLimited(until=NOW), POST, False, Q, Hold.UNTIL),
        (SignInExpired(), POST, False, Q, Hold.SIGN_IN),
        (Conflict(), BLOCK, True, Q, Hold.READ_AGAIN),
        (Conflict(), replace(BLOCK, attempts=2), True, R, Hold.GO_ON),
        (Conflict(), POST, True, R, Hold.GO_ON),
        (Gone(), BLOCK, True, A, Hold.GO_ON),
        (Gone(), NAMELESS, True, R, Hold.GO_ON),
        (Gone(), POST, True, R, Hold.GO_ON),
        (Invalid(field="x"), BLOCK, True, R, Hold.GO_ON),
        (NotAllowed(), BLOCK, True, R, Hold.GO_ON),
        (TooLarge(), POST, True, R, Hold.GO_ON),
        (Unsupported(capability="block"), BLOCK, True, R, Hold.GO_ON),
        (BadInput(field="media", reason="size"), POST, True, R, Hold.GO_ON),
        (StoreFull(), POST, True, Q, Hold.BACK_OFF),
        (VaultLocked(), POST, True, Q, Hold.BACK_OFF),
    ],
)
def test_the_table(
    error: SafetyError | None,
    change: Change,
    keyed: bool,
    status: ChangeStatus,
    hold: Hold,
) -> None:
    found = plan(error, change, keyed=keyed)
    assert (found.status, found.hold) == (status, hold)
    assert bool(found.problem) is (
        found.status in {R, U} or (error is not None and status is A)
    )


@pytest.mark.parametrize(
    "error", [Offline(), RateLimited(until=NOW), SignInExpired(), StoreFull()]
)
def test_resend_never_returns_to_queued(error: SafetyError) -> None:
    assert plan(error, replace(BLOCK, status=AGAIN), keyed=True).status is AGAIN


def test_waits_double_up_to_five_minutes() -> None:
    waits = [back_off(n, 0.0) for n in range(12)]
    assert waits[:4] == [1.0, 2.0, 4.0, 8.0]
    assert waits[-1] == LONGEST_WAIT == back_off(500, 0.9)
    assert back_off(2, 0.5) == 5.0
