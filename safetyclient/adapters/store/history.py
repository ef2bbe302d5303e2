"""HistoryRows: what was done, batch by batch."""

from __future__ import annotations

from safetyclient.adapters.store.codec import (
    CHANGE_COLUMNS,
    change_from,
    params_from,
    when_from,
)
from safetyclient.adapters.store.database import Database, Row, Value
from safetyclient.application.store_ports import BatchSummary
from safetyclient.domain.changes import Batch, Change, ChangeKind, ChangeStatus
from safetyclient.domain.errors import BadInput
from safetyclient.domain.ids import AccountId, BatchId, ChangeId
from safetyclient.domain.lists import RowKey, Window

_BATCH = (
    "SELECT b.seq, b.id, b.account, b.title, b.params, b.kinds, b.created, b.undoes,"
    " (SELECT u.id FROM batch AS u WHERE u.undoes=b.id ORDER BY u.seq LIMIT 1)"
    " FROM batch AS b"
)


class HistoryRows:
    """The tables `batch` and `change`, from the side of the person."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def window(
        self,
        account: AccountId | None,
        *,
        search: str,
        after: RowKey | None,
        limit: int,
    ) -> Window[BatchSummary]:
        """Return batches, newest first; a key is the batch's number and its id."""
        args: dict[str, Value] = {"account": account, "n": limit + 1}
        where = " WHERE (:account IS NULL OR b.account=:account)"
        if after is not None:
            args["seq"] = int(after[0])
            where += " AND b.seq<:seq"
        if search:
            escaped = search.replace("\\", "\\\\").replace("%", "\\%")
            args["like"] = "%" + escaped.replace("_", "\\_") + "%"
            where += (
                " AND (b.title LIKE :like ESCAPE '\\'"
                " OR b.params LIKE :like ESCAPE '\\')"
            )
        rows = self._db.all(f"{_BATCH}{where} ORDER BY b.seq DESC LIMIT :n", args)
        kept = rows[:limit]
        more = len(rows) > limit
        return Window(
            rows=tuple(self._summary(row) for row in kept),
            next=(str(kept[-1][0]), kept[-1][1]) if more and kept else None,
        )

    def batch(self, batch: BatchId) -> BatchSummary:
        """Return one batch; `BadInput(field="batch")` when it is unknown."""
        row = self._db.one(f"{_BATCH} WHERE b.id=?", [batch])
        if row is None:
            raise BadInput(field="batch", reason="unknown")
        return self._summary(row)

    def changes(self, batch: BatchId, *, limit: int | None) -> tuple[Change, ...]:
        """Return the changes of a batch in order."""
        rows = self._db.all(
            f"SELECT {CHANGE_COLUMNS} FROM change WHERE batch=? ORDER BY seq LIMIT ?",
            [batch, -1 if limit is None else limit],
        )
        return tuple(change_from(row) for row in rows)

    def withdrawn_by(self, batch: BatchId) -> tuple[Change, ...]:
        """Return changes that this batch withdrew."""
        rows = self._db.all(
            f"SELECT {CHANGE_COLUMNS} FROM change WHERE withdrawn_by=? ORDER BY seq",
            [batch],
        )
        return tuple(change_from(row) for row in rows)

    def overtaken(self, batch: BatchId) -> frozenset[ChangeId]:
        """Return changes of a batch whose subject a later live change touches."""
        rows = self._db.all(
            "SELECT c.id FROM change AS c"
            " WHERE (c.batch=:batch OR c.withdrawn_by=:batch)"
            " AND EXISTS (SELECT 1 FROM change AS l WHERE l.account=c.account"
            "  AND l.subject=c.subject AND l.kind=c.kind AND l.seq>c.seq"
            "  AND l.batch<>c.batch AND l.status NOT IN ('withdrawn', 'rejected'))",
            {"batch": batch},
        )
        return frozenset(ChangeId(row[0]) for row in rows)

    def _summary(self, row: Row) -> BatchSummary:
        counts = self._db.all(
            "SELECT status, count(*) FROM change WHERE batch=? GROUP BY status",
            [row[1]],
        )
        return BatchSummary(
            batch=Batch(
                id=BatchId(row[1]),
                account=AccountId(row[2]),
                title=row[3],
                params=params_from(row[4]),
                created=when_from(row[6]),
                undoes=None if row[7] is None else BatchId(row[7]),
            ),
            counts=tuple((ChangeStatus(status), number) for status, number in counts),
            kinds=frozenset(ChangeKind(kind) for kind in row[5].split()),
            undone_by=None if row[8] is None else BatchId(row[8]),
        )
