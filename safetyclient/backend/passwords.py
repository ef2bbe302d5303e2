"""Passwords: argon2id, and the same work for a handle that nobody has."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from safetyclient.backend.settings import Settings


class Passwords:
    """Makes and checks password hashes."""

    def __init__(self, settings: Settings) -> None:
        self._hasher = PasswordHasher(
            time_cost=settings.argon2_passes,
            memory_cost=settings.argon2_memory_kib,
            parallelism=settings.argon2_lanes,
        )

    def hash(self, password: str) -> str:
        """Return the hash of a password."""
        return self._hasher.hash(password)

    def hash_all(self, passwords: list[str]) -> list[str]:
        """Return hashes in the same order, made side by side."""
        with ThreadPoolExecutor(max_workers=2) as pool:
            return list(pool.map(self.hash, passwords))

    def matches(self, known: str, password: str) -> bool:
        """Return whether a password fits; with an empty `known` it takes as long."""
        try:
            self._hasher.verify(known or self._nobody, password)
        except (VerificationError, InvalidHashError):
            return False
        return bool(known)

    @cached_property
    def _nobody(self) -> str:
        return self.hash("nobody has this password")
