"""Launch: what the window is started with, and what opening a profile gives it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from safetyclient.application.facade import SafetyClient
    from safetyclient.application.notify import Notifier


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """How a profile is to be opened; empty means: as it was decided before.

    `vault` is `keyring`, `passphrase` or `session`. `new_profile` leaves a store
    whose key is lost untouched and begins a new one beside it.
    """

    vault: str = ""
    passphrase: str = ""
    new_profile: bool = False

    def __repr__(self) -> str:
        """Hide the passphrase."""
        return f"OpenRequest(vault={self.vault!r}, new_profile={self.new_profile})"


@dataclass(frozen=True, slots=True)
class Opened:
    """An open profile; `session` means that nothing outlives this process."""

    client: SafetyClient
    notifier: Notifier
    vault: str
    session: bool


@dataclass(frozen=True, slots=True)
class Launch:
    """Everything the window needs; the profile's owner lock is already held.

    `open` and `close` run on the core loop. `open` may be called again after it
    raised a `VaultTrouble` or a `StoreTrouble`. `listen` takes a callback that is
    called on the core loop when another start of the app asks for this window, with
    the `safetyclient://` address it was given or an empty string.
    """

    profile: Path
    open: Callable[[OpenRequest], Awaitable[Opened]]
    close: Callable[[], Awaitable[None]]
    listen: Callable[[Callable[[str], None]], None]
    address: str = ""
    smoke: bool = False
