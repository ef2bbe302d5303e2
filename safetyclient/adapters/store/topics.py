"""Topics: the number and the generation of each mirror of each account."""

from __future__ import annotations

from safetyclient.adapters.store.database import Database
from safetyclient.domain.ids import AccountId

REQUESTS = "requests"
FOLLOWERS = "followers"
POSTS = "posts"
SPACES = "spaces"


class Topics:
    """The table `mirror_topic`: rows of a mirror carry its number.

    A whole read begins a new generation; what is written meanwhile carries it, and
    what still carries an older one at the end was not there.
    """

    def __init__(self, database: Database) -> None:
        self._db = database
        self._numbers: dict[tuple[str, str], int] = {}

    def number(self, account: AccountId, topic: str) -> int:
        """Return the number of a mirror; makes it when it is new."""
        key = (account, topic)
        found = self._numbers.get(key)
        if found is None:
            select = "SELECT no FROM mirror_topic WHERE account=? AND topic=?"
            found = self._db.value(select, key)
            if found is None:
                self._db.run(
                    "INSERT INTO mirror_topic (account, topic) VALUES (?, ?)", key
                )
                return int(self._db.value(select, key))
            self._numbers[key] = found
        return found

    def generation(self, number: int) -> int:
        """Return the present generation."""
        return int(self._db.value("SELECT gen FROM mirror_topic WHERE no=?", [number]))

    def begin(self, number: int) -> None:
        """Begin a new generation."""
        self._db.run("UPDATE mirror_topic SET gen = gen + 1 WHERE no=?", [number])

    def mark(self, number: int) -> str:
        """Return the mark of the last read."""
        return str(self._db.value("SELECT mark FROM mirror_topic WHERE no=?", [number]))

    def set_mark(self, number: int, mark: str) -> None:
        """Keep the mark of a read."""
        self._db.run("UPDATE mirror_topic SET mark=? WHERE no=?", [mark, number])

    def forget(self) -> None:
        """Forget the numbers of an account that was removed."""
        self._numbers.clear()
