"""Shapes that every noun of the reference API shares: ids, cursors, problems."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Annotated

import msgspec


class Wire(msgspec.Struct, frozen=True, kw_only=True):
    """Root of all shapes: immutable, named fields only, unknown fields ignored."""


Id = Annotated[str, msgspec.Meta(pattern="^[0-9]{1,18}$")]
"""Id of anything on the server: decimal digits."""
Who = Annotated[str, msgspec.Meta(pattern="^(@[A-Za-z0-9_.-]{1,63}|[0-9]{1,18})$")]
"""A person: an id, or a handle with its `@`."""
ChangeKey = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]
"""Id that a client gives a change: 32 hexadecimal digits."""
Note = Annotated[str, msgspec.Meta(max_length=500)]
"""Words for oneself beside an entry."""
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""A time that says its zone."""


class ProblemCode(enum.Enum):
    """Stable word for what went wrong; each goes with one HTTP status."""

    INVALID = "invalid"
    KEY_MISSING = "key_missing"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    CONFLICT = "conflict"
    GONE = "gone"
    PRECONDITION = "precondition"
    TOO_LARGE = "too_large"
    UNSUPPORTED_MEDIA = "unsupported_media"
    KEY_REUSED = "key_reused"
    PRECONDITION_REQUIRED = "precondition_required"
    RATE_LIMITED = "rate_limited"
    INTERNAL = "internal"
    UNAVAILABLE = "unavailable"


class FieldProblem(Wire, frozen=True, kw_only=True):
    """One field that was not accepted, and a stable word why."""

    field: str
    code: str


class Problem(Wire, frozen=True, kw_only=True):
    """Problem document of RFC 9457, with our `code` and the fields in question."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    errors: list[FieldProblem] = []
