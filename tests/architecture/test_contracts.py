"""The import contracts hold, match something, and each one can be broken."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "safetyclient"
SETTINGS: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
CONTRACTS: list[dict[str, Any]] = SETTINGS["tool"]["importlinter"]["contracts"]


def lint(folder: Path) -> str:
    """Run the contracts over the package in a folder and return the output."""
    code = "import sys; from importlinter.cli import lint_imports_command as c; c()"
    done = subprocess.run(
        [sys.executable, "-c", code, "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin", "COLUMNS": "200"},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return done.stdout


def test_contracts_hold() -> None:
    output = lint(ROOT)
    assert "0 broken" in output, output


def test_every_wildcard_matches_something() -> None:
    modules = {
        ".".join(("safetyclient", *path.relative_to(PACKAGE).with_suffix("").parts))
        for path in PACKAGE.rglob("*.py")
    }
    for contract in CONTRACTS:
        for name in (*contract.get("source_modules", ()), *contract.get("modules", ())):
            if name.endswith(("*", "**")):
                prefix = name.rstrip("*")
                assert any(m.startswith(prefix) for m in modules), (contract, name)


VIOLATIONS = [
    ("layers", "domain/people.py", "import safetyclient.application.ports"),
    ("layers", "application/touched.py", "import safetyclient.adapters.http"),
    ("layers", "newcomer.py", '"""A top module that nobody placed."""'),
    ("pure-core", "domain/people.py", "import sqlite3"),
    ("pure-core", "application/touched.py", "import PySide6"),
    ("quiet-domain", "domain/people.py", "import asyncio"),
    ("qt-only-in-ui", "adapters/store/__init__.py", "import PySide6"),
    ("faces-do-no-io", "ui/pages/home.py", "import httpx"),
    ("one-http-door", "adapters/networks/reference/__init__.py", "import httpx"),
    ("wire-at-the-border", "application/touched.py", "import safetyclient.wire.v1"),
    ("server-stack", "adapters/store/__init__.py", "import sqlalchemy"),
    ("one-qt-door", "bootstrap.py", "import PySide6"),
    ("one-store-one-vault", "adapters/http/__init__.py", "import apsw"),
    (
        "networks-independent",
        "adapters/networks/mastodon/__init__.py",
        "import safetyclient.adapters.networks.bluesky",
    ),
    ("pages-independent", "ui/pages/home.py", "import safetyclient.ui.pages.lists"),
    ("acyclic", "domain/ids.py", "import safetyclient.domain.people"),
]


@pytest.mark.parametrize(("contract", "file", "line"), VIOLATIONS)
def test_a_violation_breaks_its_contract(
    contract: str, file: str, line: str, tmp_path: Path
) -> None:
    shutil.copytree(PACKAGE, tmp_path / "safetyclient")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    target = tmp_path / "safetyclient" / file
    old = target.read_text("utf-8") if target.exists() else ""
    target.write_text(f"{old}\n{line}\n", "utf-8")
    name = next(c["name"] for c in CONTRACTS if c["id"] == contract)
    output = lint(tmp_path)
    assert f"{name} BROKEN" in output, output


def test_every_contract_has_a_violation() -> None:
    assert {c["id"] for c in CONTRACTS} == {v[0] for v in VIOLATIONS}
