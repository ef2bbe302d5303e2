"""Paths: every id is checked by its kind and can only be one segment."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from safetyclient.domain.errors import BadInput
from safetyclient.domain.people import parse_handle

_NUMBER = re.compile(r"[0-9]{1,20}")
_KEY = re.compile(r"[0-9a-f]{32}")
_PLACE = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Path:
    """A path that is safe to ask for; `template` is what the log shows of it."""

    template: str
    text: str


def number(text: str) -> str:
    """Return a decimal id.

    Raises:
        BadInput: field `ref`, for anything else.
    """
    if not _NUMBER.fullmatch(text):
        raise BadInput(field="ref", reason="ref")
    return text


def key(text: str) -> str:
    """Return a change id.

    Raises:
        BadInput: field `ref`, for anything else.
    """
    if not _KEY.fullmatch(text):
        raise BadInput(field="ref", reason="ref")
    return text


def who(text: str) -> str:
    """Return a decimal id, or `@` and a handle.

    Raises:
        BadInput: when it is neither.
    """
    if text.startswith("@"):
        return f"@{parse_handle(text)}"
    return number(text)


_KINDS = {"id": number, "media": number, "n": number, "key": key, "who": who}


def path(template: str, **values: str) -> Path:
    """Return a path with ids put into its places.

    The name of a place is the kind of id that it takes: `id`, `media` and `n`
    (digits), `key` (a change id), `who` (an id or `@handle`).

    Raises:
        BadInput: when a value is not an id of its kind.
        KeyError: when a place is of no known kind or has no value.
    """
    checked = {
        name: quote(_KINDS[name](values[name]), safe="")
        for name in _PLACE.findall(template)
    }
    if len(checked) != len(values):
        raise KeyError(template)
    return Path(template, _PLACE.sub(lambda match: checked[match[1]], template))
