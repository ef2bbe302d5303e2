"""WebP without metadata: pictures, frames and the colour profile stay."""

from __future__ import annotations

import struct

from safetyclient.domain.orientation import (
    UPRIGHT,
    is_minimal,
    minimal_exif,
    orientation_of,
)
from safetyclient.domain.strip_parts import Reader, Removed, Unparsable

_Chunk = tuple[bytes, bytes]
_PICTURES = frozenset({b"VP8 ", b"VP8L"})
_IN_FRAME = _PICTURES | {b"ALPH"}
_NEEDED = _IN_FRAME | {b"VP8X", b"ANIM", b"ANMF", b"ICCP"}
_HAS_EXIF, _HAS_XMP = 0x08, 0x04
_HEAD = 12
_FRAME_HEAD = 16
_EXTENDED_BYTES = 10


def strip_webp(data: bytes, removed: Removed) -> bytes:
    """Return a WebP without metadata."""
    (size,) = struct.unpack("<I", data[4:8])
    end = 8 + size
    if end > len(data):
        raise Unparsable
    if len(data) > end + size % 2:
        removed.add("trailing")
    kept, exif = _sorted(_chunks(Reader(data[:end], start=_HEAD)), removed)
    if not any(kind in _PICTURES | {b"ANMF"} for kind, _ in kept):
        raise Unparsable
    if b"VP8X" in [kind for kind, _ in kept[1:]]:
        raise Unparsable
    orientation = UPRIGHT if exif is None else orientation_of(exif)
    body = b"".join(_extended(kept, orientation))
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def _sorted(
    chunks: list[_Chunk], removed: Removed
) -> tuple[list[_Chunk], bytes | None]:
    """Return what is kept, and the first EXIF block."""
    kept: list[_Chunk] = []
    exif: bytes | None = None
    for kind, body in chunks:
        if kind in _NEEDED:
            kept.append((kind, _frame(body, removed) if kind == b"ANMF" else body))
        elif kind != b"EXIF":
            removed.add("xmp" if kind == b"XMP " else "other")
        else:
            if exif is not None or not is_minimal(body):
                removed.add("exif")
            exif = body if exif is None else exif
    return kept, exif


def _extended(kept: list[_Chunk], orientation: int) -> list[bytes]:
    """Return the chunks, with an orientation where the format can say one."""
    extended = kept[0][0] == b"VP8X"
    if not extended:
        return [_packed(kind, body) for kind, body in kept]
    head = kept[0][1]
    if len(head) != _EXTENDED_BYTES:
        raise Unparsable
    flags = head[0] & ~(_HAS_EXIF | _HAS_XMP)
    turned = orientation != UPRIGHT
    head = bytes((flags | (_HAS_EXIF if turned else 0),)) + head[1:]
    parts = [_packed(b"VP8X", head), *(_packed(*each) for each in kept[1:])]
    if turned:
        parts.append(_packed(b"EXIF", minimal_exif(orientation)))
    return parts


def _frame(body: bytes, removed: Removed) -> bytes:
    """Return one frame of an animation without chunks that do not belong to it."""
    reader = Reader(body)
    parts = [reader.take(_FRAME_HEAD)]
    for kind, inner in _chunks(reader):
        if kind in _IN_FRAME:
            parts.append(_packed(kind, inner))
        else:
            removed.add("other")
    return b"".join(parts)


def _chunks(reader: Reader) -> list[_Chunk]:
    found: list[_Chunk] = []
    while reader.left():
        kind = reader.take(4)
        (size,) = struct.unpack("<I", reader.take(4))
        found.append((kind, reader.take(size)))
        reader.take(min(size % 2, reader.left()))
    return found


def _packed(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)
