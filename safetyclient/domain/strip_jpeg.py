"""JPEG without metadata: segments are copied by a list of what a picture needs."""

from __future__ import annotations

import re
import struct

from safetyclient.domain.orientation import (
    UPRIGHT,
    is_minimal,
    minimal_exif,
    orientation_of,
)
from safetyclient.domain.strip_parts import Reader, Removed, Unparsable

_SOI, _EOI, _SOS, _COM = 0xD8, 0xD9, 0xDA, 0xFE
_APP0, _APP1, _APP2, _APP13, _APP14 = 0xE0, 0xE1, 0xE2, 0xED, 0xEE
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_TABLES = frozenset({0xC4, 0xCC, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF})
_APPS = frozenset(range(0xE0, 0xF0))
_END_OF_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_EXIF = b"Exif\0"
_XMP = (b"http://ns.adobe.com/xap/1.0/\0", b"http://ns.adobe.com/xmp/extension/\0")
_ICC = b"ICC_PROFILE\0"
_JFIF_BYTES = 14
_ADOBE_BYTES = 12


class _Jpeg:
    """One pass over one file."""

    def __init__(self, data: bytes, removed: Removed) -> None:
        self.reader = Reader(data, start=2)
        self.removed = removed
        self.jfif = b""
        self.exif: bytes | None = None
        self.rest: list[bytes] = []
        self.framed = False
        self.scanned = False

    def run(self) -> bytes:
        """Return the picture without metadata."""
        while (marker := self.marker()) != _EOI:
            self.segment(marker)
        if not self.scanned:
            raise Unparsable
        if self.reader.left():
            self.removed.add("trailing")
        start = bytes((0xFF, _SOI))
        end = bytes((0xFF, _EOI))
        return b"".join((start, self.jfif, self.which_way_up(), *self.rest, end))

    def marker(self) -> int:
        """Return the next marker; any number of fill bytes may come first."""
        if self.reader.byte() != 0xFF:
            raise Unparsable
        while (found := self.reader.byte()) == 0xFF:
            pass
        return found

    def segment(self, marker: int) -> None:
        """Take one segment: keep it, or note what it was."""
        if marker not in _FRAMES | _TABLES | _APPS | {_SOS, _COM}:
            raise Unparsable
        (size,) = struct.unpack(">H", self.reader.take(2))
        if size < 2:
            raise Unparsable
        body = self.reader.take(size - 2)
        if marker == _COM:
            self.removed.add("comment")
        elif marker in _APPS:
            self.application(marker, body)
        else:
            self.keep(marker, body)
            self.framed |= marker in _FRAMES
            if marker == _SOS:
                self.scan()

    def scan(self) -> None:
        """Copy the coded picture data up to the next marker."""
        if not self.framed:
            raise Unparsable
        end = _END_OF_SCAN.search(self.reader.data, self.reader.at)
        if end is None:
            raise Unparsable
        coded = self.reader.take(end.start() - self.reader.at)
        self.rest.append(coded.rstrip(b"\xff"))
        self.scanned = True

    def application(self, marker: int, body: bytes) -> None:
        """Take an application segment: most are somebody's metadata."""
        if marker == _APP0 and body.startswith(b"JFIF\0"):
            self.first_jfif(body)
        elif marker == _APP14 and body.startswith(b"Adobe"):
            self.adobe(body)
        elif marker == _APP2 and body.startswith(_ICC):
            self.keep(marker, body)
        elif marker == _APP1 and body.startswith(_EXIF):
            self.remember(body)
        else:
            self.removed.add(_word(marker, body))

    def remember(self, body: bytes) -> None:
        """Remember the first EXIF block; only its orientation will stay."""
        if self.exif is not None or not is_minimal(body):
            self.removed.add("exif")
        self.exif = body if self.exif is None else self.exif

    def first_jfif(self, body: bytes) -> None:
        """Keep density and version; a thumbnail does not stay."""
        if len(body) < _JFIF_BYTES:
            raise Unparsable
        if len(body) > _JFIF_BYTES or body[12:14] != b"\0\0":
            self.removed.add("thumbnail")
        if not self.jfif:
            self.jfif = _segment(_APP0, body[:12] + b"\0\0")

    def adobe(self, body: bytes) -> None:
        """Keep how the colours are coded."""
        if len(body) < _ADOBE_BYTES:
            raise Unparsable
        if len(body) > _ADOBE_BYTES:
            self.removed.add("other")
        self.keep(_APP14, body[:_ADOBE_BYTES])

    def keep(self, marker: int, body: bytes) -> None:
        """Copy a segment."""
        self.rest.append(_segment(marker, body))

    def which_way_up(self) -> bytes:
        """Return the smallest segment that says it; nothing for an upright one."""
        orientation = UPRIGHT
        if self.exif is not None:
            orientation = orientation_of(self.exif)
        if orientation == UPRIGHT:
            return b""
        return _segment(_APP1, b"Exif\0\0" + minimal_exif(orientation))


def _segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def _word(marker: int, body: bytes) -> str:
    if marker == _APP1 and body.startswith(_XMP):
        return "xmp"
    if marker == _APP13:
        return "iptc"
    if marker == _APP0 and body.startswith(b"JFXX\0"):
        return "thumbnail"
    if marker == _APP2 and body.startswith(b"MPF\0"):
        return "thumbnail"
    return "other"


def strip_jpeg(data: bytes, removed: Removed) -> bytes:
    """Return a JPEG without metadata."""
    return _Jpeg(data, removed).run()
