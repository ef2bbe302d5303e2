"""One 32-byte key per profile in the system keyring, read back after it is written."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable, Generator
from typing import TypeVar

from safetyclient.adapters.vault.backends import Backend, Backends, SystemBackends
from safetyclient.adapters.vault.patience import PATIENCE, Abandoned, within
from safetyclient.domain.errors import (
    SafetyError,
    VaultLocked,
    VaultMissing,
    VaultRefused,
)
from safetyclient.domain.vaults import KeyringState

T = TypeVar("T")

SERVICE = "Safety Client"
KEY_BYTES = 32


class SystemKeyring:
    """The keyring as the vault sees it; every call ends within its patience."""

    def __init__(
        self, *, backends: Backends | None = None, patience: float = PATIENCE
    ) -> None:
        self._backends: Backends = backends or SystemBackends()
        self._patience = patience

    async def state(self) -> KeyringState:
        """Tell what the keyring would do now, without a prompt."""
        try:
            return await within(self._patience, lambda _gone: self._backends.state())
        except TimeoutError:
            return KeyringState.SILENT
        except (OSError, RuntimeError):
            return KeyringState.MISSING

    async def put(self, entry: str, key: bytes) -> str:
        """Keep a key and read it back; return the name of the program that has it."""

        def work(gone: Abandoned) -> str:
            name, backend = self._backends.pick()
            backend.set_password(SERVICE, entry, key.hex())
            if gone:  # nobody will ever look for it
                backend.delete_password(SERVICE, entry)
            elif backend.get_password(SERVICE, entry) != key.hex():
                raise VaultRefused(backend=name)
            return name

        return await self._run(work)

    async def get(self, entry: str, *, backend: str) -> bytes:
        """Return a key from the program that was recorded, and from no other."""

        def work(_gone: Abandoned) -> str | None:
            return self._backends.named(backend).get_password(SERVICE, entry)

        text = await self._run(work)
        if text is None:
            raise VaultMissing(backend=backend)
        try:
            key = bytes.fromhex(text)
        except ValueError:
            raise VaultMissing(backend=backend) from None
        if len(key) != KEY_BYTES:
            raise VaultMissing(backend=backend)
        return key

    async def delete(self, entry: str, *, backend: str) -> None:
        """Remove a key and make sure that it is gone; a missing one is fine."""

        def work(_gone: Abandoned) -> None:
            ring: Backend = self._backends.named(backend)
            if ring.get_password(SERVICE, entry) is not None:
                ring.delete_password(SERVICE, entry)
            if ring.get_password(SERVICE, entry) is not None:
                raise VaultRefused(backend=backend)

        await self._run(work)

    async def _run(self, work: Callable[[Abandoned], T]) -> T:
        def guarded(gone: Abandoned) -> T:
            with _translated():
                return work(gone)

        try:
            return await within(self._patience, guarded)
        except TimeoutError:
            raise VaultLocked(silent=1) from None


@contextlib.contextmanager
def _translated() -> Generator[None]:
    """Turn what keyring programs raise into ours; the one place that does."""
    errors = importlib.import_module("keyring.errors")
    try:
        yield
    except SafetyError:
        raise
    except errors.KeyringLocked:
        raise VaultLocked from None
    except (errors.NoKeyringError, errors.InitError):
        raise VaultMissing from None
    except (errors.PasswordSetError, errors.PasswordDeleteError):
        raise VaultRefused from None
    except errors.KeyringError:
        raise VaultLocked from None
    except TimeoutError:
        raise VaultLocked(silent=1) from None
    except Exception as error:
        # Back ends let errors of D-Bus libraries and of the system pass unchanged.
        raise VaultMissing(why=type(error).__name__) from error
