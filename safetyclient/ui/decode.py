"""The picture helper: a process of its own that turns foreign bytes into pixels.

It gets bytes through a pipe and gives pixels back; it has no store and no keys, and
once it has begun it can open no file, no socket and no other process. It reads one
format, the one that the bytes begin like. What goes wrong is one word.

Request: `u32 length, JSON {bytes, width, height, blur}, bytes`.
Answer: `u32 length, JSON {width, height} or {error}, RGBA`. The first answer is
`{ready}`.
"""

from __future__ import annotations

import json
import os
import struct
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from PySide6.QtCore import QBuffer, QByteArray, QCoreApplication, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageIOHandler, QImageReader

from safetyclient.domain.errors import BadInput
from safetyclient.domain.media import MediaType
from safetyclient.domain.strip import sniff

MIB = 1024 * 1024
MOST_SIDE = 2048
"""Pixels of one side of an answer."""
MOST_HEAD = 4096
BLUR_SIDE = 24
_FORMATS = {
    MediaType.PNG: b"png",
    MediaType.JPEG: b"jpeg",
    MediaType.WEBP: b"webp",
    MediaType.GIF: b"gif",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one helper may use; `room` is memory on top of what it starts with."""

    most_bytes: int
    most_pixels: int
    room: int
    cpu_seconds: int = 20
    deadline_ms: int = 2000


NETWORK = "network"
PICKED = "picked"
LIMITS = {
    NETWORK: Limits(most_bytes=8 * MIB, most_pixels=32 * MIB, room=160 * MIB),
    PICKED: Limits(
        most_bytes=50 * MIB,
        most_pixels=256 * MIB,
        room=800 * MIB,
        cpu_seconds=60,
        deadline_ms=15_000,
    ),
}
"""By where a picture is from: a network, or a file that the person picked."""


WORDS = frozenset({"type", "size", "pixels", "damaged"})


class Undecodable(Exception):
    """One of `WORDS` says why."""


def decode(data: bytes, *, limits: Limits, box: QSize, blur: bool = False) -> QImage:
    """Return a picture (the first frame of several) that fits into a box.

    Raises:
        Undecodable: it is not one of the four formats, too large, or damaged.
    """
    if len(data) > limits.most_bytes:
        raise Undecodable("size")
    name = _format(data)
    source = QBuffer()
    source.setData(QByteArray(data))
    reader = _reader(source, name)
    try:
        image = _fitted(reader, limits=limits, box=box)
    finally:
        # The reader may be collected after what it reads from.
        reader.setDevice(None)  # type: ignore[arg-type]  # None is what Qt means
    if blur:
        image = blurred(image)
    return image.convertToFormat(QImage.Format.Format_RGBA8888)


def _fitted(reader: QImageReader, *, limits: Limits, box: QSize) -> QImage:
    size = reader.size()
    if not size.isValid() or size.isEmpty():
        raise Undecodable("damaged")
    if size.width() * size.height() * 4 > limits.most_pixels:
        raise Undecodable("pixels")
    reader.setScaledSize(fitting(size, box, turned=_is_turned(reader)))
    image = reader.read()
    if image.isNull():
        raise Undecodable("damaged")
    return image


def blurred(image: QImage) -> QImage:
    """Return a picture of the same size in which nothing can be made out.

    It is scaled down to a few pixels first: what is not there cannot be recovered.
    """
    keep = Qt.AspectRatioMode.KeepAspectRatio
    smooth = Qt.TransformationMode.SmoothTransformation
    small = image.scaled(BLUR_SIDE, BLUR_SIDE, keep, smooth)
    return small.scaled(image.size(), Qt.AspectRatioMode.IgnoreAspectRatio, smooth)


def _format(data: bytes) -> bytes:
    try:
        name = _FORMATS.get(sniff(data))
    except BadInput:
        name = None
    if name is None:
        raise Undecodable("type")
    return name


def _reader(source: QBuffer, name: bytes) -> QImageReader:
    """Return a reader of one format; the source must outlive it."""
    source.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(source, QByteArray(name))
    reader.setAutoDetectImageFormat(False)
    reader.setDecideFormatFromContent(False)
    reader.setAutoTransform(True)
    return reader


def _is_turned(reader: QImageReader) -> bool:
    turned = QImageIOHandler.Transformation.TransformationRotate90
    return bool(reader.transformation() & turned)


def fitting(size: QSize, box: QSize, *, turned: bool) -> QSize:
    """Return the largest size in the box, never larger than the picture."""
    room = box.transposed() if turned else box
    if size.width() <= room.width() and size.height() <= room.height():
        return size
    return size.scaled(room, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1))


def main(argv: Sequence[str]) -> int:
    """Be the helper until the pipe closes."""
    limits = LIMITS.get(argv[0] if argv else NETWORK)
    if limits is None:
        return 2
    rehearse(limits)
    confine(limits)
    write_frame({"ready": True}, b"")
    while (head := _read(4)) is not None:
        if not _serve(head, limits):
            return 1
    return 0


def confine(limits: Limits) -> None:
    """Give up what decoding does not need; there is no way back."""
    if sys.platform == "win32":
        return
    import resource

    with open("/proc/self/statm", "rb") as file:
        pages = int(file.read().split()[0])
    room = pages * resource.getpagesize() + limits.room
    QImageReader.setAllocationLimit(max(1, limits.most_pixels // MIB))
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 3),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_AS, room),
    ):
        resource.setrlimit(what, (most, most))


def rehearse(limits: Limits) -> None:
    """Load every plug-in and every lazy part while files can still be opened."""
    # Qt scales large pictures in threads, and a thread needs pipes, which a confined
    # process cannot have. It starts none once an application has been closed.
    QCoreApplication([]).shutdown()
    for name in _FORMATS.values():
        nothing = QBuffer()
        reader = _reader(nothing, name)
        reader.canRead()
        reader.setDevice(None)  # type: ignore[arg-type]  # as above
    dot = QImage(1, 1, QImage.Format.Format_RGBA8888)
    dot.fill(0)
    kept = QBuffer()
    kept.open(QIODevice.OpenModeFlag.WriteOnly)
    dot.save(kept, "PNG")  # type: ignore[call-overload]  # the stub knows no device
    _pixels(
        decode(bytes(kept.data().data()), limits=limits, box=QSize(1, 1), blur=True)
    )


def _serve(head: bytes, limits: Limits) -> bool:
    """Answer one request; false when the pipe can no longer be trusted."""
    try:
        (length,) = struct.unpack("<I", head)
        # As text: for bytes the library would look for codecs in files.
        request = json.loads((_read(min(length, MOST_HEAD)) or b"").decode())
        size = int(request["bytes"])
        box = QSize(_side(request, "width"), _side(request, "height"))
        blur = bool(request["blur"])
    except (ValueError, KeyError, TypeError, OverflowError):
        return False
    if not 0 <= size <= limits.most_bytes:
        write_frame({"error": "size"}, b"")
        return False
    data = _read(size)
    if data is None:
        return False
    try:
        image = decode(data, limits=limits, box=box, blur=blur)
        write_frame({"width": image.width(), "height": image.height()}, _pixels(image))
    except Undecodable as problem:
        write_frame({"error": str(problem)}, b"")
    except MemoryError:
        write_frame({"error": "pixels"}, b"")
    return True


def _side(request: dict[str, Any], name: str) -> int:
    return min(max(int(request[name]), 1), MOST_SIDE)


def _pixels(image: QImage) -> bytes:
    return bytes(cast(memoryview, image.constBits())[: image.sizeInBytes()])


def _read(size: int) -> bytes | None:
    """Return exactly that many bytes of the pipe; None when it ends before."""
    data = bytearray()
    while len(data) < size:
        part = os.read(0, min(size - len(data), MIB))
        if not part:
            return None
        data += part
    return bytes(data)


def write_frame(head: dict[str, object], body: bytes) -> None:
    """Write one answer to the pipe."""
    text = json.dumps(head).encode()
    data = memoryview(struct.pack("<I", len(text)) + text + body)
    while data:
        data = data[os.write(1, data) :]
