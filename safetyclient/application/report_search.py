"""Report search: finds reasons by a person's own words."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from safetyclient.application.texts import Texts
from safetyclient.domain.flow import Flow
from safetyclient.domain.flow_guards import LEAVES, SYMPTOMS, Scene
from safetyclient.domain.flow_nodes import Option

_MOST = 12
_SMALL = frozenset({"a", "an", "the", "is", "it", "to", "of", "in", "and", "or", "on"})


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A reason that fits: which, under which symptom, and how it reads."""

    leaf: str
    symptom: str
    text_key: str


def find(
    flow: Flow, scene: Scene, texts: Texts, *, words: str
) -> tuple[SearchHit, ...]:
    """Return reasons that share words with a text, the most shared first."""
    wanted = _words(words)
    if not wanted:
        return ()
    every = tuple(option.id for option in flow.nodes[SYMPTOMS].options)
    step = flow.walk(scene, {SYMPTOMS: every}).step(LEAVES)
    options = step.options if step else ()
    scored = [(_score(wanted, texts, option), option) for option in options]
    scored.sort(key=lambda pair: -pair[0])
    return tuple(
        SearchHit(
            leaf=option.id,
            symptom=min(option.under),
            text_key=f"flow.report.{LEAVES}.option.{option.id}",
        )
        for score, option in scored[:_MOST]
        if score
    )


def _score(wanted: frozenset[str], texts: Texts, option: Option) -> int:
    """Count words: in the reason's own text or synonyms 3, in its symptom's 1."""
    own = f"flow.report.{LEAVES}.option.{option.id}"
    strong = _words(f"{texts.say(own)} {texts.say(f'flow.search.{option.id}')}")
    weak: frozenset[str] = frozenset()
    for parent in option.under:
        title = texts.say(f"flow.report.{SYMPTOMS}.option.{parent}")
        weak |= _words(f"{title} {texts.say(f'flow.symptom_search.{parent}')}")
    return sum(3 * _fits(word, strong) + _fits(word, weak) for word in wanted)


def _fits(word: str, known: frozenset[str]) -> bool:
    return any(each.startswith(word) for each in known)


def _words(text: str) -> frozenset[str]:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return frozenset(re.findall(r"\w+", plain)) - _SMALL
