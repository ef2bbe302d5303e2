"""DraftRows: report drafts, and what was seen for drafts and cases."""

from __future__ import annotations

from safetyclient.adapters.store.codec import (
    draft_from,
    pack,
    snapshot_from,
    when_text,
)
from safetyclient.adapters.store.database import Database
from safetyclient.domain.errors import BadInput
from safetyclient.domain.ids import AccountId, CaseId, DraftId
from safetyclient.domain.reports import ReportDraft, SubjectSnapshot


class DraftRows:
    """The tables `draft` and `snapshot`; what is wiped leaves no copy in any file."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def save(self, draft: ReportDraft) -> None:
        """Keep a draft durably, new or changed."""
        self._db.run(
            "INSERT INTO draft (id, account, changed, body) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET"
            " changed=excluded.changed, body=excluded.body",
            [draft.id, draft.account, when_text(draft.changed), pack(draft)],
        )

    def get(self, draft: DraftId) -> ReportDraft:
        """Return a draft; `BadInput(field="draft")` when it is unknown."""
        body = self._db.value("SELECT body FROM draft WHERE id=?", [draft])
        if body is None:
            raise BadInput(field="draft", reason="unknown")
        return draft_from(body)

    def all(self, account: AccountId | None = None) -> tuple[ReportDraft, ...]:
        """Return drafts, the last changed first."""
        rows = self._db.all(
            "SELECT body FROM draft WHERE ?1 IS NULL OR account=?1"
            " ORDER BY changed DESC, id",
            [account],
        )
        return tuple(draft_from(row[0]) for row in rows)

    def wipe(self, draft: DraftId) -> None:
        """Delete a draft so that no copy stays in any file (D3)."""
        self._db.run("DELETE FROM draft WHERE id=?", [draft])
        self._clear()

    def keep_snapshot(
        self, account: AccountId, snapshot: SubjectSnapshot, *, case: CaseId
    ) -> None:
        """Keep what was seen, beside a case."""
        self._db.run(
            "INSERT INTO snapshot (account, case_id, body) VALUES (?, ?, ?)",
            [account, case, pack(snapshot)],
        )

    def snapshots(self, case: CaseId) -> tuple[SubjectSnapshot, ...]:
        """Return what was seen for a case, oldest first."""
        rows = self._db.all(
            "SELECT body FROM snapshot WHERE case_id=? ORDER BY id", [case]
        )
        return tuple(snapshot_from(row[0]) for row in rows)

    def wipe_snapshots(self, case: CaseId) -> None:
        """Delete the snapshots of a case so that no copy stays in any file."""
        self._db.run("DELETE FROM snapshot WHERE case_id=?", [case])
        self._clear()

    def _clear(self) -> None:
        # Within a transaction the log cannot be emptied; whoever opened it wipes
        # after it. Here this would be a silent copy left behind, so it is a bug.
        if self._db.connection.in_transaction:
            message = "wipe outside of a transaction"
            raise RuntimeError(message)
        self._db.checkpoint()
