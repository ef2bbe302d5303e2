"""Addresses of the reference network, read without asking it."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from safetyclient.domain.errors import BadInput
from safetyclient.domain.ids import SubjectKind, SubjectRef
from safetyclient.domain.people import parse_handle

_ID = "[0-9]{1,20}"
_SHORT = re.compile(rf"(post|account|media|space|list|message|ad):({_ID})")
_ROUTES = (
    (re.compile(rf"/@([^/]+)/posts/({_ID})"), SubjectKind.POST),
    (re.compile(rf"/spaces/({_ID})"), SubjectKind.SPACE),
    (re.compile(rf"/v1/media/({_ID})"), SubjectKind.MEDIA),
    (re.compile(r"/@([^/]+)"), SubjectKind.ACCOUNT),
)
_MAX = 500


def parse_address(text: str, *, origin: str) -> SubjectRef | None:
    """Return what an address, `KIND:ID` or `@handle` points at, or None.

    An account whose id is not known has `@handle` as its id.
    """
    text = text.strip()
    if len(text) > _MAX:
        return None
    if match := _SHORT.fullmatch(text):
        return SubjectRef(SubjectKind(match[1]), match[2])
    handle = text.removeprefix("account:")
    if handle.startswith("@"):
        return _account(handle)
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    if f"{parts.scheme}://{parts.netloc}".casefold() != origin.casefold():
        return None
    return _route(parts.path.rstrip("/"))


def _account(handle: str) -> SubjectRef | None:
    try:
        return SubjectRef(SubjectKind.ACCOUNT, f"@{parse_handle(handle)}")
    except BadInput:
        return None


def _route(path: str) -> SubjectRef | None:
    for pattern, kind in _ROUTES:
        match = pattern.fullmatch(path)
        if match and kind is SubjectKind.ACCOUNT:
            return _account(unquote(match[1]))
        if match:
            return SubjectRef(kind, match[match.re.groups])
    return None
