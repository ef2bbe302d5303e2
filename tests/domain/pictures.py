"""Pictures written byte by byte, with everything in them that must not stay."""

from __future__ import annotations

import struct
import zlib

SECRET = b"SECRET-CANARY"


def tiff(orientation: int, *, order: str = "<", canary: bytes = SECRET) -> bytes:
    """Return an EXIF block with an orientation, a maker and a place."""
    head = b"II*\0" if order == "<" else b"MM\0*"
    entries = [
        struct.pack(order + "HHII", 0x010F, 2, len(canary), 8 + 2 + 12 * 3 + 4),
        struct.pack(order + "HHIHH", 0x0112, 3, 1, orientation, 0),
        struct.pack(order + "HHII", 0x8825, 4, 1, 8),
    ]
    body = struct.pack(order + "H", len(entries)) + b"".join(entries) + bytes(4)
    return head + struct.pack(order + "I", 8) + body + canary


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


JFIF = segment(0xE0, b"JFIF\0\x01\x01\x01\0\x48\0\x48\0\0")
ICC = segment(0xE2, b"ICC_PROFILE\0\x01\x01" + b"colours")
ADOBE = segment(0xEE, b"Adobe\0\x64\0\0\0\0\x01")
DQT = segment(0xDB, bytes(65))
SOF = segment(0xC0, b"\x08\0\x01\0\x01\x01\x01\x11\0")
DHT = segment(0xC4, bytes(19))
SOS = segment(0xDA, b"\x01\x01\0\0\x3f\0")
CODED = b"\x12\xff\x00\x34\xff\xd0\x56\xff\xd7\x78"
SOI, EOI = b"\xff\xd8", b"\xff\xd9"


def exif_segment(orientation: int, *, order: str = "<") -> bytes:
    return segment(0xE1, b"Exif\0\0" + tiff(orientation, order=order))


def jpeg(*extra: bytes, after: bytes = b"", jfif: bytes = JFIF) -> bytes:
    middle = b"".join(extra)
    picture = DQT + SOF + DHT + SOS + CODED
    return SOI + jfif + middle + picture + EOI + after


def chunk(kind: bytes, body: bytes) -> bytes:
    check = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check)


def png(
    *extra: bytes,
    width: int = 2,
    height: int = 2,
    late: bytes = b"",
    after: bytes = b"",
) -> bytes:
    """Return a real RGBA picture; `extra` before its pixels, `late` behind them."""
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    rows = (b"\0" + b"\x10\x20\x30\xff" * width) * height
    pixels = chunk(b"IDAT", zlib.compress(rows, 9))
    middle = b"".join(extra)
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    return start + middle + pixels + late + chunk(b"IEND", b"") + after


def blocks(*parts: bytes) -> bytes:
    return b"".join(bytes((len(part),)) + part for part in parts) + b"\0"


CONTROL = b"\x21\xf9" + blocks(b"\0\x0a\0\0")
LOOP = b"\x21\xff" + blocks(b"NETSCAPE2.0", b"\x01\0\0")
FRAME = b"\x2c\0\0\0\0\x01\0\x01\0\0" + b"\x02" + blocks(b"\x44\x01")


def gif(*extra: bytes, frames: int = 1, after: bytes = b"") -> bytes:
    """Return a real picture of one pixel."""
    head = b"GIF89a\x01\0\x01\0\x80\0\0" + b"\xff\xff\xff\0\0\0"
    middle = b"".join(extra)
    return head + middle + (CONTROL + FRAME) * frames + b"\x3b" + after


def riff(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)


VP8L = riff(b"VP8L", b"\x2f\0\0\0\0\x10\x07\x10\x11\x11\x88\x88\xfe\x07\0")


def vp8x(flags: int) -> bytes:
    return riff(b"VP8X", bytes((flags, 0, 0, 0)) + bytes(6))


def webp(*chunks: bytes, after: bytes = b"") -> bytes:
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body + after


MP4 = b"\0\0\0\x18ftypmp42\0\0\0\0isommp42" + b"\0\0\0\x08mdat"
WEBM = b"\x1a\x45\xdf\xa3\x93\x42\x86\x81\x01\x42\x82\x84webm" + bytes(20)
