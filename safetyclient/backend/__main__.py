"""`safetyclient serve`: starts the reference server and cleans up after it."""

from __future__ import annotations

import argparse
import contextlib
import ipaddress
import logging
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import msgspec
import uvicorn

from safetyclient.backend import migrations, people_seed
from safetyclient.backend.app import OPENAPI_PATH, build
from safetyclient.backend.clock import Clock
from safetyclient.backend.database import Database
from safetyclient.backend.hardening import harden
from safetyclient.backend.people_seed import SeedAccount
from safetyclient.backend.seed_model import SeedName
from safetyclient.backend.service import Service
from safetyclient.backend.settings import PREFIX, Settings

_log = logging.getLogger(__name__)


class Ready(msgspec.Struct, frozen=True):
    """The one line on standard output: where the server is and who can sign in."""

    url: str
    openapi: str
    accounts: list[SeedAccount]
    pid: int


@dataclass(frozen=True, slots=True)
class Arguments:
    """What was asked for on the command line."""

    host: str
    port: int
    database: str
    seed: SeedName
    clock_file: Path | None


class _Server(uvicorn.Server):
    """Says once that it takes requests."""

    def __init__(self, config: uvicorn.Config, *, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: Any = None) -> None:
        """Begin to listen, then announce."""
        await super().startup(sockets=sockets)
        if self.started:
            self._announce()


def main(argv: Sequence[str]) -> int:
    """Run the server until it is told to stop; 2 for bad usage."""
    arguments = _parse(argv)
    harden()
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.INFO,
        format="%(levelname)s %(name)s %(message)s",
    )
    # Alembic's own account of every step is for people who run it by hand.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    if not _is_loopback(arguments.host):
        _log.warning(
            "this server listens beyond this computer, without TLS and with demo"
            " accounts whose passwords are known"
        )
    settings = Settings.from_environment(os.environ)
    with _database_url(arguments.database) as url, _quiet_signals():
        database = Database(url)
        try:
            _serve(arguments, database, settings)
        finally:
            database.close()
    return 0


def _serve(arguments: Arguments, database: Database, settings: Settings) -> None:
    unbound = uvicorn.Config(
        app="", host=arguments.host, port=arguments.port, log_config=None
    )
    listener = unbound.bind_socket()
    try:
        origin = _origin(arguments.host, listener.getsockname()[1])
        clock = Clock(arguments.clock_file)
        service = Service.assemble(
            database, clock=clock, settings=settings, origin=origin
        )
        migrations.upgrade(database)
        accounts = people_seed.fill(service, arguments.seed)
        ready = Ready(origin, origin + OPENAPI_PATH, accounts, os.getpid())
        config = uvicorn.Config(
            build(service),
            log_config=None,
            # Addresses hold handles and searches: nothing of them is logged.
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=5,
        )
        _Server(config, announce=lambda: _announce(ready)).run(sockets=[listener])
    finally:
        listener.close()


def _announce(ready: Ready) -> None:
    sys.stdout.write(msgspec.json.encode(ready).decode() + "\n")
    sys.stdout.flush()


def _parse(argv: Sequence[str]) -> Arguments:
    parser = argparse.ArgumentParser(
        prog="safetyclient serve",
        description="Run the reference server.",
        epilog=_limits(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--host", default="127.0.0.1", help="default: %(default)s")
    parser.add_argument("--port", type=int, default=0, help="default: any that is free")
    parser.add_argument(
        "--database",
        default="",
        help="SQLite or PostgreSQL URL; default: a temporary SQLite file",
    )
    parser.add_argument(
        "--seed",
        choices=("demo", "large", "empty"),
        default="demo",
        help="what an empty database is filled with; default: %(default)s",
    )
    parser.add_argument(
        "--clock-file",
        type=Path,
        help="file with seconds to add to the time; loopback only",
    )
    parsed = parser.parse_args(argv)
    if parsed.clock_file is not None and not _is_loopback(parsed.host):
        parser.error("--clock-file is for a loopback host only")
    return Arguments(
        host=parsed.host,
        port=parsed.port,
        database=parsed.database,
        seed=parsed.seed,
        clock_file=parsed.clock_file,
    )


def _limits() -> str:
    lines = [
        f"  {PREFIX}{field.name.upper()}={field.default}" for field in fields(Settings)
    ]
    return "\n".join(["limits, from the environment, with their defaults:", *lines])


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _origin(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextlib.contextmanager
def _database_url(given: str) -> Generator[str]:
    """Yield the URL asked for, or that of a file that is gone afterwards."""
    if given:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="safetyclient-server-") as folder:
        yield f"sqlite:///{Path(folder) / 'server.sqlite3'}"


@contextlib.contextmanager
def _quiet_signals() -> Generator[None]:
    """Let SIGTERM and SIGINT end the server, and not the process before its clean-up.

    uvicorn stops at either, and then raises it again for whoever handled it before.
    """
    stops = (signal.SIGTERM, signal.SIGINT)
    before = {stop: signal.signal(stop, lambda _number, _frame: None) for stop in stops}
    try:
        yield
    finally:
        for stop, handler in before.items():
            signal.signal(stop, handler)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
