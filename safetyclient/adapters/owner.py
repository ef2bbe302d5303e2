"""The one owner process of a profile: its file lock, its socket, and how to ask it.

The lock is the operating system's and dies with its process. The socket is outside
the profile, because the path of a socket may have only 107 bytes; the lock file says
where, so that two environments find each other.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import hashlib
import json
import logging
import os
import socket
import stat
import struct
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, cast

from safetyclient.domain.errors import BadInput, OwnerLost, StoreTrouble

LOCK_FILE = "owner.lock"
MOST_BYTES = 1024 * 1024
"""Bytes in one message of the socket."""
MOST_ANSWER = 64 * MOST_BYTES
"""Bytes in one answer; a longer one than a message comes in several."""
MOST_PATH = 107
_MORE = 0x8000_0000
_STEP = 0.02
_ROUNDS = 4
_REQUEST_SECONDS = 10.0

Message = dict[str, Any]
Handler = Callable[[Message], Awaitable[Message]]

_log = logging.getLogger("safetyclient.owner")


class Owner:
    """Holds a profile's lock while it lives and answers other processes.

    Guarantee: of all processes that use this class on one profile, one at a time
    holds it, whatever happened to the one before.
    """

    def __init__(self, profile_dir: Path, lock: int) -> None:
        self._profile = profile_dir
        self._lock = lock
        self._server: asyncio.Server | None = None
        self._folder: Path | None = None
        self._talks: set[asyncio.Task[None]] = set()

    @classmethod
    def take(cls, profile_dir: Path) -> Owner | None:
        """Become the owner of a profile; None when another process is it.

        Raises:
            StoreTrouble: the profile's folder cannot be written.
        """
        try:
            profile_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = _lock(profile_dir / LOCK_FILE)
        except OSError as error:
            raise StoreTrouble(why=type(error).__name__) from error
        return None if lock is None else cls(profile_dir, lock)

    async def serve(self, handler: Handler) -> None:
        """Begin to answer other processes; requests run beside each other."""
        folder = _socket_folder(self._profile)
        path = folder / "s"
        # Only the holder of the lock may do this: whoever made it is dead.
        path.unlink(missing_ok=True)

        def connected(
            reader: asyncio.StreamReader, writer: asyncio.StreamWriter
        ) -> None:
            # A task of our own: Python 3.11 logs a cancelled one of its streams.
            task = asyncio.create_task(_talk(reader, writer, handler))
            self._talks.add(task)
            task.add_done_callback(self._talks.discard)

        server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        server.bind(str(path))
        path.chmod(0o600)
        self._server = await asyncio.start_unix_server(connected, sock=server)
        self._folder = folder
        _write(self._lock, {"socket": str(path), "pid": os.getpid()})

    async def aclose(self) -> None:
        """Stop answering, remove the socket, give the lock back."""
        if self._server is not None:
            self._server.close()
            for _ in range(_ROUNDS):  # what was just accepted becomes a task first
                await asyncio.sleep(0)
            for task in tuple(self._talks):
                task.cancel()
            await asyncio.gather(*self._talks, return_exceptions=True)
            self._server = None
        if self._folder is not None:
            with contextlib.suppress(OSError):
                (self._folder / "s").unlink(missing_ok=True)
                self._folder.rmdir()
            self._folder = None
        self.release()

    def release(self) -> None:
        """Give the lock back without a loop; for a process that never served."""
        if self._lock < 0:
            return
        with contextlib.suppress(OSError):
            os.ftruncate(self._lock, 0)
        os.close(self._lock)
        self._lock = -1


async def ask(profile_dir: Path, request: Message, *, seconds: float) -> Message | None:
    """Ask the owner of a profile; None when it has none.

    Raises:
        OwnerLost: it took the request and ended, or was silent for `seconds`; the
            same request (with the same id) can be asked of the next owner. With the
            parameter `failed` it is alive, and asking again would fail again.
        BadInput: the request is too large for the socket.
    """
    data = json.dumps(request).encode()
    if len(data) > MOST_BYTES:
        raise BadInput(field="request", reason="size")
    try:
        async with asyncio.timeout(seconds):
            connection = await _reach(profile_dir)
            return None if connection is None else await _exchange(connection, data)
    except (TimeoutError, OSError, EOFError, ValueError):
        raise OwnerLost from None


async def own_or_ask(
    profile_dir: Path, request: Message, *, seconds: float
) -> Owner | Message:
    """Become the owner, or have the owner answer; tries again when it just ended.

    The request must carry an id that makes it safe to repeat: an owner that dies
    after it took the request leaves open whether it was done.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while True:
        owner = Owner.take(profile_dir)
        if owner is not None:
            return owner
        left = end - loop.time()
        if left <= 0:
            raise OwnerLost
        try:
            answer = await ask(profile_dir, request, seconds=left)
        except OwnerLost as lost:
            if lost.params or loop.time() >= end:
                raise
            answer = None
        if answer is not None:
            return answer
        await asyncio.sleep(_STEP)


