"""Flow nodes: what flow data may say, and how it is read."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from safetyclient.domain.capabilities import Capability
from safetyclient.domain.ids import SubjectKind
from safetyclient.domain.reports import Answer

DETAIL = "detail"
"""Effect of an answer that is told to the receiver as it is."""


class NodeKind(enum.Enum):
    """How a node is asked and what its answer looks like."""

    CHOICE = "choice"
    SEVERAL = "several"
    PEOPLE = "people"
    POSTS = "posts"
    MOMENT = "moment"
    TEXT = "text"
    NOTICE = "notice"
    OUTCOME = "outcome"


LISTS = frozenset({NodeKind.SEVERAL, NodeKind.PEOPLE, NodeKind.POSTS, NodeKind.MOMENT})
"""Kinds whose answer is a list."""
SILENT = frozenset({NodeKind.NOTICE, NodeKind.OUTCOME})
"""Kinds that ask nothing."""


class OutcomeKind(enum.Enum):
    """How a walk ends."""

    SEND = "send"
    HANDOFF = "handoff"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a choice: where it leads, and where it makes sense.

    `under` are options of the node's `source` that bring this one up.
    """

    id: str
    next: str = ""
    only: frozenset[SubjectKind] = frozenset()
    needs: tuple[Capability, ...] = ()
    under: frozenset[str] = frozenset()
    when: str = ""


@dataclass(frozen=True, slots=True)
class Branch:
    """A way that is taken when a guard holds; an empty guard always holds."""

    next: str
    when: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """A question, a notice or an outcome.

    `page` groups what is shown together. `sections` says that each chosen option has
    a section of the same name. `effect` names what an answer does to the report.
    """

    id: str
    kind: NodeKind
    page: str = ""
    options: tuple[Option, ...] = ()
    next: str = ""
    branches: tuple[Branch, ...] = ()
    only: frozenset[SubjectKind] = frozenset()
    when: str = ""
    compulsory: bool = False
    default: Answer | None = None
    source: str = ""
    sections: bool = False
    limit: int = 0
    effect: str = ""
    cards: tuple[str, ...] = ()
    offer: tuple[str, ...] = ()
    outcome: OutcomeKind | None = None
    first: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict[str, tuple[str, ...]]
    )


def _kinds(raw: Mapping[str, Any]) -> frozenset[SubjectKind]:
    return frozenset(SubjectKind(name) for name in raw.get("only", ()))


def _option(raw: Mapping[str, Any]) -> Option:
    _known(raw, {"id", "next", "only", "needs", "under", "when"})
    return Option(
        id=raw["id"],
        next=raw.get("next", ""),
        only=_kinds(raw),
        needs=tuple(Capability(name) for name in raw.get("needs", ())),
        under=frozenset(raw.get("under", ())),
        when=raw.get("when", ""),
    )


def load_node(key: str, raw: Mapping[str, Any]) -> Node:
    """Make a node from parsed TOML; `ValueError` for an unknown word."""
    _known(raw, set(Node.__dataclass_fields__) - {"id"})
    outcome = raw.get("outcome")
    return Node(
        id=key,
        kind=NodeKind(raw["kind"]),
        page=raw.get("page", ""),
        options=tuple(_option(each) for each in raw.get("options", ())),
        next=raw.get("next", ""),
        branches=tuple(
            Branch(next=each["next"], when=each.get("when", ""))
            for each in raw.get("branches", ())
        ),
        only=_kinds(raw),
        when=raw.get("when", ""),
        compulsory=raw.get("compulsory", False),
        default=raw.get("default"),
        source=raw.get("source", ""),
        sections=raw.get("sections", False),
        limit=raw.get("limit", 0),
        effect=raw.get("effect", ""),
        cards=tuple(raw.get("cards", ())),
        offer=tuple(raw.get("offer", ())),
        outcome=None if outcome is None else OutcomeKind(outcome),
        first={kind: tuple(names) for kind, names in raw.get("first", {}).items()},
    )


def _known(raw: Mapping[str, Any], words: set[str]) -> None:
    if strange := set(raw) - words:
        raise ValueError(f"unknown words in flow data: {sorted(strange)}")
