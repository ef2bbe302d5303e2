"""Limits of the house: sizes, nested event loops, network names, the changelog."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "safetyclient"
MAX_LINES = 400
MAX_METHODS = 25
NETWORK_NAMES = re.compile(
    r"mastodon|bluesky|atproto|twitter|NetworkKind\.", re.IGNORECASE
)


def sources(*folders: str) -> Iterator[Path]:
    """Yield the Python files below folders of the project."""
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def test_no_file_is_too_long() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in sources("safetyclient", "tests", "packaging")
        if (lines := len(path.read_text("utf-8").splitlines())) > MAX_LINES
    }
    assert not long


def test_no_class_has_too_many_methods() -> None:
    big: dict[str, int] = {}
    for path in sources("safetyclient"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
                count = sum(isinstance(child, kinds) for child in node.body)
                if count > MAX_METHODS:
                    big[f"{path.name}:{node.name}"] = count
    assert not big


def test_every_module_says_what_it_owns() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in sources("safetyclient", "tests")
        if not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert not silent


def test_no_nested_event_loop() -> None:
    found: list[str] = []
    for path in sources("safetyclient/ui"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            function = node.func
            if isinstance(function, ast.Attribute) and function.attr in {
                "exec",
                "exec_",
            }:
                owner = ast.unparse(function.value)
                if "app" not in owner.casefold():
                    found.append(f"{path.name}:{node.lineno} {owner}")
    assert not found


def test_the_window_knows_no_network_by_name() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sources("safetyclient/ui")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if NETWORK_NAMES.search(line)
    ]
    assert not found


def test_the_changelog_names_the_version() -> None:
    changelog = (ROOT / "packaging" / "CHANGELOG.md").read_text("utf-8")
    versions = re.findall(r"^## (\d+\.\d+\.\d+|Unreleased)\b", changelog, re.MULTILINE)
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    version = re.search(r'^version = "(.+)"', project, re.MULTILINE)
    assert version is not None
    assert versions
    assert versions[0] in {version[1], "Unreleased"}


def test_packaging_is_no_package() -> None:
    assert not (ROOT / "packaging" / "__init__.py").exists()


def test_the_lock_holds_no_address() -> None:
    lock = (ROOT / "packaging" / "requirements.lock").read_text("utf-8")
    assert "://" not in lock
    assert lock.count("==") < lock.count("--hash=")
