"""The tree of reasons for a report."""

from __future__ import annotations

from msgspec import Struct


class Leaf(Struct, frozen=True, kw_only=True):
    """One reason: our id, the plain words, and what other networks call it.

    `ozone`, `legacy` and `dsa` are null where there is no such category.
    """

    id: str
    symptom: str
    plain: str
    x_policy: str
    mastodon: str
    ozone: str | None
    legacy: str | None
    dsa: str | None
    ask: str


class Taxonomy(Struct, frozen=True, kw_only=True):
    """All leaves, in order; `version` changes whenever a leaf does."""

    version: str
    leaves: list[Leaf]
