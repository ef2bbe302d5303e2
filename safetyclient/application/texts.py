"""Texts: every sentence that a person reads, by key, with real plural rules."""

from __future__ import annotations

import string
import tomllib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from safetyclient.assets import resource

Entry = str | Mapping[str, str]
"""A sentence, or a table of sentences by plural category."""
Param = str | int

ENGLISH = "en"
_CATEGORIES = frozenset({"zero", "one", "two", "few", "many", "other"})


def _plural_en(count: int) -> str:
    return "one" if count == 1 else "other"


_PLURALS: Mapping[str, Callable[[int], str]] = {ENGLISH: _plural_en}
"""CLDR cardinal rules for whole numbers, one function per language."""


class Texts:
    """One catalogue of one language, with English behind it.

    `strict` (tests) raises `KeyError` for a key that the language lacks; otherwise
    the English sentence stands in, and at last the key itself.
    """

    def __init__(
        self,
        catalogue: Mapping[str, Entry],
        *,
        language: str = ENGLISH,
        fallback: Mapping[str, Entry] | None = None,
        strict: bool = False,
    ) -> None:
        self.language = language
        self._catalogue = dict(catalogue)
        self._fallback = dict(fallback or {})
        self._strict = strict

    @classmethod
    def load(cls, language: str = ENGLISH, *, strict: bool = False) -> Texts:
        """Read every file of a language under `resources/texts`."""
        english = read_catalogue(ENGLISH)
        own = english if language == ENGLISH else read_catalogue(language)
        return cls(own, language=language, fallback=english, strict=strict)

    def say(self, key: str, /, **params: Param) -> str:
        """Return the sentence of a key, with its params put in.

        A plural table is chosen from by `count`. Whole numbers are written the way
        the language groups them; text is put in as it is, never read as a pattern.

        Raises:
            KeyError: in strict catalogues, for a key or a param that is not there.
        """
        found = self._catalogue.get(key)
        language = self.language
        if found is None:
            if self._strict:
                raise KeyError(key)
            found = self._fallback.get(key)
            language = ENGLISH
        if found is None:
            return key
        pattern = found if isinstance(found, str) else _choose(found, params, language)
        shown = {name: _write(value) for name, value in params.items()}
        if not self._strict:
            return _Lenient().vformat(pattern, (), shown)
        return pattern.format_map(shown)

    def has(self, key: str) -> bool:
        """Return whether the language itself has the key."""
        return key in self._catalogue

    def keys(self, prefix: str = "") -> tuple[str, ...]:
        """Return all keys that begin with a prefix, in catalogue order."""
        return tuple(key for key in self._catalogue if key.startswith(prefix))

    def params(self, key: str) -> frozenset[str]:
        """Return the names in braces of a sentence, for tests of the catalogue."""
        found = self._catalogue[key]
        patterns = [found] if isinstance(found, str) else list(found.values())
        return frozenset(
            name
            for pattern in patterns
            for _, name, _, _ in string.Formatter().parse(pattern)
            if name
        )


class _Lenient(string.Formatter):
    """Leaves a name that nobody gave as it stands, rather than failing a window."""

    def get_value(self, key: int | str, args: Any, kwargs: Any) -> Any:  # noqa: ARG002 - named by its base
        return kwargs.get(str(key), f"{{{key}}}")


def _choose(table: Mapping[str, str], params: Mapping[str, Param], lang: str) -> str:
    rule = _PLURALS.get(lang, _plural_en)
    return table.get(rule(int(params["count"])), table["other"])


def _write(value: Param) -> str:
    return f"{value:,}" if isinstance(value, int) else value


def read_catalogue(language: str, *, only: str = "") -> dict[str, Entry]:
    """Return all entries of a language by dotted key.

    `only` names one file: what a window needs before it reads the rest.

    Raises:
        ValueError: when two files give the same key.
    """
    found: dict[str, Entry] = {}
    folder = resource("texts", language)
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if not file.name.endswith(".toml") or (only and file.name != only):
            continue
        tree = tomllib.loads(file.read_text(encoding="utf-8"))
        for key, entry in _flatten(tree, ""):
            if key in found:
                raise ValueError(f"{file.name}: {key} is given twice")
            found[key] = entry
    return found


def _flatten(tree: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Entry]]:
    for name, value in tree.items():
        key = f"{prefix}{name}"
        if isinstance(value, str):
            yield key, value
        elif isinstance(value, dict):
            table = cast("dict[str, Any]", value)
            if _is_plural(table):
                yield key, cast("dict[str, str]", table)
            else:
                yield from _flatten(table, f"{key}.")
        else:
            raise ValueError(f"{key} is neither a sentence nor a table")


def _is_plural(table: Mapping[str, Any]) -> bool:
    names = set(table)
    return len(names) > 1 and "other" in names and names <= _CATEGORIES
