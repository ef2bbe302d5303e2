"""Reasons: our reason ids, and what each network calls them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from safetyclient.domain.accounts import NetworkKind


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of the tree.

    `reference` is the leaf id itself. `ozone` and `legacy` are the last parts of the
    tokens, empty where that network has no word. `policy` names the rule for a
    hand-off. `dsa` is empty where the law has no category.
    """

    id: str
    reference: str
    mastodon: str
    ozone: str
    legacy: str
    policy: str
    dsa: str

    @property
    def family(self) -> str:
        """Return the part before the dot, or the whole id."""
        return self.id.split(".", 1)[0]

    def code(self, network: NetworkKind) -> str:
        """Return the network's own word, empty where it takes no such report."""
        words = {
            NetworkKind.REFERENCE: self.reference,
            NetworkKind.MASTODON: "" if self.mastodon == "none" else self.mastodon,
            NetworkKind.BLUESKY: self.ozone,
            NetworkKind.X: "",
        }
        return words[network]


OZONE = "tools.ozone.report.defs#reason"
LEGACY = "com.atproto.moderation.defs#reason"
DSA = "STATEMENT_CATEGORY_"


@dataclass(frozen=True, slots=True)
class Reasons:
    """All reasons by id, in the order of the tree."""

    by_id: Mapping[str, Reason]

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Reasons:
        """Make the table from parsed TOML."""
        return cls({key: Reason(id=key, **raw) for key, raw in data.items()})

    def untaken(self, network: NetworkKind) -> frozenset[str]:
        """Return the reasons that a network has no word for."""
        return frozenset(r.id for r in self.by_id.values() if not r.code(network))
