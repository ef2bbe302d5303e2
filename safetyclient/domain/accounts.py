"""Accounts: identities that are signed in on this computer."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from safetyclient.domain.ids import AccountId, PersonId


class NetworkKind(enum.Enum):
    """The networks that have an adapter."""

    REFERENCE = "reference"
    MASTODON = "mastodon"
    BLUESKY = "bluesky"
    X = "x"


class SignInState(enum.Enum):
    """Whether the account's token still works."""

    SIGNED_IN = "signed_in"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the person: who they are on one network.

    `server` is an origin (`https://example.org`, or `http://127.0.0.1:8000` for a
    test server on this computer that the person typed themselves).
    """

    id: AccountId
    network: NetworkKind
    server: str
    remote_id: PersonId
    handle: str
    name: str
    state: SignInState = SignInState.SIGNED_IN
    test_server: bool = False


@dataclass(frozen=True, slots=True)
class Credential:
    """A token and the one origin that may see it; never logged, never shown."""

    origin: str
    token: str

    def __repr__(self) -> str:
        """Hide the token."""
        return f"Credential(origin={self.origin!r}, token=…)"
