"""Lane: queues that do not wait for each other, and when a change's time is over."""

from __future__ import annotations

import enum
import logging
import traceback
from datetime import datetime, timedelta

from safetyclient.application.retry import Hold, plan
from safetyclient.domain.changes import Change, ChangeKind, ChangeStatus, Delivery
from safetyclient.domain.errors import SafetyError
from safetyclient.domain.wishes import SetBlock, SetMute

KEY_LIFE = timedelta(days=6)
"""How long an answer kept by the server can be relied on (it keeps them 7 days)."""
_CLOCK_STEP = timedelta(days=1)
"""A clock that was set back by more than this says nothing about a key's age."""
_LOG = logging.getLogger("safetyclient.sync")


class Lane(enum.Enum):
    """Queues that do not wait for each other: a block never waits for an upload."""

    QUICK = frozenset(
        {
            ChangeKind.PROTECT,
            ChangeKind.MUTE,
            ChangeKind.BLOCK,
            ChangeKind.FOLLOW_REQUEST,
            ChangeKind.REMOVE_FOLLOWER,
            ChangeKind.MEDIA_WARNING,
        }
    )
    REPORT = frozenset({ChangeKind.REPORT, ChangeKind.APPEAL})
    PUBLISH = frozenset({ChangeKind.PUBLISH})


def is_over(change: Change, now: datetime) -> bool:
    """Return whether a change that was never sent has an end that is over."""
    wish = change.wish
    return (
        change.status is ChangeStatus.QUEUED
        and isinstance(wish, (SetMute, SetBlock))
        and wish.until is not None
        and wish.until <= now
    )


def key_may_be_gone(change: Change, first_sent: datetime | None, now: datetime) -> bool:
    """Return whether a server may no longer know the key of a change in doubt."""
    if change.status is not ChangeStatus.RESEND or first_sent is None:
        return False
    age = now - first_sent
    return change.delivery is Delivery.ONCE and not -_CLOCK_STEP <= age <= KEY_LIFE


def is_final(error: SafetyError, change: Change) -> bool:
    """Return whether asking again would only be refused again."""
    return plan(error, change, keyed=True).hold in {Hold.GO_ON, Hold.READ_AGAIN}


def log_bug(error: Exception) -> None:
    """Log where a bug is; never what it says, which may hold people's words."""
    where = "".join(traceback.format_tb(error.__traceback__))
    _LOG.error("%s\n%s", type(error).__name__, where)
