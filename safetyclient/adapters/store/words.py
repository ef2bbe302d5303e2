"""Words: search in lists, by an index built in slices, or by reading in order."""

from __future__ import annotations

from safetyclient.adapters.store.database import Database, Value

_FEW = 2000
"""Hits up to which the index is used; more of them are found sooner in order."""
_TRIGRAM = 3
_MARK = "words_mark"


class Words:
    """The full text index over handle, name and note of list entries.

    It lags behind: until it is complete, and for one or two letters, rows are read
    in key order and compared, which stops at the end of a window.
    """

    def __init__(self, database: Database) -> None:
        self._db = database

    def condition(self, search: str, args: dict[str, Value]) -> str:
        """Return a condition on `m` for rows that hold a text; adds its values."""
        escaped = search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        args["like"] = f"%{escaped}%"
        if len(search) >= _TRIGRAM and self._complete():
            args["words"] = '"' + search.replace('"', '""') + '"'
            hits = self._db.value(
                "SELECT count(*) FROM (SELECT 1 FROM entry_words"
                f" WHERE entry_words MATCH :words LIMIT {_FEW + 1})",
                {"words": args["words"]},
            )
            if hits <= _FEW:
                return (
                    " AND m.id IN (SELECT rowid FROM entry_words"
                    " WHERE entry_words MATCH :words)"
                )
        return (
            " AND (m.handle LIKE :like ESCAPE '\\' OR m.name LIKE :like ESCAPE '\\'"
            " OR m.note LIKE :like ESCAPE '\\')"
        )

    def index_slice(self, rows: int) -> bool:
        """Index some rows; returns whether more are waiting."""
        with self._db.transaction():
            left = self._freshen(rows)
            return self._extend(rows) or left

    def _freshen(self, rows: int) -> bool:
        """Index again what was reworded, drop what was deleted."""
        stale = [
            row[0] for row in self._db.all("SELECT id FROM entry_stale LIMIT ?", [rows])
        ]
        if not stale:
            return False
        mark = self._mark()
        self._db.many(
            "DELETE FROM entry_words WHERE rowid=? AND ?<=?",
            [(id, id, mark) for id in stale],
        )
        self._db.many(
            "INSERT INTO entry_words (rowid, words) SELECT id,"
            " concat_ws(char(10), handle, name, note) FROM mirror_entry"
            " WHERE id=? AND id<=?",
            [(id, mark) for id in stale],
        )
        self._db.many("DELETE FROM entry_stale WHERE id=?", [(id,) for id in stale])
        return len(stale) == rows

    def _extend(self, rows: int) -> bool:
        """Index the next new rows."""
        mark = self._mark()
        last = self._db.value(
            "SELECT max(id) FROM (SELECT id FROM mirror_entry WHERE id>?"
            " ORDER BY id LIMIT ?)",
            [mark, rows],
        )
        if last is None:
            return False
        self._db.run(
            "INSERT INTO entry_words (rowid, words) SELECT id,"
            " concat_ws(char(10), handle, name, note) FROM mirror_entry"
            " WHERE id>? AND id<=?",
            [mark, last],
        )
        self._db.run(
            "INSERT INTO setting VALUES (?, ?)"
            " ON CONFLICT (key) DO UPDATE SET value=excluded.value",
            [_MARK, str(last)],
        )
        return True

    def _mark(self) -> int:
        return int(
            self._db.value("SELECT value FROM setting WHERE key=?", [_MARK]) or 0
        )

    def _complete(self) -> bool:
        return not self._db.value(
            "SELECT EXISTS (SELECT 1 FROM mirror_entry WHERE id>?)"
            " OR EXISTS (SELECT 1 FROM entry_stale)",
            [self._mark()],
        )
