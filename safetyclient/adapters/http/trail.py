"""How far one call got: whether a byte of it left, and why it could not."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class Trail:
    """What happened on the wire for the call that runs in this task.

    `wrote` once a byte of the request was handed to the system; `head` counts bytes
    read before the final status line and its headers were complete.
    """

    wrote: bool = False
    tls: bool = False
    refused: bool = False
    in_head: bool = True
    head: int = 0


TRAIL: ContextVar[Trail | None] = ContextVar("trail", default=None)
"""The trail of the running call; connections are shared, tasks are not."""
