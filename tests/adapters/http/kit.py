"""Loopback servers that answer whatever a test wants, and a door to them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from safetyclient.adapters.http.client import Ask, Door, Limits
from safetyclient.adapters.http.ids import Path
from safetyclient.adapters.http.origins import Origin

T = TypeVar("T")
START = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
OK = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
WHERE = Path("/v1/me", "/v1/me")


class StillClock:
    """A clock that only moves when told; waiting is real."""

    def __init__(self) -> None:
        self.time = START

    def now(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def move(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end; a test that hangs is cut off."""

    async def bounded() -> T:
        async with asyncio.timeout(60):
            return await work

    return asyncio.run(bounded())


def plain(body: bytes, head: bytes = OK) -> bytes:
    """Return a whole answer with its length."""
    return head + b"content-length: %d\r\n\r\n" % len(body) + body


@dataclass
class Server:
    """What a loopback server has seen."""

    port: int = 0
    host: str = "127.0.0.1"
    scheme: str = "http"
    requests: list[bytes] = field(default_factory=list[bytes])
    connections: int = 0

    @property
    def origin(self) -> Origin:
        return Origin(self.scheme, self.host, self.port, test=True)


Handle = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


async def read_request(reader: asyncio.StreamReader) -> bytes:
    """Read one request with its body."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    return head + await reader.readexactly(length)


@asynccontextmanager
async def serve(
    handle: Handle | bytes, *, host: str = "127.0.0.1", tls: Any = None
) -> AsyncGenerator[Server]:
    """Run a server that answers with bytes, or as a function says."""
    server = Server(
        host="localhost" if tls else host, scheme="https" if tls else "http"
    )
    open_ones: set[asyncio.Task[None]] = set()

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        try:
            while True:
                request = await read_request(reader)
                server.requests.append(request)
                if isinstance(handle, bytes):
                    writer.write(handle)
                    await writer.drain()
                else:
                    await handle(request, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(one(reader, writer))
        open_ones.add(task)
        task.add_done_callback(open_ones.discard)

    listener = await asyncio.start_server(begin, host, 0, ssl=tls)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()
        for task in list(open_ones):
            task.cancel()
        await asyncio.gather(*open_ones, return_exceptions=True)
        await listener.wait_closed()


def new_door(**options: Any) -> Door:
    """Return a door with short deadlines."""
    options.setdefault("clock", StillClock())
    options.setdefault("limits", Limits(read_seconds=5, write_seconds=5))
    return Door(**options)


async def get(server: Server, door: Door | None = None, token: str = "t0ken") -> bytes:
    """Ask a server for its one path, and return the body."""
    pinned = (door or new_door()).open(server.origin, token=token)
    try:
        return (await pinned.ask(Ask(method="GET", path=WHERE))).body
    finally:
        await pinned.aclose()


async def post(
    server: Server, body: bytes = b'{"a":1}', door: Door | None = None
) -> bytes:
    """Write to a server's one path, and return the body."""
    pinned = (door or new_door()).open(server.origin, token="t0ken")
    try:
        ask = Ask(method="POST", path=WHERE, body=body)
        return (await pinned.ask(ask)).body
    finally:
        await pinned.aclose()
