"""SettingRows: small local settings, never secret."""

from __future__ import annotations

from safetyclient.adapters.store.database import Database


class SettingRows:
    """The table `setting`."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def get(self, key: str) -> str:
        """Return a setting, or an empty string."""
        found = self._db.value("SELECT value FROM setting WHERE key=?", [key])
        return "" if found is None else str(found)

    def put(self, key: str, value: str) -> None:
        """Keep a setting."""
        self._db.run(
            "INSERT INTO setting VALUES (?, ?)"
            " ON CONFLICT (key) DO UPDATE SET value=excluded.value",
            [key, value],
        )
