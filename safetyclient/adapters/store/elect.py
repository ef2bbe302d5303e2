"""Elect: which change wins over the mirror for its subject and kind."""

from __future__ import annotations

from collections.abc import Sequence

from safetyclient.adapters.store.codec import pack
from safetyclient.adapters.store.database import Database
from safetyclient.domain.changes import Change
from safetyclient.domain.ids import AccountId, ChangeId


def step_back(database: Database, account: AccountId, newer: Sequence[Change]) -> None:
    """Let changes that are shown step back behind newer ones of their subject."""
    for kind in {change.kind for change in newer}:
        shown = database.value(
            "SELECT EXISTS (SELECT 1 FROM change"
            " WHERE shown=1 AND account=? AND kind=?)",
            [account, kind.value],
        )
        if shown:
            subjects = [change.subject for change in newer if change.kind is kind]
            database.run(
                "UPDATE change SET shown=0 WHERE account=? AND kind=? AND shown=1"
                " AND subject IN (SELECT value FROM json_each(?))",
                [account, kind.value, pack(subjects)],
            )


def elect(database: Database, changes: Sequence[ChangeId]) -> None:
    """Show the latest change of the subjects of these, where it still matters."""
    if not changes:
        return
    ids = pack(list(changes))
    database.run(
        "UPDATE change SET shown=0 WHERE shown=1 AND (account, subject, kind) IN"
        " (SELECT account, subject, kind FROM change"
        "  WHERE id IN (SELECT value FROM json_each(?)))",
        [ids],
    )
    database.run(
        "UPDATE change SET shown=1 WHERE"
        " (status IN ('queued', 'sending', 'resend')"
        "  OR status IN ('rejected', 'unsure') AND dismissed=0)"
        " AND seq IN (SELECT (SELECT max(o.seq) FROM change AS o"
        "   WHERE o.account=c.account AND o.subject=c.subject AND o.kind=c.kind"
        "   AND o.status<>'withdrawn')"
        "  FROM change AS c WHERE c.id IN (SELECT value FROM json_each(?)))",
        [ids],
    )
