"""Uploads in parts, before their files are published."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from safetyclient.wire.v1.common import ChangeKey
from safetyclient.wire.v1.posts import MediaType

Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 in lower-case hexadecimal digits."""


class NewUpload(Struct, frozen=True, kw_only=True):
    """A file that will be sent: `number` is its place in the post, from 0.

    `size` in bytes, at most 100 MiB. `sha256` is that of the whole file. `name` is
    never shown to others.
    """

    change: ChangeKey
    number: Annotated[int, Meta(ge=0, le=31)]
    type: MediaType
    size: Annotated[int, Meta(ge=1)]
    sha256: Sha256
    name: Annotated[str, Meta(max_length=255)] = ""


class Upload(Struct, frozen=True, kw_only=True):
    """An upload in progress.

    All parts are `part_bytes` long but the last. `received` numbers the parts that
    the server has, from 0. `media` is empty until the upload is finished.
    """

    id: str
    part_bytes: int
    parts: int
    received: list[int]
    media: str = ""


class Received(Struct, frozen=True, kw_only=True):
    """The parts that the server has."""

    received: list[int]


class Finished(Struct, frozen=True, kw_only=True):
    """A whole file, checked; `media` is the id to publish it with."""

    media: str
    type: MediaType
    size: int
    width: int | None = None
    height: int | None = None
