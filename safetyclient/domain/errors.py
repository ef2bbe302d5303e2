"""The one tree of expected errors; everything else is a bug.

```
SafetyError                    code, params, remedy
  x Offline                    nothing left this machine
  x NetworkTrouble             TimedOut · BadAnswer · TlsTrouble · ServerTrouble
  x Refused                    SignInExpired · RateLimited(until) · NotAllowed · Gone
                               Conflict · TooLarge · Invalid(field)
  x Unsupported                (capability, why)
  x VaultTrouble               VaultLocked · VaultMissing · VaultRefused
  x StoreTrouble               StoreFull · StoreDamaged · StoreTooNew
  x OwnerLost                  the process that has the profile ended or is silent
  x BadInput                   (field)
```
A class carries a stable `code`, `params` for the sentence, and a `remedy`; the
sentence itself lives in `resources/texts` under `error.CODE`.
"""

from __future__ import annotations

import enum
from datetime import datetime
from typing import ClassVar


class Remedy(enum.Enum):
    """What the person can do now; bound to an action, never a sentence."""

    NONE = "none"
    WAIT = "wait"
    RETRY = "retry"
    SIGN_IN = "sign_in"
    UNLOCK = "unlock"
    EDIT = "edit"
    FREE_SPACE = "free_space"
    UPDATE_APP = "update_app"
    NEW_PROFILE = "new_profile"
    OPEN_BROWSER = "open_browser"


class SafetyError(Exception):
    """Root of every expected error.

    `in_doubt` is true when the request may have reached the server all the same.
    """

    code: ClassVar[str] = "error"
    remedy: ClassVar[Remedy] = Remedy.NONE

    def __init__(self, *, in_doubt: bool = False, **params: str | int) -> None:
        self.in_doubt = in_doubt
        self.params: dict[str, str | int] = dict(params)
        super().__init__(self.code)


class Offline(SafetyError):
    """Nothing left this machine: the server could not be reached."""

    code = "offline"
    remedy = Remedy.WAIT


class NetworkTrouble(SafetyError):
    """The exchange broke; whether the server acted is not known."""

    code = "network"
    remedy = Remedy.RETRY

    def __init__(self, *, in_doubt: bool = True, **params: str | int) -> None:
        super().__init__(in_doubt=in_doubt, **params)


class TimedOut(NetworkTrouble):
    """No complete answer before the deadline."""

    code = "timed_out"


class BadAnswer(NetworkTrouble):
    """The server answered something that is not what it promised."""

    code = "bad_answer"


class TlsTrouble(NetworkTrouble):
    """The server could not prove who it is; nothing was sent."""

    code = "tls"

    def __init__(self, **params: str | int) -> None:
        super().__init__(in_doubt=False, **params)


class ServerTrouble(NetworkTrouble):
    """The server failed (5xx)."""

    code = "server"
    remedy = Remedy.WAIT


class Refused(SafetyError):
    """The server understood and said no."""

    code = "refused"


class SignInExpired(Refused):
    """The token is no longer valid; the account pauses until a new sign-in."""

    code = "sign_in_expired"
    remedy = Remedy.SIGN_IN


class RateLimited(Refused):
    """The server asks us to wait until a time."""

    code = "rate_limited"
    remedy = Remedy.WAIT

    def __init__(self, *, until: datetime) -> None:
        self.until = until
        super().__init__(until=until.isoformat())


class NotAllowed(Refused):
    """The account may not do this."""

    code = "not_allowed"


class Gone(Refused):
    """The subject is not there (any more), or is hidden from this account."""

    code = "gone"


class Conflict(Refused):
    """The server's state is not what this change started from."""

    code = "conflict"
    remedy = Remedy.RETRY


class TooLarge(Refused):
    """A file or a body is over the server's limit."""

    code = "too_large"
    remedy = Remedy.EDIT


class Invalid(Refused):
    """The server names a field that it does not accept."""

    code = "invalid"
    remedy = Remedy.EDIT

    def __init__(self, *, field: str = "") -> None:
        self.field = field
        super().__init__(field=field)


class Unsupported(SafetyError):
    """The network does not offer this capability."""

    code = "unsupported"
    remedy = Remedy.OPEN_BROWSER

    def __init__(self, *, capability: str, why: str = "") -> None:
        super().__init__(capability=capability, why=why)


class VaultTrouble(SafetyError):
    """The key of the store cannot be had."""

    code = "vault"
    remedy = Remedy.UNLOCK


class VaultLocked(VaultTrouble):
    """The keyring is locked or does not answer, or the passphrase is wrong."""

    code = "vault_locked"


class VaultMissing(VaultTrouble):
    """There is no usable keyring, or the key is no longer in it."""

    code = "vault_missing"
    remedy = Remedy.NEW_PROFILE


class VaultRefused(VaultTrouble):
    """A keyring that stores nothing or stores plain text is not used."""

    code = "vault_refused"
    remedy = Remedy.NONE


class StoreTrouble(SafetyError):
    """The local store cannot be read or written."""

    code = "store"


class StoreFull(StoreTrouble):
    """The disk has no room."""

    code = "store_full"
    remedy = Remedy.FREE_SPACE


class StoreDamaged(StoreTrouble):
    """The file is not what it was; it is kept untouched."""

    code = "store_damaged"
    remedy = Remedy.NEW_PROFILE


class StoreTooNew(StoreTrouble):
    """The file was written by a newer version; it is kept untouched."""

    code = "store_too_new"
    remedy = Remedy.UPDATE_APP


class OwnerLost(SafetyError):
    """The process that has the profile ended, or was silent, before it answered."""

    code = "owner_lost"
    remedy = Remedy.RETRY

    def __init__(self, **params: str | int) -> None:
        super().__init__(in_doubt=True, **params)


class BadInput(SafetyError):
    """Something typed or picked here cannot be used.

    `reason` is a stable word; the sentence is `error.bad_input.REASON`.
    """

    code = "bad_input"
    remedy = Remedy.EDIT

    def __init__(self, *, field: str, reason: str, **params: str | int) -> None:
        self.field = field
        self.reason = reason
        super().__init__(in_doubt=False, field=field, reason=reason, **params)
