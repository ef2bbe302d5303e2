"""The authorization matrix: every operation, every role, every check taken out."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar import Router, get
from litestar.testing import TestClient

import tests.backend
from safetyclient.backend import access, migrations, people_seed
from safetyclient.backend.app import OPENAPI_PATH, build
from safetyclient.backend.clock import Clock
from safetyclient.backend.database import Database
from safetyclient.backend.service import Service
from safetyclient.backend.settings import Settings
from tests.backend.matrix import (
    WITHOUT_TOKEN,
    Guard,
    Role,
    Row,
    allowing,
    objections,
    watching,
)
from tests.backend.processes import LIGHT
from tests.backend.stage import Stage

METHODS = {"get", "put", "post", "delete", "patch"}


def _rows() -> Iterator[Row]:
    """Yield the rows of every module `matrix_*` here."""
    for module in pkgutil.iter_modules(tests.backend.__path__, "tests.backend."):
        if module.name.startswith("tests.backend.matrix_"):
            rows: tuple[Row, ...] = importlib.import_module(module.name).ROWS
            yield from rows


ROWS = {row.operation: row for row in _rows()}
CELLS = [(name, role) for name in ROWS for role in Role]
MUTANTS = [(name, guard) for name, row in ROWS.items() for guard in row.mutants]


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The server within this process, so that its checks can be taken out."""
    folder: Path = tmp_path_factory.mktemp("matrix")
    database = Database(f"sqlite:///{folder / 'server.sqlite3'}")
    migrations.upgrade(database)
    service = Service.assemble(
        database,
        clock=Clock(folder / "clock"),
        settings=Settings.from_environment(LIGHT),
        origin="http://server.example",
    )
    accounts = people_seed.fill(service, "empty")
    passwords = {account.handle: account.password for account in accounts}
    with TestClient(build(service)) as client:
        yield Stage(client, database, passwords.__getitem__, folder / "clock")
    database.close()


def _operations(stage: Stage) -> dict[str, Any]:
    document = stage.client.request("GET", OPENAPI_PATH).json()
    return {
        operation["operationId"]: operation
        for path in document["paths"].values()
        for method, operation in path.items()
        if method in METHODS
    }


def test_every_operation_has_a_row_and_every_row_an_operation(inside: Stage) -> None:
    assert set(_operations(inside)) == set(ROWS)


def test_public_operations_are_those_without_security(inside: Stage) -> None:
    open_ones = {n for n, o in _operations(inside).items() if not o.get("security")}
    assert open_ones == {name for name, row in ROWS.items() if row.public}


def test_an_operation_that_declares_nothing_is_closed(tmp_path: Path) -> None:
    @get("/undeclared", sync_to_thread=False)
    def undeclared() -> str:
        return "open"

    database = Database(f"sqlite:///{tmp_path / 'server.sqlite3'}")
    service = Service.assemble(
        database, clock=Clock(), settings=Settings(), origin="http://server.example"
    )
    app = build(service)
    app.register(Router("/v1", route_handlers=[undeclared], guards=[access.admit]))
    with TestClient(app) as client:
        assert client.get("/v1/undeclared").status_code == 401
    database.close()


@pytest.mark.parametrize(
    ("name", "role"), CELLS, ids=[f"{name}-{role.value}" for name, role in CELLS]
)
def test_s1_cell(inside: Stage, name: str, role: Role) -> None:
    assert objections(inside, ROWS[name], role) == []


@pytest.mark.parametrize(
    ("name", "guard"), MUTANTS, ids=[f"{name}-{guard.value}" for name, guard in MUTANTS]
)
def test_s1_a_check_that_allows_all_turns_the_row_red(
    inside: Stage, name: str, guard: Guard
) -> None:
    roles = WITHOUT_TOKEN if guard is Guard.SIGN_IN else (Role.OTHER, Role.MODERATOR)
    with allowing(name, guard):
        red = [role for role in roles if objections(inside, ROWS[name], role)]
    assert red


@pytest.mark.parametrize("name", ROWS)
def test_a_row_names_the_checks_that_its_operation_goes_through(
    inside: Stage, name: str
) -> None:
    with watching(name) as seen:
        for role in (Role.OWNER, Role.OTHER):
            objections(inside, ROWS[name], role)
    declared = set(ROWS[name].guards)
    assert seen == declared
