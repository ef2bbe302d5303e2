"""Says what a file is by its content, never by its name or its declared type."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass

from safetyclient.wire.v1.posts import MediaType

Size = tuple[int, int]
"""Width and height in pixels."""
_MP4_BRANDS = frozenset(
    {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V "}
    | {b"dash", b"MSNV"}
)
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_BARE = frozenset({0x01, *range(0xD0, 0xD8)})


@dataclass(frozen=True, slots=True)
class Sniffed:
    """What a file is; `size` in pixels, None where it was not found."""

    type: MediaType
    size: Size | None = None


def sniff(head: bytes) -> Sniffed | None:
    """Return what a file is, judged by its first bytes (up to one part).

    None when it is nothing that may be published.
    """
    for kind, magic, measure in _PICTURES:
        if head.startswith(magic):
            size = measure(head)
            return Sniffed(kind, size) if size and min(size) > 0 else None
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Sniffed("image/webp", _webp(head))
    if head[4:8] == b"ftyp" and head[8:12] in _MP4_BRANDS:
        return Sniffed("video/mp4")
    if head[:4] == b"\x1a\x45\xdf\xa3" and b"\x42\x82\x84webm" in head[:64]:
        return Sniffed("video/webm")
    return None


def _png(head: bytes) -> Size | None:
    if len(head) < 24 or head[12:16] != b"IHDR":
        return None
    width, height = struct.unpack_from(">II", head, 16)
    return width, height


def _gif(head: bytes) -> Size | None:
    if len(head) < 10 or head[3:6] not in {b"87a", b"89a"}:
        return None
    width, height = struct.unpack_from("<HH", head, 6)
    return width, height


def _jpeg(head: bytes) -> Size | None:
    """Return the size that the first frame header tells."""
    at = 2
    while at + 9 <= len(head) and head[at] == 0xFF:
        marker = head[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in _JPEG_BARE:
            at += 2
        elif marker in _JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", head, at + 5)
            return width, height
        else:
            at += 2 + int(struct.unpack_from(">H", head, at + 2)[0])
    return None


def _webp(head: bytes) -> Size | None:
    kind = head[12:16]
    if kind == b"VP8X" and len(head) >= 30:
        return (
            1 + int.from_bytes(head[24:27], "little"),
            1 + int.from_bytes(head[27:30], "little"),
        )
    if kind == b"VP8L" and len(head) >= 25:
        bits = int.from_bytes(head[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and len(head) >= 30:
        width, height = struct.unpack_from("<HH", head, 26)
        return width & 0x3FFF, height & 0x3FFF
    return None


_PICTURES: tuple[tuple[MediaType, bytes, Callable[[bytes], Size | None]], ...] = (
    ("image/png", b"\x89PNG\r\n\x1a\n", _png),
    ("image/jpeg", b"\xff\xd8\xff", _jpeg),
    ("image/gif", b"GIF8", _gif),
)
