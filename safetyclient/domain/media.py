"""Media for a post: files, one-time warnings, audience."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from safetyclient.domain.ids import ChangeId, MediaId, PostId, SpoolId
from safetyclient.domain.rows import RowState

MAX_FILES = 8
"""Files in one post (reference backend)."""
MAX_FILE_BYTES = 100 * 1024 * 1024
"""Bytes in one file (reference backend)."""
PART_BYTES = 4 * 1024 * 1024
"""Bytes in one part of an upload (reference backend)."""


class MediaWarning(enum.Enum):
    """A one-time warning on one file; several may stand together."""

    NUDITY = "nudity"
    VIOLENCE = "violence"
    SENSITIVE = "sensitive"


class Audience(enum.Enum):
    """Who may see a post."""

    EVERYONE = "everyone"
    FOLLOWERS = "followers"


class MediaType(enum.Enum):
    """File types that are accepted, by their content and never by their name."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    GIF = "image/gif"
    MP4 = "video/mp4"
    WEBM = "video/webm"

    @property
    def is_video(self) -> bool:
        """Return whether this is a video."""
        return self.value.startswith("video/")


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A file kept, stripped and encrypted, on this computer until it is published.

    `size` in bytes after stripping; `removed` names what was cut out
    (`exif`, `xmp`, `iptc`, `comment`, `time`, `thumbnail`, `other`, `trailing`).
    """

    spool: SpoolId
    name: str
    type: MediaType
    size: int
    sha256: str
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PublishFile:
    """One file of a post to publish: which, described how, warned about how."""

    spool: SpoolId
    name: str
    type: MediaType
    size: int
    sha256: str
    description: str = ""
    warnings: frozenset[MediaWarning] = frozenset()


@dataclass(frozen=True, slots=True)
class PostMedia:
    """One file of a published post as the owner sees it."""

    id: MediaId
    type: MediaType
    description: str
    warnings: frozenset[MediaWarning]
    state: RowState = RowState.ON_SERVER
    change: ChangeId | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class OwnPost:
    """A post of the signed-in account, published or still waiting (id empty)."""

    id: PostId
    url: str
    text: str
    audience: Audience
    created: datetime
    media: tuple[PostMedia, ...]
    state: RowState = RowState.ON_SERVER
    change: ChangeId | None = None
    problem: str = ""