def held(profile_dir: Path) -> bool:
    """Return whether a process owns the profile now."""
    try:
        probe = os.open(profile_dir / LOCK_FILE, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(probe, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(probe)
    return False


def _lock(path: Path) -> int | None:
    """Return a locked file, or None; never a lock on a file that was removed."""
    for _ in range(50):
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            ours, there = os.fstat(handle), path.lstat()
        except FileNotFoundError:
            os.close(handle)
            continue
        except OSError as error:
            os.close(handle)
            if error.errno in {errno.EWOULDBLOCK, errno.EACCES}:
                return None
            raise
        if (ours.st_dev, ours.st_ino) == (there.st_dev, there.st_ino):
            os.ftruncate(handle, 0)
            return handle
        os.close(handle)
    return None


def _write(lock: int, data: Message) -> None:
    text = json.dumps(data).encode()
    os.ftruncate(lock, 0)
    os.pwrite(lock, text, 0)


def _socket_folder(profile_dir: Path) -> Path:
    """Return a folder for the socket that nobody else can enter."""
    real = os.fsencode(os.path.realpath(profile_dir))
    name = f"safetyclient-{hashlib.sha256(real).hexdigest()[:16]}"
    for base in _bases():
        folder = base / name
        if len(os.fsencode(folder / "s")) > MOST_PATH:
            continue
        with contextlib.suppress(OSError):
            folder.mkdir(mode=0o700, exist_ok=True)
            if _is_private(folder):
                return folder
            # Somebody else took the name; the lock file will tell the other one.
            fresh = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=base))
            if len(os.fsencode(fresh / "s")) <= MOST_PATH:
                return fresh
            fresh.rmdir()
    raise StoreTrouble(why="socket")


def _bases() -> Iterator[Path]:
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if runtime and Path(runtime).is_absolute() and _is_private(Path(runtime)):
        yield Path(runtime)
    yield Path(tempfile.gettempdir())
    yield Path("/tmp")  # noqa: S108 - only a private folder inside it is used


def _is_private(folder: Path) -> bool:
    try:
        found = folder.lstat()
    except OSError:
        return False
    ours = found.st_uid == os.geteuid()
    return stat.S_ISDIR(found.st_mode) and ours and not found.st_mode & 0o077


def _socket_of(profile_dir: Path) -> Path | None:
    """Return the socket that the lock file names, if it can be trusted."""
    try:
        handle = os.open(profile_dir / LOCK_FILE, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        data = json.loads(os.read(handle, 4096))
        path = Path(cast(str, data["socket"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    finally:
        os.close(handle)
    named = path.name == "s" and path.parent.name.startswith("safetyclient-")
    return path if path.is_absolute() and named and _is_private(path.parent) else None


def _same_user(peer: socket.socket) -> bool:
    option = getattr(socket, "SO_PEERCRED", None)
    if option is None:  # elsewhere the folder's mode keeps other users out
        return True
    size = struct.calcsize("3i")
    _, uid, _ = struct.unpack(
        "3i", peer.getsockopt(socket.SOL_SOCKET, cast(int, option), size)
    )
    return bool(uid == os.geteuid())


async def _reach(
    profile_dir: Path,
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
    """Connect to the owner; waits while there is one that does not listen yet."""
    while True:
        path = _socket_of(profile_dir)
        if path is not None:
            with contextlib.suppress(OSError):
                return await _connect(path)
        if not held(profile_dir):
            return None
        await asyncio.sleep(_STEP)


async def _connect(path: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        client.setblocking(False)
        await asyncio.get_running_loop().sock_connect(client, str(path))
        if not _same_user(client):
            raise PermissionError
        return await asyncio.open_unix_connection(sock=client)
    except BaseException:
        client.close()
        raise


async def _exchange(
    connection: tuple[asyncio.StreamReader, asyncio.StreamWriter], data: bytes
) -> Message:
    reader, writer = connection
    try:
        writer.write(struct.pack(">I", len(data)) + data)
        await writer.drain()
        answer = json.loads(await _receive(reader, most=MOST_ANSWER))
        if not isinstance(answer, dict) or "answer" not in answer:
            raise OwnerLost(failed=1)
        return cast(Message, answer["answer"])
    finally:
        await _closed(writer)


async def _talk(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, handler: Handler
) -> None:
    """Serve one connection: one request, one answer."""
    try:
        if _same_user(writer.get_extra_info("socket")):
            async with asyncio.timeout(_REQUEST_SECONDS):
                request = json.loads(await _receive(reader, most=MOST_BYTES))
            await _send(writer, await _answer(request, handler))
    except (TimeoutError, OSError, EOFError, ValueError, RecursionError):
        _log.info("a connection ended without an answer")
    finally:
        await _closed(writer)


async def _answer(request: object, handler: Handler) -> bytes:
    """Return the answer to a request; a bug in the handler is an answer, too."""
    try:
        if not isinstance(request, dict):
            raise TypeError
        answer = json.dumps({"answer": await handler(cast(Message, request))}).encode()
        if len(answer) <= MOST_ANSWER:
            return answer
        _log.error("an answer is too large: %d bytes", len(answer))
    except Exception as error:  # noqa: BLE001 - the other process must not hang
        _log.error("a request failed: %s", type(error).__name__)
    return b'{"failed": true}'


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


async def _send(writer: asyncio.StreamWriter, data: bytes) -> None:
    starts = range(0, len(data), MOST_BYTES) or range(1)
    for start in starts:
        part = data[start : start + MOST_BYTES]
        more = _MORE if start + MOST_BYTES < len(data) else 0
        writer.write(struct.pack(">I", len(part) | more) + part)
        await writer.drain()


async def _receive(reader: asyncio.StreamReader, *, most: int) -> bytes:
    data = bytearray()
    more = True
    while more:
        (head,) = struct.unpack(">I", await reader.readexactly(4))
        size, more = head & ~_MORE, bool(head & _MORE)
        if size > MOST_BYTES or len(data) + size > most:
            raise ValueError
        data += await reader.readexactly(size)
    return bytes(data)
