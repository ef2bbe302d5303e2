"""Cuts place, device, time and words out of pictures, without decoding them.

Each format is taken apart by its own structure and put together again from the
parts that a picture needs; orientation and colour profile stay. What cannot be taken
apart is refused. Videos are recognised and returned as they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from safetyclient.domain.errors import BadInput
from safetyclient.domain.media import MediaType
from safetyclient.domain.strip_gif import strip_gif
from safetyclient.domain.strip_jpeg import strip_jpeg
from safetyclient.domain.strip_parts import Removed, Unparsable
from safetyclient.domain.strip_png import strip_png
from safetyclient.domain.strip_webp import strip_webp

SNIFF_BYTES = 64
"""How much of a file `sniff` looks at."""
_MP4_BRANDS = frozenset(
    {b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"iso7", b"iso8", b"iso9"}
    | {b"mp41", b"mp42", b"avc1", b"M4V ", b"dash"}
)
_WEBM_TYPE = re.compile(
    rb"\x42\x82(?:\x84|\x40\x04|\x01\0\0\0\0\0\0\x04)webm", re.DOTALL
)
_STRIPPERS = {
    MediaType.JPEG: strip_jpeg,
    MediaType.PNG: strip_png,
    MediaType.GIF: strip_gif,
    MediaType.WEBP: strip_webp,
}


@dataclass(frozen=True, slots=True)
class Stripped:
    """A file without what was cut out; `removed` names that, each word once.

    The words: `exif`, `xmp`, `iptc`, `comment`, `time`, `thumbnail`, `other`,
    `trailing`.
    """

    data: bytes
    type: MediaType
    removed: tuple[str, ...]


def sniff(data: bytes) -> MediaType:
    """Return the type of a file by its first bytes, never by its name.

    Raises:
        BadInput: it is none of the types that are accepted.
    """
    head = data[:SNIFF_BYTES]
    if head.startswith(b"\xff\xd8\xff"):
        return MediaType.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return MediaType.PNG
    if head.startswith((b"GIF87a", b"GIF89a")):
        return MediaType.GIF
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return MediaType.WEBP
    if head[4:8] == b"ftyp" and head[8:12] in _MP4_BRANDS:
        return MediaType.MP4
    if head.startswith(b"\x1a\x45\xdf\xa3") and _WEBM_TYPE.search(head):
        return MediaType.WEBM
    raise BadInput(field="media", reason="type")


def strip(data: bytes) -> Stripped:
    """Return a file without metadata, and the names of what was cut out.

    Raises:
        BadInput: the type is not accepted, or a picture cannot be taken apart.
    """
    found = sniff(data)
    stripper = _STRIPPERS.get(found)
    if stripper is None:
        return Stripped(data=data, type=found, removed=())
    removed = Removed()
    try:
        clean = stripper(data, removed)
    except Unparsable:
        raise BadInput(field="media", reason="metadata") from None
    return Stripped(data=clean, type=found, removed=removed.words())
