"""Store: the encrypted local store, one attribute per group of tables."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from safetyclient.adapters.store.accounts import AccountRows
from safetyclient.adapters.store.cases import CaseRows
from safetyclient.adapters.store.database import Database, open_database
from safetyclient.adapters.store.drafts import DraftRows
from safetyclient.adapters.store.history import HistoryRows
from safetyclient.adapters.store.lists import ListRows
from safetyclient.adapters.store.mirrors import MirrorRows
from safetyclient.adapters.store.outbox import OutboxRows
from safetyclient.adapters.store.people import PeopleRows
from safetyclient.adapters.store.posts import PostRows
from safetyclient.adapters.store.settings import SettingRows
from safetyclient.adapters.store.spaces import SpaceRows
from safetyclient.adapters.store.topics import Topics


class Store:
    """Everything that is kept on this computer.

    Used by the core thread alone. A write that returned is on the disk
    (`synchronous=FULL`); one that raised left nothing behind.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        topics = Topics(database)
        self.mirrors = MirrorRows(database, topics)
        self.accounts = AccountRows(database, topics)
        self.outbox = OutboxRows(database, self.mirrors)
        self.history = HistoryRows(database)
        self.people = PeopleRows(database, topics, self.mirrors)
        self.lists = ListRows(database, topics)
        self.posts = PostRows(database, topics)
        self.spaces = SpaceRows(database, topics)
        self.drafts = DraftRows(database)
        self.cases = CaseRows(database)
        self.settings = SettingRows(database)

    @classmethod
    def open(cls, path: Path | None, key: bytes) -> Store:
        """Open the store's file, or one in memory; `key` has 32 bytes.

        Raises:
            StoreTooNew: a newer version wrote the file; it is left as it was.
            StoreDamaged: the file is no store, or its key is another; likewise.
            StoreFull: the disk has no room.
            StoreTrouble: the file cannot be opened or made.
        """
        return cls(open_database(path, key))

    def transaction(self) -> AbstractContextManager[None]:
        """Return a context in which several writes stand or fall together."""
        return self.database.transaction()

    def close(self) -> None:
        """Close the file."""
        self.database.close()
