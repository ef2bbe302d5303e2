"""A running reference server, its people, and what tests need to ask it."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import struct
import subprocess
import sys
import zlib
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from safetyclient.adapters.http.client import Ask, Door
from safetyclient.adapters.http.ids import path
from safetyclient.adapters.http.origins import parse_origin
from safetyclient.adapters.networks.reference import moderation
from safetyclient.adapters.networks.reference.network import (
    ReferenceNetwork,
    open_network,
)
from safetyclient.adapters.networks.reference.sign_in import sign_in
from safetyclient.application.clock import SystemClock
from safetyclient.application.ports import Delivered
from safetyclient.domain.accounts import Account, Credential
from safetyclient.domain.changes import Change, ChangeKind
from safetyclient.domain.ids import (
    OWN_ACCOUNT,
    AccountId,
    BatchId,
    ChangeId,
    SpoolId,
    new_change_id,
)
from safetyclient.domain.lists import ListKind
from safetyclient.domain.media import MediaType, MediaWarning, PublishFile
from safetyclient.domain.wishes import Wish


@contextmanager
def backend(seed: str = "demo") -> Generator[dict[str, Any]]:
    """Run a server in its own process; yield what it says when it is ready."""
    command = [sys.executable, "-m", "safetyclient.backend", "--seed", seed]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "SAFETYCLIENT_SERVER_LOGINS_PER_ACCOUNT": "1000"},
    )
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())
    finally:
        process.terminate()
        process.wait(20)
        if process.stdout is not None:
            process.stdout.close()


class MemoryUploads:
    """Files of a test, and which of them have been uploaded."""

    def __init__(self) -> None:
        self.files: dict[SpoolId, bytes] = {}
        self.done: dict[tuple[ChangeId, int], str] = {}

    def read(self, spool: SpoolId, offset: int, size: int) -> bytes:
        return self.files[spool][offset : offset + size]

    def media_id(self, change: ChangeId, number: int) -> str:
        return self.done.get((change, number), "")

    def remember(self, change: ChangeId, number: int, media_id: str) -> None:
        self.done[change, number] = media_id

    def add(
        self, body: bytes, warnings: frozenset[MediaWarning], description: str
    ) -> PublishFile:
        spool = SpoolId(f"file{len(self.files)}")
        self.files[spool] = body
        return PublishFile(
            spool=spool,
            name="picture.png",
            type=MediaType.PNG,
            size=len(body),
            sha256=hashlib.sha256(body).hexdigest(),
            description=description,
            warnings=warnings,
        )


def png(side: int, seed: int) -> bytes:
    """Return a picture of noise; a side of 1,300 makes two parts of an upload."""
    dice = hashlib.shake_256(str(seed).encode()).digest(side * side * 3)
    row = side * 3
    raw = b"".join(b"\0" + dice[y * row : (y + 1) * row] for y in range(side))

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(raw, 0))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + body + chunk(b"IEND", b"")


def change(kind: ChangeKind, wish: Wish) -> Change:
    """Return a change that is ready to be delivered."""
    return Change(
        id=new_change_id(),
        batch=BatchId("b" * 32),
        account=AccountId("a" * 12),
        kind=kind,
        subject=OWN_ACCOUNT,
        wish=wish,
        created=SystemClock().now(),
    )


@dataclass
class World:
    """Three people and a moderator, each with their own network."""

    origin: str
    door: Door
    people: dict[str, tuple[Account, Credential, ReferenceNetwork]]
    moderator: moderation.Moderation
    uploads: MemoryUploads = field(default_factory=MemoryUploads)

    def net(self, handle: str) -> ReferenceNetwork:
        return self.people[handle][2]

    async def do(self, handle: str, kind: ChangeKind, *wishes: Wish) -> list[Delivered]:
        """Deliver wishes in one call; every one must be done."""
        changes = [change(kind, wish) for wish in wishes]
        done = list(await self.net(handle).deliver(changes, self.uploads))
        failed = [repr(d.error) + str(d.error.params) for d in done if d.error]
        assert not failed, failed
        assert {d.change for d in done} == {c.id for c in changes}
        return done

    async def entries(self, handle: str, kind: ListKind) -> dict[str, Any]:
        """Return a whole list by handle."""
        found: dict[str, Any] = {}
        cursor = ""
        while True:
            page = await self.net(handle).entries(kind, cursor)
            found |= {row.person.handle: row for row in page.rows}
            cursor = page.next
            if not cursor:
                return found

    async def raw(self, handle: str, method: str, template: str, **ids: str) -> bytes:
        """Ask for what is no part of the port: following, bytes of a file."""
        _, credential, _ = self.people[handle]
        origin = parse_origin(credential.origin, typed=True)
        pinned = self.door.open(origin, token=credential.token)
        key = {} if method == "GET" else {"Idempotency-Key": new_change_id()}
        ask = Ask(method=method, path=path(template, **ids), headers=key, limit=2**27)
        try:
            return (await pinned.ask(ask)).body
        finally:
            await pinned.aclose()


@asynccontextmanager
async def world(ready: dict[str, Any]) -> AsyncGenerator[World]:
    """Sign everybody in, and out of the connections again."""
    clock = SystemClock()
    door = Door(clock=clock, version="test")
    people: dict[str, tuple[Account, Credential, ReferenceNetwork]] = {}
    token = ""
    for known in ready["accounts"]:
        handle, password = known["handle"], known["password"]
        if known["role"] == "moderator":
            token = await moderation.sign_in(ready["url"], handle, password, door=door)
            continue
        account, credential = await sign_in(ready["url"], handle, password, door=door)
        network = open_network(account, credential, clock=clock, door=door)
        people[handle] = (account, credential, network)
    moderator = moderation.Moderation(ready["url"], token, door=door)
    try:
        yield World(ready["url"], door, people, moderator)
    finally:
        await moderator.aclose()
        await asyncio.gather(*(net.aclose() for _, _, net in people.values()))
