"""Finds the data that ships: in a wheel, a frozen app or a checkout."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path


@cache
def _root() -> Traversable:
    """Return the folder of resources: `_resources` of a wheel, else the checkout's."""
    packed = files("safetyclient").joinpath("_resources")
    if packed.is_dir():
        return packed
    return Path(__file__).resolve().parent.parent / "resources"


def resource(*parts: str) -> Traversable:
    """Return a resource by its path in parts: `resource("flows", "report.toml")`."""
    return _root().joinpath(*parts)
