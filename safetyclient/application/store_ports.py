"""Store ports: what the use cases need from the local store, as Protocols.

All methods are synchronous and quick (HOUSE: SQLite is called on the core loop);
each writing method is one transaction, or joins the one that is open.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from safetyclient.application.row_ports import (
    CaseTable,
    DraftTable,
    ListTable,
    PeopleTable,
    PostTable,
    SettingTable,
    SpaceTable,
)
from safetyclient.domain.accounts import Account, Credential, SignInState
from safetyclient.domain.changes import Batch, Change, ChangeKind, ChangeStatus
from safetyclient.domain.facts import Fact
from safetyclient.domain.ids import (
    AccountId,
    BatchId,
    ChangeId,
)
from safetyclient.domain.lists import ListEntry, ListKind, RowKey, Window
from safetyclient.domain.people import Person


@dataclass(frozen=True, slots=True)
class HeldShrink:
    """A list that lost more than people usually remove; nothing was taken over."""

    kind: ListKind
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Settled:
    """What a delivery attempt made of one change.

    `status` is the new state; `facts` go to the mirror in the same transaction.
    """

    change: Change
    status: ChangeStatus
    problem: str = ""
    facts: tuple[Fact, ...] = ()
    result: str = ""


@dataclass(frozen=True, slots=True)
class BatchSummary:
    """A batch with how many of its changes are in which state."""

    batch: Batch
    counts: tuple[tuple[ChangeStatus, int], ...]
    kinds: frozenset[ChangeKind]
    undone_by: BatchId | None


class AccountTable(Protocol):
    """Signed-in accounts and their tokens."""

    def all(self) -> tuple[Account, ...]:
        """Return the accounts in the order in which they were added."""
        ...

    def get(self, account: AccountId) -> Account:
        """Return one account; `BadInput(field="account")` when it is unknown."""
        ...

    def credential(self, account: AccountId) -> Credential:
        """Return the token of an account."""
        ...

    def put(self, account: Account, credential: Credential) -> None:
        """Add an account, or replace its row and token."""
        ...

    def set_state(self, account: AccountId, state: SignInState) -> None:
        """Note whether the token still works."""
        ...

    def remove(self, account: AccountId) -> None:
        """Remove an account and everything that belongs to it."""
        ...


class OutboxTable(Protocol):
    """Batches and changes on their way to servers."""

    def record(self, batch: Batch, changes: Sequence[Change]) -> None:
        """Keep a batch and its changes durably, all or nothing."""
        ...

    def get(self, change: ChangeId) -> Change:
        """Return one change; `BadInput(field="change")` when it is unknown."""
        ...

    def many(self, changes: Sequence[ChangeId]) -> dict[ChangeId, Change]:
        """Return changes by id; unknown ids are left out."""
        ...

    def listed(self, account: AccountId | None, *, limit: int) -> tuple[Change, ...]:
        """Return changes that are not done and not dismissed, oldest first."""
        ...

    def counts(self, account: AccountId | None) -> dict[ChangeStatus, int]:
        """Return how many changes are in which state, dismissed ones left out."""
        ...

    def ready(
        self,
        account: AccountId,
        kinds: frozenset[ChangeKind],
        *,
        limit: Callable[[ChangeKind], int],
        alone: Callable[[Change], bool],
    ) -> tuple[Change, ...]:
        """Return the next changes to send: of one kind, first in first out.

        What was tried least goes first, what is in doubt apart from the rest and in
        ever smaller groups: a change that the server fails on must not hold back the
        others.

        At most one per subject, none whose subject has an earlier one of `kinds`
        under way, none that still waits for another unless `alone(change)`.
        """
        ...

    def waits_for_others(self, account: AccountId) -> bool:
        """Return whether a queued change waits for another one."""
        ...

    def resolve(self, change: ChangeId, person: Person) -> Change:
        """Note the id of a person that was known by handle only."""
        ...

    def resolve_known(self, account: AccountId) -> int:
        """Resolve never sent changes from people that the mirrors know."""
        ...

    def sending(self, changes: Sequence[Change], *, now: datetime) -> None:
        """Note durably, before the request, that changes are being sent."""
        ...

    def settle(
        self, account: AccountId, outcomes: Sequence[Settled], *, now: datetime
    ) -> None:
        """Take over results: states and facts in one transaction."""
        ...

    def withdraw(self, changes: Sequence[ChangeId], *, by: BatchId | None) -> int:
        """Withdraw changes that are still queued; returns how many were."""
        ...

    def dismiss(self, changes: Sequence[ChangeId]) -> int:
        """No longer list refused or uncertain changes; returns how many were listed."""
        ...

    def confirm(self, change: ChangeId) -> bool:
        """Take an uncertain, listed change for accepted; returns whether it was one."""
        ...

    def first_sent(self, change: ChangeId) -> datetime | None:
        """Return when a change may have left this computer for the first time."""
        ...

    def waiting(self, account: AccountId) -> int:
        """Return how many changes have not reached the server."""
        ...

    def recover(
        self,
        keyed: Callable[[AccountId, ChangeKind], bool],
        *,
        account: AccountId | None = None,
    ) -> int:
        """After a stop in the middle: `sending` becomes `resend` or `unsure`."""
        ...


class HistoryTable(Protocol):
    """What was done, batch by batch."""

    def window(
        self,
        account: AccountId | None,
        *,
        search: str,
        after: RowKey | None,
        limit: int,
    ) -> Window[BatchSummary]:
        """Return batches, newest first."""
        ...

    def batch(self, batch: BatchId) -> BatchSummary:
        """Return one batch; `BadInput(field="batch")` when it is unknown."""
        ...

    def changes(self, batch: BatchId, *, limit: int | None) -> tuple[Change, ...]:
        """Return the changes of a batch in order."""
        ...

    def withdrawn_by(self, batch: BatchId) -> tuple[Change, ...]:
        """Return changes that this batch withdrew."""
        ...

    def overtaken(self, batch: BatchId) -> frozenset[ChangeId]:
        """Return changes of a batch whose subject a later live change touches."""
        ...


class MirrorTable(Protocol):
    """What servers said; written from facts only."""

    def apply(self, account: AccountId, facts: Sequence[Fact]) -> None:
        """Take facts over in one transaction."""
        ...

    def begin(self, account: AccountId, topic: str) -> None:
        """Begin a whole read of a mirror (`requests`, `followers`, `mutes`, …)."""
        ...

    def finish(self, account: AccountId, topic: str) -> None:
        """End a whole read: rows that it did not bring are gone."""
        ...

    def finish_list(
        self, account: AccountId, kind: ListKind, *, mark: str, now: datetime
    ) -> HeldShrink | None:
        """End a whole read of a list; a great shrink is held instead (B1)."""
        ...

    def apply_removed(
        self,
        account: AccountId,
        kind: ListKind,
        people: Sequence[str],
        *,
        mark: str,
        now: datetime,
    ) -> HeldShrink | None:
        """Take removals since a mark over; a great shrink is held instead (B1)."""
        ...

    def mark(self, account: AccountId, kind: ListKind) -> str:
        """Return where the last read of a list ended, or an empty string."""
        ...

    def held(self, account: AccountId) -> tuple[HeldShrink, ...]:
        """Return the shrinks that wait for an answer."""
        ...

    def held_entries(self, account: AccountId, kind: ListKind) -> tuple[ListEntry, ...]:
        """Return the rows that a held shrink would remove."""
        ...

    def let_go(self, account: AccountId, kind: ListKind) -> None:
        """Remove the rows of a held shrink from the mirror; nothing is held now."""
        ...


class Store(Protocol):
    """The local store: one attribute per group of tables."""

    @property
    def accounts(self) -> AccountTable: ...  # noqa: D102
    @property
    def outbox(self) -> OutboxTable: ...  # noqa: D102
    @property
    def history(self) -> HistoryTable: ...  # noqa: D102
    @property
    def mirrors(self) -> MirrorTable: ...  # noqa: D102
    @property
    def people(self) -> PeopleTable: ...  # noqa: D102
    @property
    def lists(self) -> ListTable: ...  # noqa: D102
    @property
    def posts(self) -> PostTable: ...  # noqa: D102
    @property
    def spaces(self) -> SpaceTable: ...  # noqa: D102
    @property
    def drafts(self) -> DraftTable: ...  # noqa: D102
    @property
    def cases(self) -> CaseTable: ...  # noqa: D102
    @property
    def settings(self) -> SettingTable: ...  # noqa: D102

    def transaction(self) -> AbstractContextManager[None]:
        """Return a context in which several writes stand or fall together."""
        ...

    def close(self) -> None:
        """Close the file."""
        ...
