"""Choices of the demo data: the same at every start, on every machine."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Sequence
from typing import Any, TypeVar

from safetyclient.assets import resource

T = TypeVar("T")


def dice(name: str) -> random.Random:
    """Return a source of choices that depends on `name` alone."""
    return random.Random(f"safetyclient/{name}")  # noqa: S311 - demo data, no secret


def cycle(items: Sequence[T], index: int) -> T:
    """Return the item at `index`, beginning anew at the end."""
    return items[index % len(items)]


def words(name: str) -> dict[str, Any]:
    """Return the words that `resources/seed/NAME.toml` holds."""
    return tomllib.loads(resource("seed", f"{name}.toml").read_text("utf-8"))
