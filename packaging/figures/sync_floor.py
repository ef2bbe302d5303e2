"""Floor of the first sync: fetch with httpx, decode with msgspec, `executemany`.

The same pages, the same structs, the same columns and indexes in the same kind of
encrypted file; one transaction per page, nothing else.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from pathlib import Path

import apsw
import httpx
import msgspec
from common import KEY, cpu, static_server
from pages_server import ROWS

from safetyclient.wire.v1.lists import Entries

TABLE = """
CREATE TABLE mirror_entry (
  id INTEGER PRIMARY KEY AUTOINCREMENT, list INTEGER NOT NULL, person TEXT NOT NULL,
  sort_key TEXT NOT NULL, handle TEXT NOT NULL, name TEXT NOT NULL,
  flags INTEGER NOT NULL, since TEXT, until TEXT, note TEXT NOT NULL,
  gen INTEGER NOT NULL, held INTEGER NOT NULL DEFAULT 0, UNIQUE (list, person)
) STRICT;
CREATE INDEX entry_order ON mirror_entry (list, sort_key, person);
CREATE INDEX entry_held ON mirror_entry (list) WHERE held = 1;
"""
INSERT = (
    "INSERT INTO mirror_entry (list, person, sort_key, handle, name, flags, since,"
    " until, note, gen) VALUES (1, ?, ?, ?, ?, 0, ?, ?, ?, 1)"
)
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "secure_delete=ON",
    "temp_store=MEMORY",
    "cache_size=-16384",
)


def open_file(path: Path) -> apsw.Connection:
    """Open an encrypted file with the one table."""
    connection = apsw.Connection(str(path))
    connection.execute(f"PRAGMA key='raw:{KEY.hex()}'")
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    connection.execute(TABLE)
    return connection


async def measure(origin: str, folder: Path) -> dict[str, float]:
    """Read every page into a fresh file."""
    connection = open_file(folder / "floor.db")
    decoder = msgspec.json.Decoder(Entries)
    async with httpx.AsyncClient(base_url=origin, trust_env=False) as client:
        await client.get("/v1/blocks?limit=1")
        start = cpu()
        cursor = ""
        while True:
            answer = await client.get(f"/v1/blocks?limit=500&cursor={cursor}")
            page = decoder.decode(answer.content)
            rows = [
                (
                    entry.person.id,
                    entry.person.handle.casefold(),
                    entry.person.handle,
                    entry.person.name,
                    entry.since.isoformat(),
                    entry.until.isoformat() if entry.until else None,
                    entry.note,
                )
                for entry in page.items
            ]
            with connection:
                connection.executemany(INSERT, rows)
            cursor = page.next
            if not cursor:
                break
        used = cpu() - start
    (count,) = connection.execute("SELECT count(*) FROM mirror_entry").fetchone() or (
        0,
    )
    assert count == ROWS, count
    connection.close()
    return {"cpu": used}


def main() -> None:
    """Measure once and print."""
    with static_server() as origin, tempfile.TemporaryDirectory() as folder:
        print(json.dumps(asyncio.run(measure(origin, Path(folder)))))


if __name__ == "__main__":
    main()
