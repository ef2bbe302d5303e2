"""Keyring programs for tests of what a real one cannot be made to do on demand."""

from __future__ import annotations

import threading

from keyring.errors import KeyringError, KeyringLocked, PasswordSetError

from safetyclient.adapters.vault.backends import Backend
from safetyclient.domain.errors import VaultMissing
from safetyclient.domain.vaults import KeyringState

NAME = "keyring.backends.Windows.WinVaultKeyring"
WINDOWS_LIMIT = 2560


class FakeBackend:
    """Keeps entries in memory, with the limit of the Windows credential store."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}
        self.locked = False
        self.forgetful = False
        self.sticky = False
        self.error: Exception | None = None
        self.hold: threading.Event | None = None

    def begin(self) -> None:
        if self.hold is not None:
            self.hold.wait(20)
        if self.locked:
            raise KeyringLocked
        if self.error is not None:
            raise self.error

    def get_password(self, service: str, username: str) -> str | None:
        self.begin()
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.begin()
        if len(password.encode("utf-16-le")) > WINDOWS_LIMIT:
            raise PasswordSetError("stub received bad data")
        if not self.forgetful:
            self.entries[(service, username)] = password

    def delete_password(self, service: str, username: str) -> None:
        self.begin()
        if not self.sticky:
            del self.entries[(service, username)]


class FakeBackends:
    """Hands out one fake program, or none."""

    def __init__(self, backend: FakeBackend | None) -> None:
        self.backend = backend
        self.asked: list[str] = []

    def pick(self) -> tuple[str, Backend]:
        if self.backend is None:
            raise VaultMissing
        return NAME, self.backend

    def named(self, name: str) -> Backend:
        self.asked.append(name)
        if self.backend is None:
            raise VaultMissing
        return self.backend

    def state(self) -> KeyringState:
        if self.backend is None:
            raise KeyringError
        self.backend.begin()
        return KeyringState.READY
