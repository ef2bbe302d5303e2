"""Posts and their media as the reference API writes them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from safetyclient.wire.v1.common import Id
from safetyclient.wire.v1.people import Person

MediaWarning = Literal["nudity", "violence", "sensitive"]
Audience = Literal["everyone", "followers"]
MediaType = Literal[
    "image/jpeg", "image/png", "image/webp", "image/gif", "video/mp4", "video/webm"
]
Warnings = Annotated[list[MediaWarning], Meta(max_length=3)]
PostText = Annotated[str, Meta(max_length=5000)]
"""Text of a post: at most 5,000 characters."""
Description = Annotated[str, Meta(max_length=1500)]
"""What a file shows, for people who cannot see it: at most 1,500 characters."""


class Media(Struct, frozen=True, kw_only=True):
    """A file of a post: `size` in bytes, `width` and `height` in pixels if known."""

    id: str
    type: MediaType
    url: str
    description: str
    warnings: list[MediaWarning]
    size: int
    width: int | None = None
    height: int | None = None


class Post(Struct, frozen=True, kw_only=True):
    """A post as whoever asks may see it: text, files, one-time warnings per file."""

    id: str
    url: str
    author: Person
    text: str
    audience: Audience
    created_at: datetime
    media: list[Media]
    reposts: int = 0


class PostPage(Struct, frozen=True, kw_only=True):
    """Some posts, newest first; `next` is empty at the end."""

    items: list[Post]
    next: str


class NewMedia(Struct, frozen=True, kw_only=True):
    """A finished upload, described and warned about, to be published in a post."""

    id: Id
    description: Description = ""
    warnings: Warnings = []


class NewPost(Struct, frozen=True, kw_only=True):
    """A post to publish: text or files or both."""

    text: PostText = ""
    audience: Audience = "everyone"
    media: Annotated[list[NewMedia], Meta(max_length=8)] = []


class NewWarnings(Struct, frozen=True, kw_only=True):
    """The warnings that a file shall carry from now on; empty takes all away."""

    warnings: Warnings


class Repost(Struct, frozen=True, kw_only=True):
    """A post that the asking account shows to its own followers."""

    id: str
    post: Post
    created_at: datetime
