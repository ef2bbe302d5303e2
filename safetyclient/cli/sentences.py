"""Sentences for the command line, looked up in the one catalogue."""

from __future__ import annotations

import unicodedata
from functools import cache

from safetyclient.application.texts import Texts

_BREAKS = str.maketrans(dict.fromkeys("\n\u2028\u2029", " / "))


@cache
def catalogue() -> Texts:
    """Return the catalogue; it is read once per process."""
    return Texts.load()


def sentence(key: str, /, **params: str | int) -> str:
    """Return a sentence of the catalogue."""
    return catalogue().say(key, **params)


def plain(text: str) -> str:
    """Return foreign text that cannot steer a terminal or reorder a line."""
    lines = text.translate(_BREAKS)
    return "".join(char for char in lines if unicodedata.category(char)[0] != "C")
