"""Changes and batches: what a person wanted, and how far it got.

A change is one absolute wish about one subject. Its states:

```
queued -> sending -> accepted | rejected
sending -> resend   when no answer came (unsure for ONCE without a key)
queued -> withdrawn by undo
```
`resend` never returns to `queued`: what was ever sent can only be undone by an
inverse change, or the server would keep what the person believes is gone.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from datetime import datetime

from safetyclient.domain.ids import (
    AccountId,
    BatchId,
    ChangeId,
    PersonRef,
    SubjectKey,
)
from safetyclient.domain.rows import RowState
from safetyclient.domain.wishes import (
    AnswerRequest,
    RemoveFollower,
    SetBlock,
    SetMute,
    SetProtection,
    SetWarnings,
    Wish,
)


class ChangeKind(enum.Enum):
    """What a change does; one kind per `Wish` class."""

    PROTECT = "protect"
    MUTE = "mute"
    BLOCK = "block"
    FOLLOW_REQUEST = "follow_request"
    REMOVE_FOLLOWER = "remove_follower"
    PUBLISH = "publish"
    MEDIA_WARNING = "media_warning"
    REPORT = "report"
    APPEAL = "appeal"


class ChangeStatus(enum.Enum):
    """States of a change; these names stand in code, database, JSON and tests."""

    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    RESEND = "resend"
    UNSURE = "unsure"
    WITHDRAWN = "withdrawn"


PENDING = frozenset({ChangeStatus.QUEUED, ChangeStatus.SENDING, ChangeStatus.RESEND})
"""States in which a change still wins over the mirror."""
LEFT = frozenset(ChangeStatus) - {ChangeStatus.QUEUED, ChangeStatus.SENDING}
"""States that release a change which waits for this one (`Change.after`)."""


ROW_STATES = {
    ChangeStatus.QUEUED: RowState.WAITING,
    ChangeStatus.SENDING: RowState.SENDING,
    ChangeStatus.RESEND: RowState.SENDING,
    ChangeStatus.ACCEPTED: RowState.ON_SERVER,
    ChangeStatus.REJECTED: RowState.REFUSED,
    ChangeStatus.UNSURE: RowState.UNSURE,
}


class Delivery(enum.Enum):
    """How often a server may see a change."""

    AT_LEAST_ONCE = "at_least_once"
    ONCE = "once"


class Reversibility(enum.Enum):
    """What undo can do, said before the act."""

    ALWAYS = "always"
    UNTIL_SENT = "until_sent"
    WITH_LOSS = "with_loss"


_ONCE = frozenset({ChangeKind.PUBLISH, ChangeKind.REPORT, ChangeKind.APPEAL})
_REVERSIBILITY = {
    ChangeKind.PROTECT: Reversibility.WITH_LOSS,
    ChangeKind.MUTE: Reversibility.ALWAYS,
    ChangeKind.BLOCK: Reversibility.WITH_LOSS,
    ChangeKind.MEDIA_WARNING: Reversibility.ALWAYS,
    ChangeKind.FOLLOW_REQUEST: Reversibility.UNTIL_SENT,
    ChangeKind.REMOVE_FOLLOWER: Reversibility.UNTIL_SENT,
    ChangeKind.PUBLISH: Reversibility.UNTIL_SENT,
    ChangeKind.REPORT: Reversibility.UNTIL_SENT,
    ChangeKind.APPEAL: Reversibility.UNTIL_SENT,
}


def delivery_of(kind: ChangeKind) -> Delivery:
    """Return how often a server may see a change of this kind."""
    return Delivery.ONCE if kind in _ONCE else Delivery.AT_LEAST_ONCE


def reversibility_of(kind: ChangeKind) -> Reversibility:
    """Return what undo can do for a change of this kind."""
    return _REVERSIBILITY[kind]


@dataclass(frozen=True, slots=True)
class Change:
    """One absolute wish of one account about one subject.

    `before` is the wish that would restore what the person saw when they acted
    (None: nothing to restore). `after_ids` must have left `queued`/`sending`
    before this change starts; `after_limit` (seconds of reachable network) lets it
    start alone. `problem` is an error code once refused or unsure.
    """

    id: ChangeId
    batch: BatchId
    account: AccountId
    kind: ChangeKind
    subject: SubjectKey
    wish: Wish
    created: datetime
    before: Wish | None = None
    status: ChangeStatus = ChangeStatus.QUEUED
    attempts: int = 0
    after_ids: tuple[ChangeId, ...] = ()
    after_limit: int | None = None
    problem: str = ""
    not_before: datetime | None = None
    result: str = ""
    """What the server gave it (a post id, a case id), once accepted."""

    @property
    def person(self) -> PersonRef | None:
        """Return the person that the wish is about, if it is about one."""
        match self.wish:
            case (
                SetMute(person=person)
                | SetBlock(person=person)
                | AnswerRequest(person=person)
                | RemoveFollower(person=person)
            ):
                return person
            case _:
                return None

    @property
    def names_id(self) -> bool:
        """Return whether the wish is about a person whose id is known."""
        return self.person is not None and bool(self.person.id)

    @property
    def delivery(self) -> Delivery:
        """Return how often a server may see this change."""
        return delivery_of(self.kind)


@dataclass(frozen=True, slots=True)
class Batch:
    """What the person did once; the unit of history and of undo.

    `title` is a text key under `batch.`, `params` its numbers and names.
    `undoes` names the batch that this one takes back.
    """

    id: BatchId
    account: AccountId
    title: str
    created: datetime
    params: tuple[tuple[str, str | int], ...] = ()
    undoes: BatchId | None = None


def inverse(change: Change) -> Wish | None:
    """Return the wish that takes an already sent change back, or None.

    A report, an appeal or a publication cannot be taken back; neither can an
    answered follow request or a removed follower.
    """
    match change.wish:
        case SetProtection(protected=protected):
            return change.before or SetProtection(protected=not protected)
        case SetMute(muted=muted) as wish:
            if change.before is None and muted:
                return SetMute(wish.person, muted=False)
            return change.before or replace(wish, muted=True)
        case SetBlock(blocked=blocked) as wish:
            if change.before is None and blocked:
                return SetBlock(wish.person, blocked=False)
            return change.before or replace(wish, blocked=True)
        case SetWarnings():
            return change.before
        case _:
            return None


def undo_plan(change: Change) -> Change | Wish | None:
    """Return what undo does with a change, by its state.

    Returns:
        The change itself, `withdrawn`, when it never left this computer; an inverse
        wish to append when it was or may have been sent; None when nothing can or
        need be done.
    """
    if change.status is ChangeStatus.QUEUED:
        return replace(change, status=ChangeStatus.WITHDRAWN)
    if change.status in {
        ChangeStatus.SENDING,
        ChangeStatus.RESEND,
        ChangeStatus.ACCEPTED,
        ChangeStatus.UNSURE,
    }:
        return inverse(change)
    return None
