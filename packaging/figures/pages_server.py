"""A static loopback server: ready-made pages of a list, nothing computed."""

from __future__ import annotations

import asyncio
import sys
from urllib.parse import parse_qs, urlsplit

import msgspec

ROWS = 100_000
PAGE = 500


def person(number: int) -> dict[str, object]:
    """Return an invented person in the shape of the reference API."""
    return {
        "id": str(10_000 + number),
        "handle": f"invented_{number:06d}",
        "name": f"Invented Person {number}",
        "bio": "",
        "url": f"http://127.0.0.1/@invented_{number:06d}",
        "protected": False,
        "follows_me": False,
        "followed": False,
        "follow_requested": False,
    }


def pages(rows: int = ROWS) -> list[bytes]:
    """Return the bodies of all pages."""
    made: list[bytes] = []
    for start in range(0, rows, PAGE):
        items = [
            {
                "person": person(number),
                "since": "2026-01-02T03:04:05Z",
                "until": None,
                "note": f"note {number}" if number % 7 == 0 else "",
            }
            for number in range(start, min(start + PAGE, rows))
        ]
        last = start + PAGE >= rows
        body = {
            "items": items,
            "next": "" if last else str(start + PAGE),
            "mark": str(rows),
        }
        made.append(msgspec.json.encode(body))
    return made


def answer(body: bytes) -> bytes:
    """Return a whole HTTP answer around a body."""
    head = (
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def serve(rows: int) -> None:
    """Serve `/v1/blocks` and an empty page for every other list, until killed."""
    ready = [answer(body) for body in pages(rows)]
    empty = answer(b'{"items":[],"next":"","mark":"0"}')
    first = answer(msgspec.json.encode({"items": [], "next": "0", "mark": str(rows)}))
    settings = answer(b'{"protected":false}')
    changes = {"changed": [], "removed": [], "mark": str(rows), "more": False}
    since = answer(msgspec.json.encode(changes))

    async def handle(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                target = urlsplit(head.split(b" ", 2)[1].decode())
                query = parse_qs(target.query)
                if target.path == "/v1/settings":
                    writer.write(settings)
                elif target.path.endswith("/changes"):
                    writer.write(since)
                elif target.path != "/v1/blocks":
                    writer.write(empty)
                elif query.get("limit") == ["1"]:
                    writer.write(first)
                else:
                    cursor = query.get("cursor", ["0"])[0] or "0"
                    writer.write(ready[int(cursor) // PAGE])
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, limit=1 << 20)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS))
