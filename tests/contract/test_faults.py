"""A write whose answer is cut, at every byte: never taken for done, done once."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from safetyclient.adapters.http.client import Door, Limits
from safetyclient.adapters.networks.reference.network import (
    ReferenceNetwork,
    open_network,
)
from safetyclient.adapters.networks.reference.sign_in import sign_in
from safetyclient.application.clock import SystemClock
from safetyclient.domain.changes import ChangeKind
from safetyclient.domain.errors import BadAnswer, SafetyError, TimedOut
from safetyclient.domain.ids import PersonId, PersonRef
from safetyclient.domain.lists import ListKind
from safetyclient.domain.wishes import SetMute, SetProtection
from tests.adapters.http.kit import read_request
from tests.contract.world import MemoryUploads, backend, change

BOB = PersonRef(id=PersonId(""), handle="bob")


@pytest.fixture(scope="module")
def ready() -> Iterator[dict[str, Any]]:
    with backend("empty") as said:
        yield said


class FaultProxy:
    """Stands before the server and lets through only some bytes of each answer.

    `cut` is how many bytes of an answer pass (None: all); then the connection ends
    with FIN, or with RST. `size` is the length of the last whole answer, `before` is
    sent in front of it.
    """

    def __init__(self, upstream: int) -> None:
        self.upstream = upstream
        self.port = 0
        self.cut: int | None = None
        self.reset = False
        self.silent = False
        self.size = 0
        self.requests = 0

    async def one(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            while True:
                answer = await self.forward(await read_request(reader))
                self.requests += 1
                self.size = len(answer)
                if self.silent:
                    await asyncio.sleep(30)
                writer.write(answer if self.cut is None else answer[: self.cut])
                await writer.drain()
                if self.cut is not None:
                    break
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self.end(writer)

    async def forward(self, request: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.upstream)
        head, body = request.split(b"\r\n\r\n", 1)
        lines = [x for x in head.split(b"\r\n") if not x.lower().startswith(b"conn")]
        writer.write(b"\r\n".join([*lines, b"Connection: close"]) + b"\r\n\r\n" + body)
        answer = await reader.read()
        writer.close()
        return answer.replace(b"connection: close\r\n", b"")

    def end(self, writer: asyncio.StreamWriter) -> None:
        if self.reset:
            raw: socket.socket = writer.get_extra_info("socket")
            linger = struct.pack("ii", 1, 0)
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        writer.close()


@asynccontextmanager
async def proxied(
    ready: dict[str, Any], limits: Limits | None = None
) -> AsyncGenerator[tuple[FaultProxy, ReferenceNetwork]]:
    """Yield a proxy before the server, and an account that is signed in through it."""
    proxy = FaultProxy(int(ready["url"].rsplit(":", 1)[1]))
    tasks: set[asyncio.Task[None]] = set()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(proxy.one(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    listener = await asyncio.start_server(begin, "127.0.0.1", 0)
    proxy.port = listener.sockets[0].getsockname()[1]
    clock = SystemClock()
    door = Door(clock=clock, limits=limits)
    known = ready["accounts"][0]
    account, credential = await sign_in(
        f"http://127.0.0.1:{proxy.port}", known["handle"], known["password"], door=door
    )
    net = open_network(account, credential, clock=clock, door=door)
    try:
        yield proxy, net
    finally:
        await net.aclose()
        listener.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.parametrize("reset", [False, True], ids=["fin", "rst"])
def test_a_cut_at_every_byte_is_never_done(ready: dict[str, Any], reset: bool) -> None:
    async def work() -> tuple[int, int, int]:
        async with proxied(ready) as (proxy, net):
            files = MemoryUploads()
            wish = change(ChangeKind.PROTECT, SetProtection(True))
            assert (await net.deliver([wish], files))[0].error is None
            whole, done, told = proxy.size, 0, 0
            for cut in range(whole + 1):
                proxy.cut, proxy.reset = cut, reset
                wish = change(ChangeKind.PROTECT, SetProtection(True))
                error = (await net.deliver([wish], files))[0].error
                if error is None:
                    done += 1
                    assert cut == whole
                else:
                    assert type(error) in {BadAnswer, TimedOut}
                    assert error.in_doubt
                proxy.cut = None
                told += await net.operation(wish.id) is True
            return whole, done, told

    whole, done, told = asyncio.run(work())
    assert whole > 200
    assert done == 1 if not reset else done <= 1
    # The server did every one of them, and says so when it is asked by key.
    assert told == whole + 1


def test_a_bulk_write_in_doubt_is_sent_again_and_stands_once(
    ready: dict[str, Any],
) -> None:
    async def work() -> None:
        async with proxied(ready) as (proxy, net):
            files = MemoryUploads()
            mark = await net.entries_mark(ListKind.MUTES)
            wish = change(ChangeKind.MUTE, SetMute(BOB, True))
            for cut in (0, 1, 100, 300):
                proxy.cut = cut
                error = (await net.deliver([wish], files))[0].error
                assert error is not None
                assert error.in_doubt
            proxy.cut = None
            assert await net.operation(wish.id) is True
            done = (await net.deliver([wish], files))[0]
            assert done.error is None
            delta = await net.entries_since(ListKind.MUTES, mark)
            assert [row.person.handle for row in delta.changed] == ["bob"]
            off = change(ChangeKind.MUTE, SetMute(BOB, False))
            await net.deliver([off], files)
            # The old change again, after its opposite: its key is known, so nothing.
            await net.deliver([wish], files)
            assert (await net.entries(ListKind.MUTES, "")).rows == ()

    asyncio.run(work())


def test_a_silent_server_is_in_doubt_within_the_deadline(ready: dict[str, Any]) -> None:
    async def work() -> None:
        limits = Limits(read_seconds=5, write_seconds=1)
        async with proxied(ready, limits) as (proxy, net):
            proxy.silent = True
            loop = asyncio.get_running_loop()
            begun = loop.time()
            wish = change(ChangeKind.MUTE, SetMute(BOB, True))
            error = (await net.deliver([wish], MemoryUploads()))[0].error
            assert type(error) is TimedOut
            assert error.in_doubt
            assert loop.time() - begun <= 2
            proxy.silent = False
            assert await net.operation(wish.id) is True
            never = change(ChangeKind.MUTE, SetMute(BOB, True))
            assert await net.operation(never.id) is False

    asyncio.run(work())


def test_a_server_that_is_away_is_offline(ready: dict[str, Any]) -> None:
    async def work() -> None:
        async with proxied(ready) as (_, net):
            proxy_gone = net
        with pytest.raises(SafetyError) as caught:
            await proxy_gone.protection()
        await proxy_gone.aclose()
        assert caught.value.code == "offline"

    asyncio.run(work())
