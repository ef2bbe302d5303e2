"""Parts that the figures share: the static server, a signed-in store, CPU time."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from safetyclient.adapters.store import Store
from safetyclient.domain.accounts import Account, Credential, NetworkKind
from safetyclient.domain.ids import AccountId, PersonId

HERE = Path(__file__).resolve().parent
KEY = bytes(range(32))


def cpu() -> float:
    """Return the CPU seconds that this process has used, all its threads."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


@contextmanager
def static_server() -> Iterator[str]:
    """Start the static server in its own process and yield its origin."""
    server = subprocess.Popen(
        [sys.executable, str(HERE / "pages_server.py")],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
    finally:
        server.kill()
        server.wait()


def signed_in(store: Store, origin: str) -> AccountId:
    """Put a signed-in account of the static server into a store."""
    account = Account(
        id=AccountId("bench"),
        network=NetworkKind.REFERENCE,
        server=origin,
        remote_id=PersonId("1"),
        handle="alice",
        name="Alice",
        test_server=True,
    )
    store.accounts.put(account, Credential(origin=origin, token="bench-token"))
    return account.id
