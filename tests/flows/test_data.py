"""The flow data itself: sound, complete, mapped as the taxonomy says, all in words."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from safetyclient.application.flows import load_cards, read_toml
from safetyclient.application.texts import Texts
from safetyclient.domain.accounts import NetworkKind
from safetyclient.domain.flow import Flow
from safetyclient.domain.flow_check import check
from safetyclient.domain.flow_graph import mermaid
from safetyclient.domain.flow_guards import LEAVES, SYMPTOMS
from safetyclient.domain.flow_nodes import NodeKind
from safetyclient.domain.reasons import DSA, LEGACY, OZONE
from safetyclient.domain.report_build import EFFECTS
from tests.flows.kit import FLOWS

TAXONOMY = json.loads((Path(__file__).parent / "taxonomy.json").read_text())
TEXTS = Texts.load(strict=True)
BOTH = [FLOWS.report, FLOWS.appeal]


@pytest.mark.parametrize("flow", BOTH, ids=lambda flow: flow.id)
def test_the_shipped_flow_has_no_fault(flow: Flow) -> None:
    assert check(flow, effects=frozenset(EFFECTS)) == ()


def small(**nodes: dict[str, Any]) -> dict[str, Any]:
    """Return the data of a flow that starts at `a`."""
    return {"id": "small", "start": "a", "nodes": nodes, "sections": {}}


END = {"kind": "outcome", "outcome": "send"}
ASK = {"kind": "text", "page": "p"}


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (small(a={**ASK, "next": "nowhere"}), "a: no node nowhere"),
        (small(a={**ASK, "next": "end"}, end=END, b=ASK), "b: nothing leads there"),
        (
            small(a={**ASK, "next": "b"}, b={**ASK, "next": "a"}),
            "loop: a > b > a",
        ),
        (
            small(a={**ASK, "when": "magic", "next": "end"}, end=END),
            "a: no guard magic",
        ),
        (small(a={**ASK, "effect": "magic"}), "a: no effect magic"),
        (small(a={"kind": "choice", "page": "p"}), "a: options and kind do not fit"),
        (small(a={"kind": "outcome"}), "a: outcome and kind do not fit"),
        (small(a={"kind": "text"}), "a: a question needs a page"),
        (
            small(a={"kind": "notice", "compulsory": True}),
            "a: what asks nothing cannot be compulsory",
        ),
        (
            small(
                a={
                    "kind": "several",
                    "page": "p",
                    "sections": True,
                    "options": [{"id": "x"}],
                }
            ),
            "no section x",
        ),
    ],
)
def test_a_fault_in_the_data_is_named(data: dict[str, Any], fault: str) -> None:
    assert fault in check(Flow.load(data), effects=frozenset(EFFECTS))


def test_an_unknown_word_in_the_data_is_refused() -> None:
    with pytest.raises(ValueError, match="colour"):
        Flow.load(small(a={**ASK, "colour": "red"}))


def test_every_reason_says_what_the_taxonomy_says() -> None:
    table = {
        reason.id: [
            reason.mastodon,
            OZONE + reason.ozone if reason.ozone else None,
            LEGACY + reason.legacy if reason.legacy else None,
            DSA + reason.dsa if reason.dsa else None,
            reason.policy,
        ]
        for reason in FLOWS.reasons.by_id.values()
    }
    facts = {row[0]: [row[2], row[3], row[4], row[5], row[6]] for row in TAXONOMY}
    assert table == facts
    assert len(table) == 55


def test_every_leaf_stands_under_a_symptom_of_its_family() -> None:
    symptoms = {
        "S1": "targeted",
        "S2": "hate",
        "S3": "violence",
        "S4": "selfharm",
        "S5": "child",
        "S6": "sexual",
        "S7": "private",
        "S8": "disturbing",
        "S9": "spam",
        "S10": "identity",
        "S11": "misleading",
        "S12": "goods",
        "S13": "law",
        "S14": "evasion",
        "S15": "dislike",
        "S16": "else",
    }
    under = {o.id: o.under for o in FLOWS.report.nodes[LEAVES].options}
    for row in TAXONOMY:
        if row[0] not in {"appeal", "rules.server_rule"}:
            assert symptoms[row[1]] in under[row[0]], row[0]
    assert {o.id for o in FLOWS.report.nodes[SYMPTOMS].options} == set(
        symptoms.values()
    )


FAMILIES = {
    "harass": {"Harassment"},
    "hate": {"Harassment", "Violence"},
    "violence": {"Violence"},
    "selfharm": {"SelfHarm"},
    "child": {"ChildSafety"},
    "sexual": {"Sexual"},
    "privacy": {"Harassment"},
    "graphic": {"Violence"},
    "spam": {"Misleading"},
    "identity": {"Misleading"},
    "misleading": {"Misleading"},
    "goods": {"Rule"},
    "legal": {"Rule"},
    "rules": {"Rule", "Harassment"},
    "other": {"Other"},
    "appeal": {"Appeal"},
    "self": set[str](),
}
"""Which families of tokens may stand for one of ours."""


def test_the_family_of_every_network_reason_is_the_family_of_ours() -> None:
    for reason in FLOWS.reasons.by_id.values():
        if reason.ozone:
            fits = [f for f in FAMILIES[reason.family] if reason.ozone.startswith(f)]
            assert fits, (reason.id, reason.ozone)


def test_every_reason_is_used_and_every_leaf_has_a_reason() -> None:
    leaves = {option.id for option in FLOWS.report.nodes[LEAVES].options}
    assert leaves | {"appeal"} == set(FLOWS.reasons.by_id)
    sent = {r.id for r in FLOWS.reasons.by_id.values() if r.code(NetworkKind.REFERENCE)}
    assert sent == leaves - {"self.dislike"}


def words_of(flow: Flow) -> set[str]:
    """Return every text key that a flow asks for."""
    keys: set[str] = set()
    for node in flow.nodes.values():
        base = f"flow.{flow.id}.{node.id}"
        if node.kind is NodeKind.NOTICE:
            keys.add(f"{base}.text")
        elif node.kind is not NodeKind.OUTCOME:
            keys.add(f"{base}.title")
        for option in node.options:
            own = f"{base}.option.{option.id}"
            keys.add(own if TEXTS.has(own) else f"flow.option.{option.id}")
    return keys


def test_every_text_of_the_flows_is_there_and_every_text_is_used() -> None:
    wanted = words_of(FLOWS.report) | words_of(FLOWS.appeal)
    leaves = [o.id for o in FLOWS.report.nodes[LEAVES].options]
    wanted |= {f"flow.search.{leaf}" for leaf in leaves}
    wanted |= {f"flow.because.{leaf}" for leaf in leaves if leaf != "self.dislike"}
    symptoms = [o.id for o in FLOWS.report.nodes[SYMPTOMS].options]
    wanted |= {f"flow.symptom_search.{symptom}" for symptom in symptoms}
    families = {r.family for r in FLOWS.reasons.by_id.values()}
    families -= {"self", "other", "appeal"}
    wanted |= {f"flow.family.{family}" for family in families}
    have = {
        key
        for key in TEXTS.keys("flow.")
        if not key.startswith("flow.sentence.") and not key.endswith(".help")
    }
    assert have == wanted
    for key in TEXTS.keys("flow."):
        if key.endswith(".help"):
            assert key.removesuffix("help") + "title" in wanted


def test_every_sentence_is_short_and_says_something() -> None:
    for key in TEXTS.keys("flow.report."):
        said = TEXTS.say(key)
        assert said.strip() == said != "", key
        for sentence in re.split(r"[.!?:;] ", said):
            assert len(sentence.split()) <= 24, (key, sentence)


def test_every_card_has_source_date_and_words_and_is_shown_somewhere() -> None:
    shown = {card for flow in BOTH for n in flow.nodes.values() for card in n.cards}
    assert set(FLOWS.cards) == shown
    for card in FLOWS.cards.values():
        assert card.source
        assert date(2026, 1, 1) <= card.checked
        assert TEXTS.say(card.title_key)
        assert TEXTS.say(card.text_key)
    assert {key.split(".")[1] for key in TEXTS.keys("help.")} == set(FLOWS.cards)


@pytest.mark.parametrize("lost", ["source", "checked"])
def test_a_card_without_source_or_date_is_refused(lost: str) -> None:
    data = read_toml("help", "cards.toml")
    del data["iasp"][lost]
    with pytest.raises(ValueError, match="iasp"):
        load_cards(data)


PHONE = re.compile(r"\d(?:[\s().-]?\d){2,}")
"""Three digits or more that belong together: what could be dialled."""


def test_no_sentence_holds_a_number_that_could_be_dialled() -> None:
    assert PHONE.search("call 988 now")
    assert PHONE.search("+1 (555) 010-0199")
    for path in sorted((Path(__file__).parents[2] / "resources" / "texts").rglob("*")):
        for line in path.read_text().splitlines() if path.suffix == ".toml" else []:
            if "=" in line and path.name.startswith("flow"):
                value = re.sub(r"\b\d?:?\d\d:\d\d\b", "", line.split("=", 1)[1])
                assert not PHONE.search(value), f"{path.name}: {line}"


@pytest.mark.parametrize("flow", BOTH, ids=lambda flow: flow.id)
def test_the_drawing_shows_every_node_and_edge_once(flow: Flow) -> None:
    drawn = mermaid(flow)
    assert drawn.startswith("flowchart TD\n")
    for node in flow.nodes:
        assert drawn.count(f'"{node}"') + drawn.count(f'"{node} *"') == 1
    edges = sum(
        sum(bool(o.next) for o in n.options) + len(n.branches) + bool(n.next)
        for n in flow.nodes.values()
    )
    asked = sum(len(entries) for entries in flow.sections.values())
    assert drawn.count("-->") == edges
    assert drawn.count(".->") == asked
