"""JSON from a server: typed, bounded, and never another error than BadAnswer."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from safetyclient.domain.errors import BadAnswer

T = TypeVar("T")
MAX_NESTING = 64
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


def too_deep(body: bytes, limit: int = MAX_NESTING) -> bool:
    """Return whether brackets are nested deeper than a limit.

    The cheap look takes brackets in strings for real ones; only when the brackets
    do not close within the limit the strings are taken out and the depth counted.
    """
    rest = body.translate(None, delete=_NOT_BRACKETS)
    for _ in range(limit):
        if not rest:
            return False
        rest = rest.replace(b"[]", b"").replace(b"{}", b"")
    if not rest:
        return False
    if b"\\" in body:
        body = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    depth = 0
    for byte in b"".join(body.split(b'"')[::2]).translate(None, delete=_NOT_BRACKETS):
        depth += 1 if byte in b"[{" else -1
        if depth > limit:
            return True
    return False


def decode(body: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    """Return what a body says.

    Raises:
        BadAnswer: when it is not JSON, not of the type, or nested too deep.
    """
    if too_deep(body):
        raise BadAnswer(why="nesting")
    try:
        return decoder.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError, OverflowError):
        raise BadAnswer(why="json") from None
