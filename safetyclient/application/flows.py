"""Flows: the guided flows, the reasons and the resource cards, read from resources."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from safetyclient.assets import resource
from safetyclient.domain.flow import Flow
from safetyclient.domain.reasons import Reasons
from safetyclient.domain.reports import ReportDraft


@dataclass(frozen=True, slots=True)
class Card:
    """A place that helps; `contact` is empty where no source gives one.

    Title and text are `help.ID.title` and `help.ID.text`.
    """

    id: str
    country: str
    contact: str
    source: str
    checked: date

    @property
    def title_key(self) -> str:
        """Return the key of the card's title."""
        return f"help.{self.id}.title"

    @property
    def text_key(self) -> str:
        """Return the key of the card's text."""
        return f"help.{self.id}.text"


@dataclass(frozen=True, slots=True)
class Flows:
    """Everything the guided report is made of."""

    report: Flow
    appeal: Flow
    reasons: Reasons
    cards: Mapping[str, Card]

    def of(self, draft: ReportDraft) -> Flow:
        """Return the flow that a draft's answers belong to."""
        return self.appeal if draft.flow == self.appeal.id else self.report


def load_flows() -> Flows:
    """Read the flows that ship."""
    return Flows(
        report=Flow.load(read_toml("flows", "report.toml")),
        appeal=Flow.load(read_toml("flows", "appeal.toml")),
        reasons=Reasons.load(read_toml("flows", "reasons.toml")),
        cards=load_cards(read_toml("help", "cards.toml")),
    )


def load_cards(data: Mapping[str, Any]) -> Mapping[str, Card]:
    """Make resource cards.

    Raises:
        ValueError: a card without source, or without the date it was checked on.
    """
    cards: dict[str, Card] = {}
    for name, raw in data.items():
        if not raw.get("source") or not isinstance(raw.get("checked"), date):
            raise ValueError(f"card {name}: no source or no date")
        cards[name] = Card(id=name, **raw)
    return cards


def read_toml(*parts: str) -> dict[str, Any]:
    """Read one TOML resource."""
    return tomllib.loads(resource(*parts).read_text(encoding="utf-8"))
