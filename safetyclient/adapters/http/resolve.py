"""Name look-ups that cannot keep the program from ending."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Awaitable, Callable, Sequence

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""Returns the addresses of a host; raises OSError when there is none."""


async def resolve(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a host, by the system's resolver.

    The look-up runs in a daemon thread: the loop's own executor is joined at
    shutdown, and a name server that never answers would hold the program.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Sequence[str]] = loop.create_future()

    def settle(found: Sequence[str], trouble: OSError | None) -> None:
        if answer.done():
            return
        if trouble is None:
            answer.set_result(found)
        else:
            answer.set_exception(trouble)

    def look_up() -> None:
        found: list[str] = []
        trouble: OSError | None = None
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found = list(dict.fromkeys(str(row[4][0]) for row in rows))
        except OSError as error:
            trouble = error
        except UnicodeError:
            trouble = OSError("name")
        # The loop may be closed by now; then nobody waits any more.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, found, trouble)

    threading.Thread(target=look_up, name="resolve", daemon=True).start()
    return await answer
