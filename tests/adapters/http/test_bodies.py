"""H3, H4: no answer is too large or too slow for us."""

from __future__ import annotations

import asyncio
import gzip
import os
import re
import zlib
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from safetyclient.adapters.http.client import Ask, Limits
from safetyclient.adapters.http.inflate import Inflater
from safetyclient.adapters.http.origins import Origin
from safetyclient.domain.errors import BadAnswer, SafetyError, TimedOut
from tests.adapters.http.kit import (
    OK,
    WHERE,
    get,
    new_door,
    plain,
    post,
    run,
    serve,
)

MIB = 1024 * 1024


def gzip_of_zeros(size: int) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    packed = [packer.compress(bytes(MIB)) for _ in range(size // MIB)]
    return b"".join([*packed, packer.flush()])


def forget_peak() -> int:
    """Begin to measure this process's memory anew; return what it holds now."""
    Path("/proc/self/clear_refs").write_text("5")
    return peak()


def peak() -> int:
    """Return the most memory that this process held since then, in bytes."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) * 1024


@pytest.mark.parametrize("coding", ["gzip", "gzip, gzip", "br", "zstd", "deflate"])
def test_h3_decompression_bombs_stay_small(coding: str) -> None:
    bomb = gzip_of_zeros(300 * MIB)
    if coding == "gzip, gzip":
        bomb = gzip.compress(bomb)
    head = OK + b"content-encoding: %b\r\n" % coding.encode()

    async def work() -> None:
        async with serve(plain(b"{}")) as server:
            await get(server)
        async with serve(plain(bomb, head)) as server:
            before = forget_peak()
            with pytest.raises(BadAnswer):
                await get(server)
            assert peak() - before <= 32 * MIB
            assert b"accept-encoding: gzip, identity" in server.requests[0].lower()

    run(work())


def test_h3_an_error_page_can_be_a_bomb_too() -> None:
    async def work() -> None:
        head = (
            b"HTTP/1.1 500 No\r\ncontent-type: application/json\r\n"
            b"content-encoding: gzip\r\n"
        )
        async with serve(plain(gzip_of_zeros(300 * MIB), head)) as server:
            before = forget_peak()
            with pytest.raises(SafetyError):
                await get(server)
            assert peak() - before <= 32 * MIB

    run(work())


def test_h3_a_body_over_eight_mebibytes_is_refused() -> None:
    async def work(size: int) -> int:
        async with serve(plain(b" " * (size - 2) + b"{}")) as server:
            return len(await get(server))

    assert run(work(8 * MIB)) == 8 * MIB
    with pytest.raises(BadAnswer):
        run(work(8 * MIB + 1))


@pytest.mark.parametrize(
    "lines",
    [
        b"".join(b"x-%d: y\r\n" % number for number in range(200)),
        b"x-long: " + b"y" * 80_000 + b"\r\n",
        b"x-longer: " + b"y" * 20_000_000 + b"\r\n",
    ],
)
def test_h3_headers_are_bounded(lines: bytes) -> None:
    async def work() -> None:
        async with serve(plain(b"{}", OK + lines)) as server:
            with pytest.raises(BadAnswer):
                await get(server)

    run(work())


def test_h3_gzip_is_understood_and_must_be_whole() -> None:
    text = os.urandom(40_000).hex().encode()
    packed = gzip.compress(text)

    def inflate(data: bytes) -> bytes:
        inflater = Inflater("gzip", MIB)
        for start in range(0, len(data), 1000):
            inflater.feed(data[start : start + 1000])
        return inflater.finish()

    assert inflate(packed) == text
    for bad in (packed[:-1], packed[:100], packed[:-8] + b"\0" * 8, b"", packed * 2):
        with pytest.raises(BadAnswer):
            inflate(bad)


Handle = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


async def drip_body(_: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(OK + b"content-length: 1000\r\n\r\n")
    for _step in range(1000):
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.05)


async def drip_head(_: bytes, writer: asyncio.StreamWriter) -> None:
    for byte in OK * 20:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.05)


async def silent(_: bytes, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def early_hints(_: bytes, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n" * 100)
        await writer.drain()


async def slow_hints(_: bytes, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    "handle", [drip_body, drip_head, silent, early_hints, slow_hints]
)
@pytest.mark.parametrize("ask", [get, post])
def test_h4_a_slow_server_costs_the_deadline_and_no_more(
    handle: Handle, ask: Callable[..., Awaitable[bytes]]
) -> None:
    async def work() -> float:
        door = new_door(limits=Limits(read_seconds=0.5, write_seconds=0.5))
        async with serve(handle) as server:
            start = asyncio.get_running_loop().time()
            with pytest.raises((TimedOut, BadAnswer)) as caught:
                await ask(server, door=door)
            assert caught.value.in_doubt
            return asyncio.get_running_loop().time() - start

    assert run(work()) <= 0.5 + 1


async def upload(size: int, limits: Limits, *, drip: bool) -> float:
    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await slow_reader(reader, drip)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    listener = await asyncio.start_server(one, "127.0.0.1", 0, limit=2**16)
    port = listener.sockets[0].getsockname()[1]
    pinned = new_door(limits=limits).open(Origin("http", "127.0.0.1", port, test=True))
    ask = Ask(method="PUT", path=WHERE, body=bytes(size), upload=True)
    begun = asyncio.get_running_loop().time()
    try:
        with pytest.raises(TimedOut):
            await pinned.ask(ask)
        return asyncio.get_running_loop().time() - begun
    finally:
        await pinned.aclose()
        listener.close()


async def slow_reader(reader: asyncio.StreamReader, drip: bool) -> None:
    while True:
        await asyncio.sleep(0.05 if drip else 30)
        if not await reader.read(64 * 1024):
            return


def test_h4_an_upload_without_progress_ends() -> None:
    limits = Limits(stall_seconds=0.5, upload_seconds=60)
    assert run(upload(32 * MIB, limits, drip=False)) <= 1.5


def test_h4_an_upload_with_a_little_progress_ends_too() -> None:
    limits = Limits(stall_seconds=5, upload_seconds=0.5, upload_rate=1e9)
    assert run(upload(64 * MIB, limits, drip=True)) <= 1.6
