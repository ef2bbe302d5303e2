"""The keyless server as its own process: it acts, and writes a ledger to a file."""

from __future__ import annotations

import asyncio
import os
import pickle
import sqlite3
import struct
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path

from safetyclient.application.clock import SystemClock
from safetyclient.application.ports import Delivered, Uploads
from safetyclient.domain.capabilities import Capabilities
from safetyclient.domain.changes import Change
from safetyclient.domain.errors import Offline, TimedOut
from tests.fakes.network import FakeNetwork, FakeServer
from tests.fakes.world import PEOPLE

LEDGER = (
    "CREATE TABLE effect_log (id INTEGER PRIMARY KEY, key TEXT, operation TEXT,"
    " subject TEXT)"
)


def serve(ready: Connection, database: Path) -> None:
    """Run until the process is ended."""
    asyncio.run(_serve(ready, database))


async def _serve(ready: Connection, database: Path) -> None:
    fake = FakeServer(SystemClock(), handles=dict(PEOPLE), keyed=False)
    ledger = sqlite3.connect(database, isolation_level=None)
    ledger.execute("PRAGMA journal_mode=WAL")
    ledger.execute(LEDGER)

    async def answer(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            changes = pickle.loads(await _receive(reader))
            results = [fake.act(change) for change in changes]
            rows = [(r.change, "deliver", "") for r in results if r.error is None]
            ledger.executemany(
                "INSERT INTO effect_log (key, operation, subject) VALUES (?, ?, ?)",
                rows,
            )
            await _send(writer, pickle.dumps(results))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    ready.send((server.sockets[0].getsockname()[1], os.getpid()))
    async with server:
        await server.serve_forever()


class FarNetwork(FakeNetwork):
    """The client of that process; a reset connection leaves everything in doubt."""

    def __init__(self, port: int) -> None:
        super().__init__(FakeServer(SystemClock(), keyed=False))
        self._port = port

    def capabilities(self) -> Capabilities:
        """Offer nothing to read, so that only deliveries are made."""
        return Capabilities({})

    async def deliver(
        self, changes: Sequence[Change], uploads: Uploads
    ) -> list[Delivered]:
        """Send changes over the wire."""
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        except ConnectionRefusedError:
            raise Offline from None
        try:
            return await self.exchange(reader, writer, changes)
        except (asyncio.IncompleteReadError, ConnectionError):
            raise TimedOut from None
        finally:
            writer.close()

    async def exchange(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        changes: Sequence[Change],
    ) -> list[Delivered]:
        """Send and wait for the answer."""
        await _send(writer, pickle.dumps(list(changes)))
        answers: list[Delivered] = pickle.loads(await _receive(reader))
        return answers


async def _send(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(struct.pack(">I", len(data)) + data)
    await writer.drain()


async def _receive(reader: asyncio.StreamReader) -> bytes:
    (size,) = struct.unpack(">I", await reader.readexactly(4))
    return await reader.readexactly(size)
