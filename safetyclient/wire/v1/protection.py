"""Shapes of the settings of an account and of what a switch would do."""

from __future__ import annotations

from safetyclient.wire.v1.common import Wire


class Settings(Wire, frozen=True, kw_only=True):
    """Settings of an account."""

    protected: bool


class Consequences(Wire, frozen=True, kw_only=True):
    """What switching to `protected` would do, in this person's own numbers."""

    protected: bool
    pending_requests: int
    followers: int
    followers_not_followed: int
    posts: int
    posts_with_media: int
