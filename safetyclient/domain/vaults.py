"""Where the key of a profile's store is kept, and what can be said about it."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class VaultKind(enum.Enum):
    """The three places for the key; there is none in plain text on disk."""

    KEYRING = "keyring"
    PASSPHRASE = "passphrase"  # noqa: S105 - the name of a kind
    SESSION = "session"


@dataclass(frozen=True, slots=True)
class VaultStatus:
    """What is known about a profile's key without asking for it.

    `kind` is None for a profile that has no key yet. `backend` names the keyring
    program (empty otherwise). `leftover` is true while an older copy of the key
    could not be taken out of the keyring yet.
    """

    kind: VaultKind | None
    backend: str = ""
    leftover: bool = False


class KeyringState(enum.Enum):
    """What the system keyring would do now, found out without a prompt."""

    READY = "ready"
    LOCKED = "locked"
    SILENT = "silent"
    MISSING = "missing"
    REFUSED = "refused"

    @property
    def usable(self) -> bool:
        """Return whether a first profile may be put there without asking."""
        return self in {KeyringState.READY, KeyringState.LOCKED}
