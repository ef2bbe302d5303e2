"""The key wrapped by a passphrase: Argon2id makes the wrapping key."""

from __future__ import annotations

import asyncio
import os
import unicodedata
from dataclasses import dataclass

from safetyclient.domain.errors import BadInput, VaultLocked, VaultMissing

MEMORY_KIB = 64 * 1024
ROUNDS = 3
LANES = 1
SALT_BYTES = 16
NONCE_BYTES = 12
SEALED_BYTES = 32 + 16
_MOST_MEMORY_KIB = 1024 * 1024
_MOST_ROUNDS = 16
_MOST_LANES = 8


@dataclass(frozen=True, slots=True)
class Wrap:
    """A wrapped key and how it was wrapped; nothing in it is secret."""

    salt: bytes
    nonce: bytes
    sealed: bytes
    memory_kib: int = MEMORY_KIB
    rounds: int = ROUNDS
    lanes: int = LANES

    def __post_init__(self) -> None:
        """Refuse values that no version of ours ever wrote."""
        sound = (
            len(self.salt) == SALT_BYTES
            and len(self.nonce) == NONCE_BYTES
            and len(self.sealed) == SEALED_BYTES
            and 8 <= self.memory_kib <= _MOST_MEMORY_KIB
            and 1 <= self.rounds <= _MOST_ROUNDS
            and 1 <= self.lanes <= _MOST_LANES
        )
        if not sound:
            raise VaultMissing(why="wrap")

    def bound_to(self, profile: str) -> bytes:
        """Return what the seal also covers: the profile and the parameters."""
        costs = f"{self.memory_kib}/{self.rounds}/{self.lanes}"
        return f"safetyclient/1/{profile}/{costs}".encode()


async def wrap(key: bytes, *, passphrase: str, profile: str) -> Wrap:
    """Wrap a key by a passphrase."""
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    empty = Wrap(
        salt=os.urandom(SALT_BYTES),
        nonce=os.urandom(NONCE_BYTES),
        sealed=bytes(SEALED_BYTES),
    )
    wrapping = await asyncio.to_thread(_derive, empty, passphrase)
    sealed = ChaCha20Poly1305(wrapping).encrypt(
        empty.nonce, key, empty.bound_to(profile)
    )
    return Wrap(salt=empty.salt, nonce=empty.nonce, sealed=sealed)


async def unwrap(wrapped: Wrap, *, passphrase: str, profile: str) -> bytes:
    """Return the key.

    Raises:
        VaultLocked: the passphrase is not the one that it was wrapped by.
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    wrapping = await asyncio.to_thread(_derive, wrapped, passphrase)
    try:
        return ChaCha20Poly1305(wrapping).decrypt(
            wrapped.nonce, wrapped.sealed, wrapped.bound_to(profile)
        )
    except InvalidTag:
        raise VaultLocked(passphrase=1) from None


def _derive(wrapped: Wrap, passphrase: str) -> bytes:
    from argon2.low_level import Type, hash_secret_raw

    # One spelling, however a keyboard composes its accents.
    text = unicodedata.normalize("NFC", passphrase)
    if not text:
        raise BadInput(field="passphrase", reason="passphrase_empty")
    return hash_secret_raw(
        secret=text.encode("utf-8", "surrogatepass"),
        salt=wrapped.salt,
        time_cost=wrapped.rounds,
        memory_cost=wrapped.memory_kib,
        parallelism=wrapped.lanes,
        hash_len=32,
        type=Type.ID,
    )
