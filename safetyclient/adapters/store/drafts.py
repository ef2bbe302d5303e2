"""DraftRows: report drafts, and the evidence of drafts and cases."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from safetyclient.adapters.store.codec import draft_from, pack, when_text
from safetyclient.adapters.store.database import Database
from safetyclient.domain.errors import BadInput
from safetyclient.domain.evidence import EvidenceItem
from safetyclient.domain.ids import AccountId, DraftId
from safetyclient.domain.reports import ReportDraft

evidence_from = msgspec.json.Decoder(EvidenceItem).decode


class DraftRows:
    """The tables `draft` and `evidence`; what is wiped leaves no copy in any file."""

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
        """Delete a draft and its evidence so that no copy stays in any file (D3)."""
        with self._db.transaction():
            self.drop(draft)

    def drop(self, draft: DraftId) -> None:
        """Delete a draft and its evidence; copies go when the transaction commits."""
        self._db.run("DELETE FROM draft WHERE id=?", [draft])
        self._db.run("DELETE FROM evidence WHERE owner=?", [draft])
        self._db.clean()

    def clean(self) -> None:
        """Leave no copy of what was deleted or replaced in any file."""
        self._db.clean()

    def keep_evidence(
        self, owner: str, items: Sequence[EvidenceItem], *, account: AccountId
    ) -> None:
        """Keep the whole chain of a draft or a case, in place of an earlier one."""
        with self._db.transaction():
            self._db.run("DELETE FROM evidence WHERE owner=?", [owner])
            self._db.many(
                "INSERT INTO evidence (owner, number, account, body)"
                " VALUES (?, ?, ?, ?)",
                [[owner, item.number, account, pack(item)] for item in items],
            )

    def evidence(self, owner: str) -> tuple[EvidenceItem, ...]:
        """Return the chain of a draft or a case; empty when nothing is kept."""
        rows = self._db.all(
            "SELECT body FROM evidence WHERE owner=? ORDER BY number", [owner]
        )
        return tuple(evidence_from(row[0]) for row in rows)

    def wipe_evidence(self, owner: str) -> None:
        """Delete a chain so that no copy stays in any file."""
        self._db.run("DELETE FROM evidence WHERE owner=?", [owner])
        self._db.clean()
