"""Mutes and blocks: entries with reason and end, and windows over them."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

from safetyclient.domain.errors import BadInput
from safetyclient.domain.ids import ChangeId
from safetyclient.domain.people import Person
from safetyclient.domain.rows import RowState

T = TypeVar("T")


class ListKind(enum.Enum):
    """The two private lists of an account."""

    MUTES = "mutes"
    BLOCKS = "blocks"


@dataclass(frozen=True, slots=True)
class ListEntry:
    """One projected row: somebody muted or blocked, why, until when, how sure."""

    kind: ListKind
    person: Person
    since: datetime | None
    until: datetime | None = None
    note: str = ""
    state: RowState = RowState.ON_SERVER
    change: ChangeId | None = None
    problem: str = ""


RowKey = tuple[str, str]
"""Sort key and id of a row: the place where the next window begins."""


@dataclass(frozen=True, slots=True)
class Window(Generic[T]):
    """Some rows of a long list, in order.

    `next` is the key after the last row (None at the end). `total` is None while
    it has not been counted.
    """

    rows: tuple[T, ...]
    next: RowKey | None = None
    total: int | None = None


_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DURATION = re.compile(r"(\d{1,4})([mhdw])", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def parse_end(text: str, *, now: datetime) -> datetime:
    """Return when something ends: `30m`, `6h`, `7d`, `2w`, or an ISO date or time.

    A date without a time means its end in UTC; a time without a zone means UTC.

    Raises:
        BadInput: field `until`, when the text is neither, or not in the future.
    """
    try:
        end = _end(text.strip(), now=now)
    except (ValueError, OverflowError):
        raise BadInput(field="until", reason="end") from None
    if end <= now:
        raise BadInput(field="until", reason="end_past")
    return end


def _end(text: str, *, now: datetime) -> datetime:
    if match := _DURATION.fullmatch(text):
        end = now + timedelta(**{_UNITS[match[2]]: int(match[1])})
    elif _DATE.fullmatch(text):
        end = datetime.fromisoformat(text) + timedelta(days=1)
    else:
        end = datetime.fromisoformat(text)
    if end.tzinfo is None:
        end = end.replace(tzinfo=UTC)
    return end.astimezone(UTC).replace(microsecond=0)
