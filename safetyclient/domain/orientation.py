"""The one thing that is kept of a picture's EXIF: which way up it is."""

from __future__ import annotations

import struct

UPRIGHT = 1
_TAG = 0x0112
_SHORT = 3
_PREFIX = b"Exif\0\0"


def orientation_of(exif: bytes) -> int:
    """Return the orientation (1 to 8) that an EXIF block states; 1 if it does not."""
    tiff = exif.removeprefix(_PREFIX)
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return UPRIGHT
    try:
        (start,) = struct.unpack_from(order + "I", tiff, 4)
        (count,) = struct.unpack_from(order + "H", tiff, start)
        for number in range(count):
            tag, kind, values, value = struct.unpack_from(
                order + "HHIH", tiff, start + 2 + 12 * number
            )
            if (tag, kind, values) == (_TAG, _SHORT, 1):
                return value if 1 <= value <= 8 else UPRIGHT
    except struct.error:
        return UPRIGHT
    return UPRIGHT


def minimal_exif(orientation: int) -> bytes:
    """Return a TIFF block that holds an orientation and nothing else."""
    entry = struct.pack("<HHIHH", _TAG, _SHORT, 1, orientation, 0)
    return b"II*\0" + struct.pack("<IH", 8, 1) + entry + bytes(4)


def is_minimal(exif: bytes) -> bool:
    """Return whether an EXIF block is one that `minimal_exif` made."""
    found = orientation_of(exif)
    return found != UPRIGHT and exif.removeprefix(_PREFIX) == minimal_exif(found)
