"""GIF without metadata: pictures, their timing and the loop stay."""

from __future__ import annotations

from safetyclient.domain.strip_parts import Reader, Removed, Unparsable

_TRAILER, _IMAGE, _EXTENSION = 0x3B, 0x2C, 0x21
_CONTROL, _COMMENT, _TEXT, _APPLICATION = 0xF9, 0xFE, 0x01, 0xFF
_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
_PROFILE = b"ICCRGBG1012"
_XMP = b"XMP DataXMP"


def strip_gif(data: bytes, removed: Removed) -> bytes:
    """Return a GIF without metadata."""
    reader = Reader(data)
    header = reader.take(13)
    parts = [header, _colours(reader, header[10])]
    control = b""
    pictures = 0
    while (block := reader.byte()) != _TRAILER:
        if block == _IMAGE:
            parts.append(control + _image(reader))
            control = b""
            pictures += 1
        elif block == _EXTENSION:
            label = reader.byte()
            body = _blocks(reader)
            if label == _CONTROL:
                control = bytes((_EXTENSION, label)) + body
            elif label == _APPLICATION:
                parts.append(_application(body, removed))
            else:
                removed.add("comment" if label in {_COMMENT, _TEXT} else "other")
                # A text is drawn by the control block before it.
                control = b"" if label == _TEXT else control
        else:
            raise Unparsable
    if not pictures:
        raise Unparsable
    if reader.left():
        removed.add("trailing")
    return b"".join(parts) + bytes((_TRAILER,))


def _colours(reader: Reader, flags: int) -> bytes:
    return reader.take(3 * 2 ** ((flags & 7) + 1)) if flags & 0x80 else b""


def _image(reader: Reader) -> bytes:
    place = reader.take(9)
    colours = _colours(reader, place[8])
    return bytes((_IMAGE,)) + place + colours + reader.take(1) + _blocks(reader)


def _blocks(reader: Reader) -> bytes:
    """Return a chain of blocks up to and with the empty one that ends it."""
    start = reader.at
    data, end = reader.data, len(reader.data)
    at = start
    while at < end and data[at]:
        at += data[at] + 1
    reader.take(at + 1 - start)
    return data[start : at + 1]


def _application(body: bytes, removed: Removed) -> bytes:
    name = body[1:12]
    if body[0] == 11 and name in _LOOPS and body[12:14] == b"\x03\x01":
        kept = body[:16] + b"\0"
        if kept != body:
            removed.add("other")
        return bytes((_EXTENSION, _APPLICATION)) + kept
    if body[0] == 11 and name == _PROFILE:
        return bytes((_EXTENSION, _APPLICATION)) + body
    removed.add("xmp" if name == _XMP else "other")
    return b""
