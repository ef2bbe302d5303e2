"""HistoryService: what was done, and taking it back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from safetyclient.application.ports import Clock, Spool
from safetyclient.application.receipts import Receipt
from safetyclient.application.recorder import Planned, Recorder, touched_by
from safetyclient.application.store_ports import BatchSummary, Store
from safetyclient.application.touched import Touched
from safetyclient.domain.changes import (
    Batch,
    Change,
    ChangeKind,
    ChangeStatus,
    Delivery,
    Reversibility,
    reversibility_of,
    undo_plan,
)
from safetyclient.domain.ids import AccountId, BatchId, ChangeId
from safetyclient.domain.lists import RowKey, Window
from safetyclient.domain.wishes import Publish, SetBlock, SetMute, Wish

_WORST = (
    Reversibility.UNTIL_SENT,
    Reversibility.WITH_LOSS,
    Reversibility.ALWAYS,
)
_SENT = frozenset(
    {
        ChangeStatus.SENDING,
        ChangeStatus.RESEND,
        ChangeStatus.ACCEPTED,
        ChangeStatus.UNSURE,
    }
)
_WITHOUT_INVERSE = frozenset(
    kind for kind in ChangeKind if reversibility_of(kind) is Reversibility.UNTIL_SENT
)


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One batch: how far its changes got and whether it can be taken back."""

    batch: Batch
    counts: tuple[tuple[ChangeStatus, int], ...]
    total: int
    undoable: bool
    undone_by: BatchId | None
    reversibility: Reversibility


@dataclass(frozen=True, slots=True)
class UndoResult:
    """What undo did with each change of a batch.

    `overtaken` were changed again since and are left alone; `impossible` cannot
    be taken back from here.
    """

    receipt: Receipt
    withdrawn: int
    inverted: int
    overtaken: int
    impossible: int


@dataclass(slots=True)
class _Undo:
    withdraw: list[ChangeId]
    planned: list[Planned]
    overtaken: int = 0
    impossible: int = 0


class HistoryService:
    """Batches, newest first; undo is itself a batch."""

    def __init__(
        self, *, store: Store, spool: Spool, clock: Clock, recorder: Recorder
    ) -> None:
        self._store = store
        self._spool = spool
        self._clock = clock
        self._recorder = recorder

    async def window(
        self,
        account: AccountId | None = None,
        *,
        search: str = "",
        after: RowKey | None = None,
        limit: int = 100,
    ) -> Window[HistoryRow]:
        """Return batches, newest first."""
        found = self._store.history.window(
            account, search=search.strip(), after=after, limit=limit
        )
        return Window(rows=tuple(_row(row) for row in found.rows), next=found.next)

    async def changes(self, batch: BatchId, *, limit: int = 500) -> tuple[Change, ...]:
        """Return the changes of a batch in order."""
        self._store.history.batch(batch)
        return self._store.history.changes(batch, limit=limit)

    async def undo(self, batch: BatchId) -> UndoResult:
        """Take a batch back: withdraw what waits, append inverses for the rest."""
        summary = self._store.history.batch(batch)
        account = summary.batch.account
        with self._store.transaction():
            work = self._plan(summary.batch)
            if not work.withdraw and not work.planned:
                return _nothing_done(batch, work)
            receipt = self._recorder.enter(
                account,
                title="undo",
                params=(("title", summary.batch.title), *summary.batch.params),
                planned=work.planned,
                undoes=batch,
            )
            withdrawn = self._store.outbox.withdraw(work.withdraw, by=receipt.batch)
        self._release(work.withdraw)
        receipt = replace(receipt, touched=receipt.touched | touched_by(summary.kinds))
        self._recorder.publish(account, receipt)
        return UndoResult(
            receipt=receipt,
            withdrawn=withdrawn,
            inverted=len(work.planned),
            overtaken=work.overtaken,
            impossible=work.impossible,
        )

    def _plan(self, batch: Batch) -> _Undo:
        work = _Undo(withdraw=[], planned=[])
        overtaken = self._store.history.overtaken(batch.id)
        now = self._clock.now()
        for change in self._store.history.changes(batch.id, limit=None):
            if change.id in overtaken:
                work.overtaken += 1
            else:
                _plan_one(work, change, now)
        # What this batch withdrew is wished again when the batch is taken back.
        for change in self._store.history.withdrawn_by(batch.id):
            if change.id in overtaken:
                work.overtaken += 1
            elif change.delivery is Delivery.ONCE or _over(change.wish, now):
                work.impossible += 1
            else:
                work.planned.append(_again(change))
        return work

    def _release(self, withdrawn: list[ChangeId]) -> None:
        for change in self._store.outbox.many(withdrawn).values():
            if isinstance(change.wish, Publish):
                for file in change.wish.files:
                    self._spool.release(file.spool)


def _nothing_done(batch: BatchId, work: _Undo) -> UndoResult:
    """Return a result that leaves no entry: nothing was taken back."""
    return UndoResult(
        receipt=Receipt(batch=batch, changes=(), touched=Touched.NOTHING),
        withdrawn=0,
        inverted=0,
        overtaken=work.overtaken,
        impossible=work.impossible,
    )


def _plan_one(work: _Undo, change: Change, now: datetime) -> None:
    plan = undo_plan(change)
    if isinstance(plan, (SetMute, SetBlock)) and _over(plan, now):
        plan = _lifted(change.wish)
    if isinstance(plan, Change):
        work.withdraw.append(change.id)
    elif plan is not None:
        work.planned.append(
            Planned(
                kind=change.kind,
                subject=change.subject,
                wish=plan,
                before=change.wish,
            )
        )
    elif change.status in _SENT:
        work.impossible += 1


def _lifted(wish: Wish) -> Wish | None:
    """Return the wish that lifts a mute or block: what was before it has ended."""
    match wish:
        case SetMute(muted=True):
            return SetMute(person=wish.person, muted=False)
        case SetBlock(blocked=True):
            return SetBlock(person=wish.person, blocked=False)
        case _:
            return None


def _again(change: Change) -> Planned:
    return Planned(
        kind=change.kind,
        subject=change.subject,
        wish=change.wish,
        before=change.before,
    )


def _over(wish: Wish, now: datetime) -> bool:
    """Return whether a wish has an end that is over: it would do nothing."""
    return (
        isinstance(wish, (SetMute, SetBlock))
        and wish.until is not None
        and wish.until <= now
    )


def _row(summary: BatchSummary) -> HistoryRow:
    counts = dict(summary.counts)
    found = {reversibility_of(kind) for kind in summary.kinds}
    sent = any(counts.get(status, 0) for status in _SENT)
    undoable = summary.undone_by is None and (
        bool(counts.get(ChangeStatus.QUEUED, 0))
        or (sent and bool(summary.kinds - _WITHOUT_INVERSE))
    )
    return HistoryRow(
        batch=summary.batch,
        counts=summary.counts,
        total=sum(counts.values()),
        undoable=undoable,
        undone_by=summary.undone_by,
        reversibility=next((r for r in _WORST if r in found), Reversibility.ALWAYS),
    )
