"""Recorder: the one way in which a person's act becomes a batch in the outbox."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from safetyclient.application.notify import Notifier
from safetyclient.application.ports import Clock
from safetyclient.application.receipts import Receipt
from safetyclient.application.store_ports import Store
from safetyclient.application.touched import Touched
from safetyclient.domain.changes import Batch, Change, ChangeKind
from safetyclient.domain.ids import (
    AccountId,
    BatchId,
    ChangeId,
    SubjectKey,
    new_batch_id,
    new_change_ids,
)
from safetyclient.domain.wishes import Wish

Kick = Callable[[AccountId], None]

TOUCHED: dict[ChangeKind, Touched] = {
    ChangeKind.PROTECT: Touched.PROTECTION,
    ChangeKind.MUTE: Touched.MUTES,
    ChangeKind.BLOCK: Touched.BLOCKS,
    ChangeKind.FOLLOW_REQUEST: Touched.REQUESTS | Touched.FOLLOWERS,
    ChangeKind.REMOVE_FOLLOWER: Touched.FOLLOWERS,
    ChangeKind.PUBLISH: Touched.POSTS,
    ChangeKind.MEDIA_WARNING: Touched.POSTS,
    ChangeKind.REPORT: Touched.CASES,
    ChangeKind.APPEAL: Touched.CASES,
}
"""What a reader may see differently when a change of a kind moves."""


def touched_by(kinds: frozenset[ChangeKind]) -> Touched:
    """Return what changes of these kinds touch, outbox and history included."""
    touched = Touched.OUTBOX | Touched.HISTORY
    for kind in kinds:
        touched |= TOUCHED[kind]
    return touched


@dataclass(frozen=True, slots=True)
class Planned:
    """One change before it has an id: what is wanted, and of which subject."""

    kind: ChangeKind
    subject: SubjectKey
    wish: Wish
    before: Wish | None = None
    after_ids: tuple[ChangeId, ...] = ()
    after_limit: int | None = None


class Recorder:
    """Writes batches to the store, announces them and wakes delivery.

    The one danger: nothing may be announced or sent before the transaction that
    holds it has been committed.
    """

    def __init__(
        self, *, store: Store, clock: Clock, notifier: Notifier, kick: Kick
    ) -> None:
        self._store = store
        self._clock = clock
        self._notifier = notifier
        self._kick = kick

    def write(
        self,
        account: AccountId,
        *,
        title: str,
        planned: Sequence[Planned],
        params: tuple[tuple[str, str | int], ...] = (),
        undoes: BatchId | None = None,
    ) -> Receipt:
        """Keep a batch durably, say so, and wake delivery."""
        receipt = self.enter(
            account, title=title, planned=planned, params=params, undoes=undoes
        )
        self.publish(account, receipt)
        return receipt

    def enter(
        self,
        account: AccountId,
        *,
        title: str,
        planned: Sequence[Planned],
        params: tuple[tuple[str, str | int], ...] = (),
        undoes: BatchId | None = None,
    ) -> Receipt:
        """Keep a batch within the caller's transaction; `publish` it afterwards."""
        now = self._clock.now()
        batch = Batch(
            id=new_batch_id(),
            account=account,
            title=title,
            created=now,
            params=params,
            undoes=undoes,
        )
        changes = [
            Change(
                id=id_,
                batch=batch.id,
                account=account,
                kind=plan.kind,
                subject=plan.subject,
                wish=plan.wish,
                created=now,
                before=plan.before,
                after_ids=plan.after_ids,
                after_limit=plan.after_limit,
            )
            for id_, plan in zip(new_change_ids(len(planned)), planned, strict=True)
        ]
        self._store.outbox.record(batch, changes)
        return Receipt(
            batch=batch.id,
            changes=tuple(change.id for change in changes),
            touched=touched_by(frozenset(plan.kind for plan in planned)),
        )

    def publish(self, account: AccountId, *receipts: Receipt) -> None:
        """Announce what `enter` kept, after its transaction was committed."""
        touched = Touched.NOTHING
        for receipt in receipts:
            touched |= receipt.touched
        self._notifier.announce(touched)
        self._kick(account)
