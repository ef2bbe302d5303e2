"""The format of one kept file: a head, then chunks that are sealed one by one.

Head: magic, salt, plain size. The key of a file is derived from the store key and its
salt, so a chunk's number can be its nonce. Each seal also covers the head, the number
of the chunk and whether it is the last: a file that was cut, extended, mixed with
another or renamed is noticed.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from safetyclient.domain.errors import StoreDamaged

CHUNK = 64 * 1024
_TAG = 16
_MAGIC = b"SCSPOOL1"
_HEAD = struct.Struct(">8s16sQ")


class Seal:
    """Seals and opens the chunks of one file."""

    def __init__(self, store_key: bytes, *, name: str, head: bytes) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        magic, salt, size = _HEAD.unpack(head)
        if magic != _MAGIC:
            raise StoreDamaged
        self.size = int(size)
        info = b"safetyclient spool file " + name.encode()
        key = HKDF(algorithm=SHA256(), length=32, salt=salt, info=info)
        self._cipher = ChaCha20Poly1305(key.derive(store_key))
        self._head = head
        self.chunks = max(1, -(-self.size // CHUNK))

    def close(self, number: int, data: bytes) -> bytes:
        """Return a sealed chunk."""
        return self._cipher.encrypt(_nonce(number), data, self._about(number))

    def open(self, number: int, data: bytes) -> bytes:
        """Return what a chunk holds.

        Raises:
            StoreDamaged: it is not what was sealed.
        """
        from cryptography.exceptions import InvalidTag

        try:
            return self._cipher.decrypt(_nonce(number), data, self._about(number))
        except InvalidTag:
            raise StoreDamaged from None

    def length(self) -> int:
        """Return how long the whole file must be."""
        return _HEAD.size + self.size + self.chunks * _TAG

    def _about(self, number: int) -> bytes:
        last = number == self.chunks - 1
        return self._head + struct.pack(">Q?", number, last)


def _nonce(number: int) -> bytes:
    return bytes(4) + struct.pack(">Q", number)


def write_sealed(
    file: BinaryIO, parts: Iterable[bytes], *, size: int, name: str, store_key: bytes
) -> int:
    """Write a whole file; return how many plain bytes came, whatever was promised."""
    head = _HEAD.pack(_MAGIC, os.urandom(16), size)
    seal = Seal(store_key, name=name, head=head)
    file.write(head)
    came = 0
    for number, part in enumerate(_chunked(parts)):
        file.write(seal.close(number, part))
        came += len(part)
    return came


def read_sealed(
    path: Path, *, offset: int, size: int, name: str, store_key: bytes
) -> bytes:
    """Return plain bytes of a file; fewer at its end.

    Raises:
        StoreDamaged: the file is not what was written.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD.size)
        if len(head) != _HEAD.size:
            raise StoreDamaged
        seal = Seal(store_key, name=name, head=head)
        if os.fstat(file.fileno()).st_size != seal.length():
            raise StoreDamaged
        end = min(offset + size, seal.size)
        if offset >= end:
            return b""
        first, last = offset // CHUNK, (end - 1) // CHUNK
        file.seek(_HEAD.size + first * (CHUNK + _TAG))
        plain = b"".join(
            seal.open(number, file.read(CHUNK + _TAG))
            for number in range(first, last + 1)
        )
    start = offset - first * CHUNK
    return plain[start : start + end - offset]


def _chunked(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Yield chunks of one size, the last one shorter; one empty chunk for nothing."""
    waiting = bytearray()
    for part in parts:
        for start in range(0, len(part), CHUNK):
            waiting += part[start : start + CHUNK]
            # One chunk is always held back: only the end knows which is the last.
            while len(waiting) > CHUNK:
                yield bytes(waiting[:CHUNK])
                del waiting[:CHUNK]
    yield bytes(waiting)
