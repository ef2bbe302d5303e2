"""A process that owns a profile or has the owner do its work; for tests by kill -9.

Usage: owner_process.py PROFILE LEDGER ID [hold]
Prints `owner` or `asked` when its line is in the ledger. With `hold` it keeps the
profile until it is killed; the ledger stands for the durable store of the owner.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from safetyclient.adapters.owner import Message, Owner, own_or_ask


def note(ledger: Path, name: str) -> None:
    """Write a name once."""
    known = ledger.read_text().split() if ledger.exists() else []
    if name not in known:
        with ledger.open("a") as file:
            file.write(f"{name}\n")


async def main(profile: Path, ledger: Path, name: str, hold: bool) -> None:
    async def handle(request: Message) -> Message:
        note(ledger, str(request["id"]))
        await asyncio.sleep(0.005)
        return {"done": request["id"]}

    found = await own_or_ask(profile, {"id": name}, seconds=30)
    if not isinstance(found, Owner):
        assert found == {"done": name}
        sys.stdout.write("asked\n")
        return
    await found.serve(handle)
    await handle({"id": name})
    sys.stdout.write("owner\n")
    sys.stdout.flush()
    if hold:
        await asyncio.get_running_loop().create_future()
    await found.aclose()


if __name__ == "__main__":
    folder, book, word, *rest = sys.argv[1:]
    asyncio.run(main(Path(folder), Path(book), word, bool(rest)))
