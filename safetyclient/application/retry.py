"""The retry table: what an error means for a change and for its queue; pure.

| error | the change | its queue |
|---|---|---|
| none | accepted | goes on |
| Offline | as it was | the account holds until the server is reachable |
| TimedOut, BadAnswer, ServerTrouble, TlsTrouble, in doubt | `resend`; `unsure` for \
ONCE without a key | the lane waits 2ⁿ s + jitter, at most 5 min |
| the same, not in doubt (our own 503) | as it was | the lane waits likewise |
| RateLimited | as it was | the lane waits `until` |
| SignInExpired | as it was | the account pauses until a new sign-in |
| Conflict | as it was; ONCE, or the third time: `rejected` | the mirror is read again |
| Gone | lists and follow requests of a known person: accepted as moot; else \
`rejected` (nobody has this handle: nothing was blocked) | goes on |
| Invalid, NotAllowed, TooLarge, Unsupported, BadInput | `rejected` | goes on |
| store or vault trouble | as it was | the lane waits 2ⁿ s + jitter |

"As it was" is `queued` for what never was in doubt, else `resend`: `resend` never
returns to `queued`.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from safetyclient.domain.changes import Change, ChangeKind, ChangeStatus, Delivery
from safetyclient.domain.errors import (
    Conflict,
    Gone,
    NetworkTrouble,
    Offline,
    RateLimited,
    SafetyError,
    SignInExpired,
    StoreTrouble,
    VaultTrouble,
)

LONGEST_WAIT = 300.0
"""Seconds between two attempts, at most."""
CONFLICTS = 3
"""Attempts after which a conflict is the person's to solve."""

_MOOT = frozenset(
    {
        ChangeKind.MUTE,
        ChangeKind.BLOCK,
        ChangeKind.FOLLOW_REQUEST,
        ChangeKind.REMOVE_FOLLOWER,
    }
)


class Hold(enum.Enum):
    """What a queue does after an error."""

    GO_ON = "go_on"
    BACK_OFF = "back_off"
    UNTIL = "until"
    UNREACHABLE = "unreachable"
    SIGN_IN = "sign_in"
    READ_AGAIN = "read_again"


@dataclass(frozen=True, slots=True)
class Plan:
    """The new state of a change, and what its queue does."""

    status: ChangeStatus
    hold: Hold = Hold.GO_ON
    problem: str = ""
    until: datetime | None = None


def plan(error: SafetyError | None, change: Change, *, keyed: bool) -> Plan:
    """Return what an attempt made of a change.

    Args:
        error: what the attempt ended with; None when the server did it.
        change: the change as it was before the attempt (`queued` or `resend`).
        keyed: whether the server recognises a change id that it saw before.
    """
    if error is None:
        return Plan(ChangeStatus.ACCEPTED)
    was = change.status
    match error:
        case Offline():
            return Plan(was, Hold.UNREACHABLE)
        case RateLimited():
            return Plan(was, Hold.UNTIL, until=error.until)
        case SignInExpired():
            return Plan(was, Hold.SIGN_IN)
        case NetworkTrouble() if error.in_doubt:
            return _in_doubt(error, change, keyed=keyed)
        case NetworkTrouble() | StoreTrouble() | VaultTrouble():
            return Plan(was, Hold.BACK_OFF)
        case Conflict() if _worth_another_try(change):
            return Plan(was, Hold.READ_AGAIN)
        case Gone() if change.kind in _MOOT and change.names_id:
            return Plan(ChangeStatus.ACCEPTED, problem=error.code)
        case _:
            return Plan(ChangeStatus.REJECTED, problem=error.code)


def _in_doubt(error: SafetyError, change: Change, *, keyed: bool) -> Plan:
    if change.delivery is Delivery.ONCE and not keyed:
        return Plan(ChangeStatus.UNSURE, Hold.BACK_OFF, problem=error.code)
    return Plan(ChangeStatus.RESEND, Hold.BACK_OFF)


def _worth_another_try(change: Change) -> bool:
    return change.delivery is not Delivery.ONCE and change.attempts + 1 < CONFLICTS


def back_off(failures: int, jitter: float) -> float:
    """Return seconds to wait after `failures` in a row; `jitter` is in [0, 1)."""
    doubling = 2.0 ** min(failures, 12)
    return float(min(LONGEST_WAIT, doubling * (1 + jitter / 2)))
