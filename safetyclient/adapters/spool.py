"""Encrypted copies of files that wait to be published, beside the store."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
import re
import stat
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from safetyclient.adapters.files import (
    create_private,
    private_folder,
    store_errors,
    sync_file,
    sync_folder,
)
from safetyclient.adapters.spool_file import CHUNK, read_sealed, write_sealed
from safetyclient.domain.errors import BadInput
from safetyclient.domain.ids import SpoolId
from safetyclient.domain.media import MAX_FILE_BYTES, MediaType, StagedFile
from safetyclient.domain.strip import SNIFF_BYTES, sniff, strip

_NAME = re.compile(r"[0-9a-f]{32}")
_PART = ".part"


@dataclass(slots=True)
class _Source:
    """Plain bytes on their way into the spool, counted and hashed as they pass."""

    type: MediaType
    size: int
    removed: tuple[str, ...]
    parts: Iterator[bytes]
    sha256: str = ""

    def passing(self) -> Iterator[bytes]:
        """Yield the bytes; `sha256` is right afterwards."""
        digest = hashlib.sha256()
        for part in self.parts:
            digest.update(part)
            yield part
        self.sha256 = digest.hexdigest()


class EncryptedSpool:
    """Keeps stripped, encrypted copies in a folder of the profile.

    A file that `keep` returned is on disk. Names say nothing about what they name.
    The one danger: without the store key, every file here is noise.
    """

    def __init__(self, folder: Path, *, store_key: bytes) -> None:
        self._folder = folder
        self._key = store_key
        self._names = hmac.digest(store_key, b"safetyclient spool names", "sha256")
        self._busy: set[str] = set()

    async def keep(self, path: Path) -> StagedFile:
        """Check, strip, encrypt and keep a file.

        Raises:
            BadInput: its type, its size, or something in it cannot be used.
            StoreTrouble: the copy cannot be written.
        """
        return await asyncio.to_thread(self._keep, path)

    def read(self, spool: SpoolId, offset: int, size: int) -> bytes:
        """Return bytes of a kept file, decrypted; fewer at its end.

        Raises:
            StoreDamaged: the copy is not what was kept.
            BadInput: there is no such copy.
        """
        path = self._path(spool)
        with store_errors():
            try:
                return read_sealed(
                    path, offset=offset, size=size, name=spool, store_key=self._key
                )
            except FileNotFoundError:
                raise BadInput(field="media", reason="unreadable") from None

    def release(self, spool: SpoolId) -> None:
        """Remove a kept file; a missing one is fine."""
        path = self._path(spool)
        with store_errors():
            path.unlink(missing_ok=True)

    async def ids(self) -> AsyncIterator[SpoolId]:
        """Yield what is kept; copies that were never finished are removed."""
        for name in await asyncio.to_thread(self._sweep):
            yield name

    def _path(self, spool: SpoolId) -> Path:
        if not _NAME.fullmatch(spool):
            raise BadInput(field="media", reason="unreadable")
        return self._folder / spool

    def _sweep(self) -> list[SpoolId]:
        found: list[SpoolId] = []
        with store_errors():
            if not self._folder.exists():
                return found
            for path in sorted(self._folder.iterdir()):
                if _NAME.fullmatch(path.name):
                    found.append(SpoolId(path.name))
                elif path.suffix == _PART and path.stem not in self._busy:
                    path.unlink(missing_ok=True)
        return found

    def _keep(self, path: Path) -> StagedFile:
        with _opened(path) as file:
            source = _source(file)
            name = hmac.digest(self._names, os.urandom(32), "sha256")[:16].hex()
            self._busy.add(name)
            try:
                self._write(name, source)
            finally:
                self._busy.discard(name)
        return StagedFile(
            spool=SpoolId(name),
            name=path.name,
            type=source.type,
            size=source.size,
            sha256=source.sha256,
            removed=source.removed,
        )

    def _write(self, name: str, source: _Source) -> None:
        part = self._folder / f"{name}{_PART}"
        with store_errors():
            private_folder(self._folder)
            try:
                with create_private(part) as file:
                    came = write_sealed(
                        file,
                        source.passing(),
                        size=source.size,
                        name=name,
                        store_key=self._key,
                    )
                    if came != source.size:  # it changed while it was read
                        raise BadInput(field="media", reason="unreadable")
                    sync_file(file)
                part.replace(self._folder / name)
                sync_folder(self._folder)
            finally:
                part.unlink(missing_ok=True)


def _opened(path: Path) -> BinaryIO:
    """Open a file to read; never a pipe or a device, which may have no end."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError):
        raise BadInput(field="media", reason="unreadable") from None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise BadInput(field="media", reason="unreadable")
    return os.fdopen(handle, "rb")


def _source(file: BinaryIO) -> _Source:
    """Return what is to be kept of a file: a picture stripped, a video as it is."""
    size = os.fstat(file.fileno()).st_size
    if size > MAX_FILE_BYTES:
        raise BadInput(field="media", reason="size")
    found = sniff(_read(file, SNIFF_BYTES))
    file.seek(0)
    if found.is_video:
        parts = iter(lambda: _read(file, CHUNK), b"")
        return _Source(type=found, size=size, removed=(), parts=parts)
    clean = strip(_read(file, size))
    return _Source(
        type=found,
        size=len(clean.data),
        removed=clean.removed,
        parts=iter((clean.data,)),
    )


def _read(file: BinaryIO, size: int) -> bytes:
    try:
        return file.read(size)
    except OSError:
        raise BadInput(field="media", reason="unreadable") from None
