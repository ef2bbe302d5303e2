"""PNG without metadata: chunks are copied by a list of what a picture needs."""

from __future__ import annotations

import struct
import zlib

from safetyclient.domain.orientation import (
    UPRIGHT,
    is_minimal,
    minimal_exif,
    orientation_of,
)
from safetyclient.domain.strip_parts import Reader, Removed, Unparsable

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_NEEDED = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT bKGD pHYs cICP mDCV cLLI "
    b"acTL fcTL fdAT".split()
)
_TEXTS = frozenset({b"tEXt", b"zTXt", b"iTXt"})
_XMP = b"XML:com.adobe.xmp\0"
_RAW = b"Raw profile type "


def strip_png(data: bytes, removed: Removed) -> bytes:
    """Return a PNG without metadata."""
    reader = Reader(data, start=len(SIGNATURE))
    kept: list[bytes] = []
    exif: bytes | None = None
    pictured = False
    while True:
        kind, body = _chunk(reader)
        if not kept and kind != b"IHDR":
            raise Unparsable
        if kind in _NEEDED:
            kept.append(_packed(kind, _plain(kind, body)))
        elif kind[0] & 0x20:
            if kind != b"eXIf" or exif is not None or not is_minimal(body):
                removed.add(_word(kind, body))
            exif = body if kind == b"eXIf" and exif is None else exif
        else:  # a part that a picture needs, and that nobody knows
            raise Unparsable
        pictured |= kind == b"IDAT"
        if kind == b"IEND":
            break
    if not pictured:
        raise Unparsable
    if reader.left():
        removed.add("trailing")
    orientation = UPRIGHT if exif is None else orientation_of(exif)
    if orientation != UPRIGHT:
        kept.insert(1, _packed(b"eXIf", minimal_exif(orientation)))
    return SIGNATURE + b"".join(kept)


def _chunk(reader: Reader) -> tuple[bytes, bytes]:
    (size,) = struct.unpack(">I", reader.take(4))
    kind = reader.take(4)
    if not (kind.isalpha() and kind.isascii()):
        raise Unparsable
    body = reader.take(size)
    (check,) = struct.unpack(">I", reader.take(4))
    if kind in _NEEDED and zlib.crc32(body, zlib.crc32(kind)) != check:
        raise Unparsable
    return kind, body


def _plain(kind: bytes, body: bytes) -> bytes:
    """Return a chunk's body without words of its own."""
    if kind == b"IEND":
        return b""
    if kind != b"iCCP":
        return body
    name, found, profile = body.partition(b"\0")
    if not found or len(name) > 79:
        raise Unparsable
    return b"icc\0" + profile


def _packed(kind: bytes, body: bytes) -> bytes:
    check = zlib.crc32(body, zlib.crc32(kind))
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check)


def _word(kind: bytes, body: bytes) -> str:
    if kind == b"eXIf":
        return "exif"
    if kind == b"tIME":
        return "time"
    if kind not in _TEXTS:
        return "other"
    if body.startswith(_XMP):
        return "xmp"
    if body.startswith(_RAW):
        name = body[len(_RAW) : len(_RAW) + 4]
        return {b"exif": "exif", b"APP1": "exif", b"iptc": "iptc"}.get(name, "other")
    return "comment"
