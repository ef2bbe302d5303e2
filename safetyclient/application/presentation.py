"""Presentation: how each expected error is shown; one total match, no widgets."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from safetyclient.domain.errors import (
    BadInput,
    NetworkTrouble,
    Offline,
    RateLimited,
    Refused,
    Remedy,
    SafetyError,
    SignInExpired,
    StoreFull,
    StoreTrouble,
    TlsTrouble,
    Unsupported,
    VaultTrouble,
)


class Level(enum.Enum):
    """How loudly a problem speaks."""

    CHIP = "chip"
    ROW = "row"
    BANNER = "banner"
    FIELD = "field"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class Presentation:
    """What to show for a problem: where, which sentence, what can be done.

    `field` names the control of a `Level.FIELD` problem.
    """

    level: Level
    key: str
    params: Mapping[str, str | int] = field(default_factory=dict[str, str | int])
    remedy: Remedy = Remedy.NONE
    field: str = ""


BUG = Presentation(Level.PAGE, "error.bug")
"""What is shown for anything that is not an expected error."""


def present(error: BaseException) -> Presentation:
    """Return how an error is shown; anything unexpected is shown as a bug."""
    if not isinstance(error, SafetyError):
        return BUG
    return Presentation(
        level=level_of(error),
        key=_key(error),
        params=_params(error),
        remedy=error.remedy,
        field=error.field if isinstance(error, BadInput) else "",
    )


def present_code(code: str) -> Presentation:
    """Return how a problem kept with a change (`Change.problem`) is shown."""
    return Presentation(Level.ROW, f"error.{code}") if code else BUG


def level_of(error: SafetyError) -> Level:
    """Return how loudly an error speaks."""
    match error:
        case SignInExpired() | VaultTrouble() | TlsTrouble() | StoreFull():
            return Level.BANNER
        case Offline() | NetworkTrouble() | RateLimited():
            return Level.CHIP
        case Refused() | Unsupported():
            return Level.ROW
        case BadInput():
            return Level.FIELD
        case StoreTrouble():
            return Level.PAGE
        case _:
            return Level.PAGE


def _key(error: SafetyError) -> str:
    if isinstance(error, BadInput):
        return f"error.bad_input.{error.reason}"
    return f"error.{error.code}"


def _params(error: SafetyError) -> Mapping[str, str | int]:
    if isinstance(error, RateLimited):
        return {"until": error.until.astimezone().strftime("%H:%M")}
    return error.params
