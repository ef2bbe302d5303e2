"""Small pictures made by arithmetic: palette PNGs and flat-block JPEGs."""

from __future__ import annotations

import struct
import zlib
from functools import cache

from safetyclient.backend.seed_model import SeedPicture

_SIDE = 96
"""Pixels on a side of a JPEG and the least width of a PNG; a multiple of 8."""
PATTERNS = 48
"""How many different pictures there are."""


@cache
def picture(number: int) -> SeedPicture:
    """Return picture `number`: two of three are PNGs, the others JPEGs."""
    number %= PATTERNS
    return _jpeg(number) if number % 3 == 2 else _png(number)


def _chunk(kind: bytes, body: bytes) -> bytes:
    crc = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc)


def _palette(number: int) -> bytes:
    """Return 16 colours between two that depend on `number`."""
    here = (number * 53 % 256, number * 97 % 256, 255 - number * 31 % 256)
    there = (255 - number * 29 % 256, number * 71 % 256, number * 113 % 256)
    return bytes(
        a + (b - a) * step // 15
        for step in range(16)
        for a, b in zip(here, there, strict=True)
    )


def _png(number: int) -> SeedPicture:
    """Return a PNG of stripes or squares in 16 colours."""
    width, height = _SIDE + number % 4 * 32, _SIDE + number % 3 * 24
    stripe, tall = 4 + number % 7, number % 2 == 0
    even = bytes(x // stripe % 16 for x in range(width))
    odd = bytes(15 - value for value in even)
    rows = b"".join(
        b"\0" + (even if tall or y // stripe % 2 else odd) for y in range(height)
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    body = (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"PLTE", _palette(number))
        + _chunk(b"IDAT", zlib.compress(rows, 6))
        + _chunk(b"IEND", b"")
    )
    return SeedPicture(type="image/png", body=body, width=width, height=height)


# One table for differences of brightness (categories 0 to 11, four bits each) and
# one for the rest, whose only word is "end of block" (one bit).
_DC_TABLE = bytes([0, 0, 0, 12, *[0] * 12, *range(12)])
_AC_TABLE = bytes([1, *[0] * 15, 0])


def _segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def _bits(number: int) -> str:
    """Return the entropy-coded bits of all blocks: one flat grey each."""
    out: list[str] = []
    before = 0
    blocks = _SIDE // 8
    for place in range(blocks * blocks):
        x, y = place % blocks, place // blocks
        level = (x * (3 + number % 5) + y * (1 + number % 7)) * 8 % 240 - 120
        step, before = level - before, level
        size = abs(step).bit_length()
        out.append(f"{size:04b}")
        if size:
            value = step if step > 0 else step + (1 << size) - 1
            out.append(f"{value:0{size}b}")
        out.append("0")
    return "".join(out)


def _jpeg(number: int) -> SeedPicture:
    """Return a grey baseline JPEG whose blocks of 8 by 8 pixels are flat."""
    bits = _bits(number)
    bits += "1" * (-len(bits) % 8)
    scan = int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\0")
    frame = struct.pack(">BHHB", 8, _SIDE, _SIDE, 1) + bytes([1, 0x11, 0])
    body = (
        b"\xff\xd8"
        + _segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0")
        + _segment(0xDB, bytes([0, *[8] * 64]))
        + _segment(0xC0, frame)
        + _segment(0xC4, b"\0" + _DC_TABLE)
        + _segment(0xC4, b"\x10" + _AC_TABLE)
        + _segment(0xDA, bytes([1, 1, 0, 0, 63, 0]))
        + scan
        + b"\xff\xd9"
    )
    return SeedPicture(type="image/jpeg", body=body, width=_SIDE, height=_SIDE)
