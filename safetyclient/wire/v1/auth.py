"""Shapes of signing in."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

from safetyclient.wire.v1.common import Wire
from safetyclient.wire.v1.people import Me


class SignIn(Wire, frozen=True, kw_only=True):
    """Handle, with or without its `@`, and password."""

    handle: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    password: Annotated[str, msgspec.Meta(min_length=1, max_length=256)]


class Session(Wire, frozen=True, kw_only=True):
    """A token, told once, and whose it is."""

    token: str
    expires_at: datetime
    me: Me
