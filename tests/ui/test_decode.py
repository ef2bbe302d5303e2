"""The picture helper: four formats, hard limits, nothing else."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QIODevice, QSize
from PySide6.QtGui import QColor, QImage

from safetyclient.domain.strip import strip
from safetyclient.ui import decode
from tests.domain import pictures as p

ROOT = Path(__file__).parents[2]
NETWORK, PICKED = decode.LIMITS["network"], decode.LIMITS["picked"]
BOX = QSize(256, 256)


def encoded(image: QImage, name: str) -> bytes:
    kept = QBuffer()
    kept.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image.save(kept, name)  # type: ignore[call-overload]  # no device in stubs
    return bytes(kept.data().data())


def plain(width: int, height: int, colour: str = "#336699") -> QImage:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    return image


def halves(width: int, height: int) -> QImage:
    """Return a picture whose left half is red and whose right half is blue."""
    image = plain(width, height, "#ff0000")
    for x in range(width // 2, width):
        for y in range(height):
            image.setPixelColor(x, y, QColor("#0000ff"))
    return image


def word(data: bytes, limits: decode.Limits = NETWORK) -> str:
    with pytest.raises(decode.Undecodable) as problem:
        decode.decode(data, limits=limits, box=BOX)
    return str(problem.value)


@pytest.mark.parametrize("name", ["PNG", "JPG", "WEBP"])
def test_q4_formats_are_read_and_fitted(name: str) -> None:
    data = encoded(plain(640, 320), name)
    found = decode.decode(data, limits=NETWORK, box=BOX)
    assert (found.width(), found.height()) == (256, 128)
    colour = found.pixelColor(100, 60)
    assert abs(colour.red() - 0x33) < 8
    assert abs(colour.blue() - 0x99) < 8
    small = decode.decode(encoded(plain(3, 2), name), limits=NETWORK, box=BOX)
    assert (small.width(), small.height()) == (3, 2)


def test_q4_first_frame_of_a_gif() -> None:
    data = p.gif(p.LOOP, frames=40)
    found = decode.decode(data, limits=NETWORK, box=BOX)
    assert (found.width(), found.height()) == (1, 1)


@pytest.mark.parametrize("name", ["JPG", "WEBP"])
def test_stripping_keeps_the_pixels_and_which_way_is_up(name: str) -> None:
    data = encoded(halves(64, 32), name)
    exif = p.tiff(6)
    if name == "JPG":
        data = data[:2] + p.segment(0xE1, b"Exif\0\0" + exif) + data[2:]
    else:
        vp8 = data[12:]
        size = struct.pack("<I", 63)[:3] + struct.pack("<I", 31)[:3]
        head = p.riff(b"VP8X", b"\x08\0\0\0" + size)
        data = p.webp(head, vp8, p.riff(b"EXIF", exif))
    clean = strip(data)
    assert p.SECRET not in clean.data
    before = decode.decode(data, limits=NETWORK, box=BOX)
    after = decode.decode(clean.data, limits=NETWORK, box=BOX)
    assert before == after
    if name == "JPG":  # turned by 90°: red is up
        assert (after.width(), after.height()) == (32, 64)
        assert after.pixelColor(16, 5).red() > 200
        assert after.pixelColor(16, 60).blue() > 200


def test_a_turned_picture_fits_into_the_box_after_turning() -> None:
    data = encoded(halves(640, 320), "JPG")
    data = data[:2] + p.segment(0xE1, b"Exif\0\0" + p.tiff(8)) + data[2:]
    found = decode.decode(data, limits=NETWORK, box=QSize(100, 50))
    assert (found.width(), found.height()) == (25, 50)


def bilevel(side: int) -> bytes:
    """Return a real PNG of one bit per pixel: 16k² of them are 33 kB."""
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    pixels = zlib.compress(bytes((side // 8 + 1) * side), 9)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            p.chunk(b"IHDR", header),
            p.chunk(b"IDAT", pixels),
            p.chunk(b"IEND", b""),
        )
    )


DOT = p.png(width=1, height=1)[8:33]
VAST = p.chunk(b"IHDR", struct.pack(">IIBBBBB", 900_000, 900_000, 8, 6, 0, 0, 0))
USE = b"<g id='a'/>" + b"".join(
    b"<g id='%c'>%s</g>" % (98 + n, b"<use href='#%c'/>" % (97 + n) * 10)
    for n in range(8)
)
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'>"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (bilevel(16384), "pixels"),
        (p.png(width=1, height=1).replace(DOT, VAST), "pixels"),
        (SVG + USE + b"</svg>", "type"),
        (SVG + b"<image href='/etc/passwd'/></svg>", "type"),
        (b"<?xml version='1.0'?>" + SVG + b"</svg>", "type"),
        (b"\x1f\x8b\x08" + bytes(60), "type"),
        (b"%PDF-1.7\n%%EOF", "type"),
        (b"BM" + bytes(64), "type"),
        (b"", "type"),
        (p.MP4, "type"),
        (p.WEBM, "type"),
        (b"GIF89a" + SVG + b"</svg>", "damaged"),
        (b"\x89PNG\r\n\x1a\n" + SVG + b"</svg>", "damaged"),
        (b"\xff\xd8\xff" + p.png(), "damaged"),
        (b"RIFF\xff\0\0\0WEBP" + p.png(), "damaged"),
        (p.png()[:40], "damaged"),
        (p.gif()[:20], "damaged"),
        (p.webp(p.VP8L)[:25], "damaged"),
        (bytes(8 * decode.MIB + 1), "size"),
    ],
)
@pytest.mark.qt_log_ignore("Unsupported marker type")
def test_q4_bombs_and_foreign_formats_are_refused(data: bytes, said: str) -> None:
    assert word(data) == said


def test_q4_a_picked_photo_of_twelve_megapixels_is_read_and_fitted() -> None:
    data = encoded(plain(4000, 3000), "PNG")
    assert word(data) == "pixels"
    found = decode.decode(data, limits=PICKED, box=BOX)
    assert (found.width(), found.height()) == (256, 192)


def test_q4_polyglots_are_read_as_what_they_begin_like() -> None:
    for tail in (SVG + b"</svg>", b"PK\x03\x04" + bytes(50), p.jpeg()):
        found = decode.decode(p.png(after=tail), limits=NETWORK, box=BOX)
        assert (found.width(), found.height()) == (2, 2)


def test_blur_leaves_nothing_to_make_out() -> None:
    image = plain(480, 240, "#ffffff")
    for x in range(480):
        for y in range(240):
            if (x + y) % 2:
                image.setPixelColor(x, y, QColor("#000000"))
    data = encoded(image, "PNG")
    sharp = decode.decode(data, limits=PICKED, box=QSize(480, 240))
    soft = decode.decode(data, limits=PICKED, box=QSize(480, 240), blur=True)
    assert soft.size() == sharp.size()

    def spread(found: QImage) -> int:
        row = [found.pixelColor(x, 120).red() for x in range(480)]
        return max(row) - min(row)

    assert spread(sharp) == 255
    assert spread(soft) < 10


def helper(*command: str, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        command, input=data, capture_output=True, cwd=ROOT, timeout=60, check=False
    )


def request(data: bytes, *, size: int | None = None) -> bytes:
    size = len(data) if size is None else size
    head = b'{"bytes": %d, "width": 64, "height": 64, "blur": false}' % size
    return struct.pack("<I", len(head)) + head + data


PROGRAM = [sys.executable, "-P", "-m", "safetyclient", "_decode"]
READY = struct.pack("<I", 15) + b'{"ready": true}'


def as_nobody() -> list[str]:
    if os.geteuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    assert setpriv is not None
    return [setpriv, "--reuid=65534", "--regid=65534", "--clear-groups"]


def test_q4_the_program_answers_one_request_after_the_other() -> None:
    asked = request(p.png()) + request(b"<svg/>") + request(p.gif())
    found = helper(*as_nobody(), *PROGRAM, data=asked)
    assert found.returncode == 0
    pixels = b"\x10\x20\x30\xff" * 4
    answers = [b'{"width": 2, "height": 2}', b'{"error": "type"}']
    last = b'{"width": 1, "height": 1}'
    expected = READY + struct.pack("<I", 25) + answers[0] + pixels
    expected += struct.pack("<I", 17) + answers[1] + struct.pack("<I", 25) + last
    assert found.stdout[: len(expected)] == expected
    assert len(found.stdout) == len(expected) + 4


@pytest.mark.parametrize(
    "asked",
    [
        b"\xff\xff\xff\xff" + bytes(5000),
        struct.pack("<I", 2) + b"{}",
        struct.pack("<I", 4) + b"text",
        request(b"", size=-1),
        request(b"", size=9 * decode.MIB),
        request(b"x", size=2),
    ],
)
def test_q4_nonsense_ends_the_program(asked: bytes) -> None:
    found = helper(*PROGRAM, data=asked)
    assert found.returncode == 1
    assert found.stdout.startswith(READY)
    assert b"width" not in found.stdout
    assert b"Traceback" not in found.stderr


def test_q4_there_are_two_kinds_of_helper() -> None:
    assert helper(*PROGRAM, "other").returncode == 2
    assert helper(*PROGRAM, "picked").stdout == READY


def test_q4_a_confined_helper_can_do_nothing_but_compute() -> None:
    script = [sys.executable, "-m", "tests.ui.decode_scripts", "escape", "-"]
    found = helper(*as_nobody(), *script)
    assert found.stdout == b"nothing", found


def test_q4_limits_of_a_box_are_kept() -> None:
    for size, box, turned in [
        (QSize(4000, 1), QSize(100, 100), False),
        (QSize(1, 4000), QSize(100, 100), True),
    ]:
        found = decode.fitting(size, box, turned=turned)
        assert 1 <= found.width() <= 100
        assert 1 <= found.height() <= 100
