"""AccountRows: signed-in accounts and their tokens."""

from __future__ import annotations

from safetyclient.adapters.store.database import Database, Row
from safetyclient.adapters.store.schema import ACCOUNT_TABLES, TOPIC_TABLES
from safetyclient.adapters.store.topics import Topics
from safetyclient.domain.accounts import Account, Credential, NetworkKind, SignInState
from safetyclient.domain.errors import BadInput
from safetyclient.domain.ids import AccountId, PersonId

_COLUMNS = "id, network, server, remote_id, handle, name, state, test_server"


class AccountRows:
    """The table `account`."""

    def __init__(self, database: Database, topics: Topics) -> None:
        self._db = database
        self._topics = topics

    def all(self) -> tuple[Account, ...]:
        """Return the accounts in the order in which they were added."""
        rows = self._db.all(f"SELECT {_COLUMNS} FROM account ORDER BY ordinal")
        return tuple(_account(row) for row in rows)

    def get(self, account: AccountId) -> Account:
        """Return one account; `BadInput(field="account")` when it is unknown."""
        row = self._db.one(f"SELECT {_COLUMNS} FROM account WHERE id=?", [account])
        if row is None:
            raise BadInput(field="account", reason="unknown")
        return _account(row)

    def credential(self, account: AccountId) -> Credential:
        """Return the token of an account."""
        row = self._db.one("SELECT origin, token FROM account WHERE id=?", [account])
        if row is None:
            raise BadInput(field="account", reason="unknown")
        return Credential(origin=row[0], token=row[1])

    def put(self, account: Account, credential: Credential) -> None:
        """Add an account, or replace its row and token."""
        self._db.run(
            f"INSERT INTO account ({_COLUMNS}, origin, token)"
            " VALUES (?,?,?,?,?,?,?,?,?,?) ON CONFLICT (id) DO UPDATE SET"
            " handle=excluded.handle, name=excluded.name, state=excluded.state,"
            " test_server=excluded.test_server, origin=excluded.origin,"
            " token=excluded.token",
            [
                account.id,
                account.network.value,
                account.server,
                account.remote_id,
                account.handle,
                account.name,
                account.state.value,
                int(account.test_server),
                credential.origin,
                credential.token,
            ],
        )

    def set_state(self, account: AccountId, state: SignInState) -> None:
        """Note whether the token still works."""
        self._db.run("UPDATE account SET state=? WHERE id=?", [state.value, account])

    def remove(self, account: AccountId) -> None:
        """Remove an account and everything that belongs to it."""
        with self._db.transaction():
            self._db.run(
                "DELETE FROM uploaded WHERE change IN"
                " (SELECT id FROM change WHERE account=?)",
                [account],
            )
            for table, column in TOPIC_TABLES.items():
                self._db.run(
                    f"DELETE FROM {table} WHERE {column} IN"
                    " (SELECT no FROM mirror_topic WHERE account=?)",
                    [account],
                )
            for table in ACCOUNT_TABLES:
                self._db.run(f"DELETE FROM {table} WHERE account=?", [account])
            self._db.run("DELETE FROM account WHERE id=?", [account])
        self._topics.forget()
        self._db.clean()


def _account(row: Row) -> Account:
    return Account(
        id=AccountId(row[0]),
        network=NetworkKind(row[1]),
        server=row[2],
        remote_id=PersonId(row[3]),
        handle=row[4],
        name=row[5],
        state=SignInState(row[6]),
        test_server=bool(row[7]),
    )
