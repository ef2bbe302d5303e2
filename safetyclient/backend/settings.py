"""Limits of the server: each with its default, each open to the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

PREFIX = "SAFETYCLIENT_SERVER_"


@dataclass(frozen=True, slots=True)
class Settings:
    """Whole numbers only; `SAFETYCLIENT_SERVER_<FIELD>` overrides a default.

    Attributes:
        session_days: How long a token is good for.
        key_days: How long an idempotency key is remembered.
        feed_days: How long a removed mute or block stays in the change feeds.
        bulk: Most items of one bulk write, up to 500.
        page: Most items of one page, up to 500.
        body_bytes: Largest body, apart from the parts of an upload.
        part_bytes: Largest part of an upload.
        file_bytes: Largest file.
        files: Most files of one post.
        requests_per_minute: For each account, or for each address without one.
        logins_per_account: Log-ins in a minute for one handle.
        logins_per_address: Log-ins in a minute from one address.
        argon2_memory_kib: Memory of one password hash.
        argon2_passes: Passes of one password hash.
        argon2_lanes: Parallelism of one password hash.
        appeal_days: How long a decision can be appealed.
        space_report_days: How long after its end a Space can be reported.
    """

    session_days: int = 30
    key_days: int = 7
    feed_days: int = 30
    bulk: int = 500
    page: int = 500
    body_bytes: int = 1024 * 1024
    part_bytes: int = 4 * 1024 * 1024
    file_bytes: int = 100 * 1024 * 1024
    files: int = 8
    requests_per_minute: int = 6000
    logins_per_account: int = 5
    logins_per_address: int = 20
    argon2_memory_kib: int = 64 * 1024
    argon2_passes: int = 3
    argon2_lanes: int = 1
    appeal_days: int = 20
    space_report_days: int = 30

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Return the defaults with what the environment overrides.

        Raises:
            ValueError: when a value is not a positive whole number.
        """
        values: dict[str, int] = {}
        for field in fields(cls):
            name = PREFIX + field.name.upper()
            if name in environment:
                values[field.name] = _positive(name, environment[name])
        return cls(**values)


def _positive(name: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise ValueError(f"{name} must be a positive whole number")
    return int(text)
