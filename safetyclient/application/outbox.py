"""OutboxService: what has not arrived yet, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from safetyclient.application.notify import Notifier
from safetyclient.application.ports import Spool
from safetyclient.application.receipts import Receipt
from safetyclient.application.recorder import Planned, Recorder, touched_by
from safetyclient.application.store_ports import Store
from safetyclient.application.sync import SyncService
from safetyclient.domain.changes import Change, ChangeStatus
from safetyclient.domain.errors import BadInput
from safetyclient.domain.ids import AccountId, CaseId, ChangeId
from safetyclient.domain.wishes import Publish, SubmitReport


@dataclass(frozen=True, slots=True)
class OutboxStatus:
    """How much waits, and how the network is.

    `reachable` is None while nobody has asked. `paused` is empty,
    `sign_in_expired`, or `rate_limited:` and an ISO time.
    """

    waiting: int
    sending: int
    refused: int
    unsure: int
    reachable: bool | None
    last_heard: datetime | None
    paused: str


class OutboxService:
    """Changes that are not done."""

    def __init__(
        self,
        *,
        store: Store,
        spool: Spool,
        notifier: Notifier,
        recorder: Recorder,
        sync: SyncService,
    ) -> None:
        self._store = store
        self._spool = spool
        self._notifier = notifier
        self._recorder = recorder
        self._sync = sync

    async def list(
        self, account: AccountId | None = None, *, limit: int = 500
    ) -> tuple[Change, ...]:
        """Return changes that are neither accepted, withdrawn nor dismissed."""
        return self._store.outbox.listed(account, limit=limit)

    async def show(self, id: ChangeId) -> Change:
        """Return one change."""
        return self._store.outbox.get(id)

    async def retry(self, id: ChangeId) -> Receipt:
        """Wish a refused change again, as a new one; the old one stays in history."""
        return self._again(self._in_state(id, ChangeStatus.REJECTED))

    async def send_again(self, id: ChangeId) -> Receipt:
        """Send an uncertain change again, as a new one, knowing that it may double."""
        return self._again(self._in_state(id, ChangeStatus.UNSURE))

    async def drop(self, id: ChangeId) -> None:
        """Withdraw a queued change; no longer list a refused or uncertain one."""
        change = self._in_state(
            id, ChangeStatus.QUEUED, ChangeStatus.REJECTED, ChangeStatus.UNSURE
        )
        with self._store.transaction():
            if not self._store.outbox.withdraw([id], by=None):
                self._dismiss(change)
        if isinstance(change.wish, Publish):
            for file in change.wish.files:
                self._spool.release(file.spool)
        self._notifier.announce(touched_by(frozenset({change.kind})))

    async def mark_sent(self, id: ChangeId) -> None:
        """Take an uncertain change for accepted: the person knows it arrived."""
        change = self._in_state(id, ChangeStatus.UNSURE)
        if not self._store.outbox.confirm(id):
            raise _state(change)
        if isinstance(change.wish, Publish):
            for file in change.wish.files:
                self._spool.release(file.spool)
        self._notifier.announce(touched_by(frozenset({change.kind})))

    async def status(self, account: AccountId | None = None) -> OutboxStatus:
        """Return what the status strip says."""
        counts = self._store.outbox.counts(account)
        link = self._sync.connection(account)
        return OutboxStatus(
            waiting=counts.get(ChangeStatus.QUEUED, 0),
            sending=counts.get(ChangeStatus.SENDING, 0)
            + counts.get(ChangeStatus.RESEND, 0),
            refused=counts.get(ChangeStatus.REJECTED, 0),
            unsure=counts.get(ChangeStatus.UNSURE, 0),
            reachable=link.reachable,
            last_heard=link.last_heard,
            paused=link.paused,
        )

    def _in_state(self, id: ChangeId, *states: ChangeStatus) -> Change:
        change = self._store.outbox.get(id)
        if change.status not in states:
            raise _state(change)
        return change

    def _dismiss(self, change: Change) -> None:
        """Let the person be done with a change; nobody can be done with it twice.

        Raises:
            BadInput: it was sent again, marked or dropped already.
        """
        if not self._store.outbox.dismiss([change.id]):
            raise _state(change)

    def _again(self, change: Change) -> Receipt:
        with self._store.transaction():
            self._dismiss(change)
            receipt = self._recorder.enter(
                change.account,
                title="send_again",
                params=(("kind", change.kind.value),),
                planned=[
                    Planned(
                        kind=change.kind,
                        subject=change.subject,
                        wish=change.wish,
                        before=change.before,
                    )
                ],
            )
            if isinstance(change.wish, SubmitReport):
                self._store.cases.relink(CaseId(change.wish.case), receipt.changes[0])
        self._recorder.publish(change.account, receipt)
        return receipt


def _state(change: Change) -> BadInput:
    return BadInput(field="change", reason="change_state", status=change.status.value)
