"""Row ports: what the use cases read of people, lists, posts, drafts and cases.

The second half of `store_ports`; the same rules hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from safetyclient.domain.evidence import EvidenceItem
from safetyclient.domain.ids import (
    AccountId,
    CaseId,
    ChangeId,
    DraftId,
    MediaId,
    PersonRef,
    PostId,
    SpaceId,
    SpoolId,
    SubjectKey,
)
from safetyclient.domain.lists import ListEntry, ListKind, RowKey, Window
from safetyclient.domain.media import MediaWarning, OwnPost
from safetyclient.domain.protection import (
    Consequences,
    Follower,
    FollowRequest,
    Protection,
)
from safetyclient.domain.reports import Case, ReportDraft
from safetyclient.domain.spaces import Space


class PeopleTable(Protocol):
    """Protection, follow requests, followers, and people by handle."""

    def protection(self, account: AccountId) -> Protection | None:
        """Return the projected state; None while no server ever told it."""
        ...

    def keep_consequences(self, account: AccountId, facts: Consequences) -> None:
        """Keep numbers for a time without network."""
        ...

    def consequences(self, account: AccountId, protected: bool) -> Consequences | None:
        """Return kept numbers."""
        ...

    def requests(
        self, account: AccountId, *, after: RowKey | None, limit: int
    ) -> Window[FollowRequest]:
        """Return projected follow requests."""
        ...

    def followers(
        self, account: AccountId, *, search: str, after: RowKey | None, limit: int
    ) -> Window[Follower]:
        """Return projected followers."""
        ...

    def find(
        self, account: AccountId, *, handle: str = "", id: str = ""
    ) -> PersonRef | None:
        """Return a person that a mirror knows."""
        ...


class ListTable(Protocol):
    """Projected mutes and blocks."""

    def window(
        self,
        account: AccountId,
        kind: ListKind,
        *,
        search: str,
        after: RowKey | None,
        limit: int,
        offset: int,
        now: datetime,
    ) -> Window[ListEntry]:
        """Return projected rows in the order of their keys."""
        ...

    def count(
        self, account: AccountId, kind: ListKind, *, search: str, now: datetime
    ) -> int:
        """Return how many rows there are."""
        ...

    def anchors(
        self,
        account: AccountId,
        kind: ListKind,
        *,
        search: str,
        step: int,
        now: datetime,
    ) -> tuple[RowKey, ...]:
        """Return the key of every `step`-th row."""
        ...

    def seen(
        self,
        account: AccountId,
        kind: ListKind,
        people: Sequence[PersonRef],
        *,
        now: datetime,
    ) -> dict[SubjectKey, ListEntry]:
        """Return the projected rows of some people, by subject key."""
        ...

    def index_slice(self, rows: int) -> bool:
        """Index some rows for search; returns whether more are waiting."""
        ...


class PostTable(Protocol):
    """Own posts and their warnings, and what was uploaded for waiting ones."""

    def window(
        self, account: AccountId, *, after: RowKey | None, limit: int
    ) -> Window[OwnPost]:
        """Return own posts with media, waiting ones first."""
        ...

    def warnings(
        self, account: AccountId, post: PostId, media: MediaId
    ) -> frozenset[MediaWarning] | None:
        """Return the projected warnings of one file; None when it is unknown."""
        ...

    def media_id(self, change: ChangeId, number: int) -> str:
        """Return the media id that a file got earlier, or an empty string."""
        ...

    def remember(self, change: ChangeId, number: int, media_id: str) -> None:
        """Keep a media id durably."""
        ...

    def spooled(self) -> frozenset[SpoolId]:
        """Return the kept files that waiting changes need."""
        ...


class SpaceTable(Protocol):
    """The kept mirror of Spaces."""

    def current(self, account: AccountId) -> tuple[Space, ...]:
        """Return live Spaces, then scheduled ones."""
        ...

    def get(self, account: AccountId, space: SpaceId) -> Space | None:
        """Return one Space."""
        ...


class DraftTable(Protocol):
    """Report drafts, and the evidence of drafts and cases."""

    def save(self, draft: ReportDraft) -> None:
        """Keep a draft durably, new or changed."""
        ...

    def get(self, draft: DraftId) -> ReportDraft:
        """Return a draft; `BadInput(field="draft")` when it is unknown."""
        ...

    def all(self, account: AccountId | None = None) -> tuple[ReportDraft, ...]:
        """Return drafts, the last changed first."""
        ...

    def wipe(self, draft: DraftId) -> None:
        """Delete a draft and its evidence so that no copy stays in any file (D3)."""
        ...

    def drop(self, draft: DraftId) -> None:
        """Delete a draft and its evidence within the caller's transaction.

        Call `clean` after it, or copies stay in the log for a while.
        """
        ...

    def clean(self) -> None:
        """Leave no copy of what was dropped in any file."""
        ...

    def keep_evidence(
        self, owner: str, items: Sequence[EvidenceItem], *, account: AccountId
    ) -> None:
        """Keep the whole chain of a draft or a case, in place of an earlier one."""
        ...

    def evidence(self, owner: str) -> tuple[EvidenceItem, ...]:
        """Return the chain of a draft or a case; empty when nothing is kept."""
        ...

    def wipe_evidence(self, owner: str) -> None:
        """Delete a chain so that no copy stays in any file."""
        ...


class CaseTable(Protocol):
    """Cases as we track them: local rows joined with what servers said."""

    def add(self, case: Case) -> None:
        """Keep a new case; `case.change` names the report that makes it."""
        ...

    def get(self, case: CaseId) -> Case:
        """Return a case; `BadInput(field="case")` when it is unknown."""
        ...

    def all(self, account: AccountId) -> tuple[Case, ...]:
        """Return the cases of an account, newest first."""
        ...

    def relink(self, case: CaseId, change: ChangeId) -> None:
        """Let a new change take the place of the one that a case waited for."""
        ...


class SettingTable(Protocol):
    """Small local settings, never secret."""

    def get(self, key: str) -> str:
        """Return a setting, or an empty string."""
        ...

    def put(self, key: str, value: str) -> None:
        """Keep a setting."""
        ...
