"""Fixtures: one server process per kind of database, emptied before each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from safetyclient.backend.database import Database
from tests.backend.processes import (
    Cluster,
    ServerProcess,
    postgresql_binaries,
    start_server,
)
from tests.backend.stage import Stage, add_crowd

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A private PostgreSQL cluster."""
    binaries = postgresql_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed: no initdb on this machine")
    cluster = Cluster(binaries)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()


@pytest.fixture(scope="session", params=BOTH)
def database_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """The URL of an empty database, once for each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('database') / 'server.sqlite3'}"
    cluster: Cluster = request.getfixturevalue("cluster")
    return cluster.url


@pytest.fixture(scope="session")
def server(
    database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServerProcess]:
    """A server in its own process."""
    folder = tmp_path_factory.mktemp("server")
    clock = folder / "clock"
    server = start_server(
        folder, "--database", database_url, "--clock-file", str(clock)
    )
    server.errors.with_name("clock").touch()
    try:
        yield server
    finally:
        assert server.stop() == 0


@pytest.fixture(scope="session")
def whole_stage(server: ServerProcess, database_url: str) -> Iterator[Stage]:
    """The stage of all tests of one server."""
    database = Database(database_url)
    add_crowd(database)
    with httpx.Client(base_url=server.url, trust_env=False, timeout=30) as client:
        clock: Path = server.errors.with_name("clock")
        yield Stage(client, database, server.password, clock)
    database.close()


@pytest.fixture
def stage(whole_stage: Stage) -> Stage:
    """An empty stage: four people, no post, no list, the clock right."""
    whole_stage.reset()
    return whole_stage
