"""File types by content: what is taken, what is not, how large it is."""

from __future__ import annotations

import struct

import pytest

from safetyclient.backend.seed_pictures import picture
from safetyclient.backend.uploads_sniff import Sniffed, sniff

PNG = picture(0)
JPEG = picture(2)


def webp(kind: bytes, body: bytes) -> bytes:
    chunk = kind + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


KNOWN: list[tuple[bytes, Sniffed]] = [
    (PNG.body, Sniffed("image/png", (PNG.width, PNG.height))),
    (JPEG.body, Sniffed("image/jpeg", (JPEG.width, JPEG.height))),
    (b"GIF89a" + struct.pack("<HH", 7, 9) + b"\0" * 3, Sniffed("image/gif", (7, 9))),
    (b"GIF87a" + struct.pack("<HH", 1, 2) + b"\0" * 3, Sniffed("image/gif", (1, 2))),
    (
        webp(b"VP8X", b"\0" * 4 + b"\x0f\0\0" + b"\x07\0\0"),
        Sniffed("image/webp", (16, 8)),
    ),
    (
        webp(b"VP8L", b"\x2f" + struct.pack("<I", 99 | 49 << 14) + b"\0" * 4),
        Sniffed("image/webp", (100, 50)),
    ),
    (
        webp(b"VP8 ", b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 320, 200)),
        Sniffed("image/webp", (320, 200)),
    ),
    (b"\0\0\0\x20ftypisom\0\0\x02\0", Sniffed("video/mp4")),
    (
        b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm\x42\x87",
        Sniffed("video/webm"),
    ),
]


@pytest.mark.parametrize(("head", "expected"), KNOWN)
def test_a_file_is_known_by_its_content(head: bytes, expected: Sniffed) -> None:
    assert sniff(head) == expected


def test_a_jpeg_may_begin_with_other_segments() -> None:
    exif = b"\xff\xe1" + struct.pack(">H", 2 + 700) + b"E" * 700
    padded = JPEG.body[:2] + exif + b"\xff" + JPEG.body[2:]
    assert sniff(padded) == Sniffed("image/jpeg", (JPEG.width, JPEG.height))


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<html><script>alert(1)</script>",
        b"%PDF-1.7",
        b"BM" + b"\0" * 60,
        b"MZ" + b"\0" * 60,
        b"\0\0\0\x18ftypheic" + b"\0" * 8,
        b"\0\0\0\x14ftypqt  " + b"\0" * 8,
        b"\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska",
        b"RIFF\x04\0\0\0WAVE",
        PNG.body[:20],
        b"\x89PNG\r\n\x1a\n" + b"\0" * 30,
        JPEG.body[:20],
        b"GIF89a\0\0\0\0",
        b"GIF99a" + struct.pack("<HH", 7, 9),
    ],
)
def test_anything_else_is_refused(head: bytes) -> None:
    assert sniff(head) is None


@pytest.mark.parametrize("known", KNOWN)
def test_no_beginning_of_a_file_makes_it_fail(known: tuple[bytes, Sniffed]) -> None:
    head, _ = known
    for end in range(len(head)):
        sniff(head[:end])
