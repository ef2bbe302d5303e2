"""Shapes of what the server says of itself and of writes that were done."""

from __future__ import annotations

from datetime import datetime

from safetyclient.wire.v1.common import Wire


class Limits(Wire, frozen=True, kw_only=True):
    """Limits of this server."""

    bulk: int
    page: int
    body_bytes: int
    part_bytes: int
    file_bytes: int
    files: int
    key_days: int
    feed_days: int
    requests_per_minute: int
    appeal_days: int


class ServerInfo(Wire, frozen=True, kw_only=True):
    """Name, version, time and limits of the server."""

    name: str
    version: str
    time: datetime
    limits: Limits


class Operation(Wire, frozen=True, kw_only=True):
    """What became of a write, by its key."""

    key: str
    operation: str
    status: int
    subject: str
    at: datetime
