"""Every sentence is used, and every sentence that code asks for is there."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

ROOT = Path(__file__).resolve().parents[2]
TEXTS = ROOT / "resources" / "texts" / "en"
PLURALS = {"zero", "one", "two", "few", "many", "other"}


def keys(table: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """Yield the dotted keys of a catalogue; a plural table is one key."""
    for name, value in table.items():
        key = f"{prefix}{name}"
        inner = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
        if inner and not set(inner) <= PLURALS:
            yield from keys(inner, f"{key}.")
        else:
            yield key


def catalogue() -> set[str]:
    """Return all keys of the English catalogue."""
    found: set[str] = set()
    for path in TEXTS.glob("*.toml"):
        mine = set(keys(tomllib.loads(path.read_text("utf-8"))))
        assert not found & mine, f"{path.name} repeats {sorted(found & mine)}"
        found |= mine
    return found


def literals_and_patterns() -> tuple[set[str], list[re.Pattern[str]]]:
    """Return the strings of the code and data, and its f-strings as patterns."""
    literals: set[str] = set()
    patterns: set[str] = set()
    for path in (ROOT / "safetyclient").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                literals.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = [
                    re.escape(str(part.value))
                    if isinstance(part, ast.Constant)
                    else r"[\w.@:-]+"
                    for part in node.values
                ]
                if re.match(r"[a-z_]+\\\.", parts[0]):
                    patterns.add("".join(parts))
    for path in (ROOT / "resources").rglob("*.toml"):
        if "texts" not in path.parts:
            literals |= set(re.findall(r'"([^"\n]+)"', path.read_text("utf-8")))
    return literals, [re.compile(pattern) for pattern in patterns]


def test_every_sentence_is_used() -> None:
    literals, patterns = literals_and_patterns()
    unused = {
        key
        for key in catalogue() - literals
        if not any(pattern.fullmatch(key) for pattern in patterns)
    }
    assert not unused


def test_every_sentence_asked_for_is_there() -> None:
    known = catalogue()
    missing: set[str] = set()
    for path in (ROOT / "safetyclient").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "say"
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                key = str(node.args[0].value)
                if key not in known:
                    missing.add(f"{path.name}:{node.lineno} {key}")
    assert not missing
