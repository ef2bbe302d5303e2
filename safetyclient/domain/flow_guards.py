"""Flow guards: the named rules that flow data may point at; nothing else computes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from safetyclient.domain.capabilities import Capabilities, Capability
from safetyclient.domain.ids import SubjectKind
from safetyclient.domain.reports import Answer

LEAVES = "leaves"
"""Node whose answer is the list of reasons."""
SYMPTOMS = "symptoms"
WHOM = "whom"
DANGER = "danger"
UNDER_18 = "under18"

DISLIKE = "self.dislike"
WORRIED = "selfharm.risk"

REPORT_CAPABILITY: Mapping[SubjectKind, Capability] = {
    SubjectKind.POST: Capability.REPORT_POST,
    SubjectKind.ACCOUNT: Capability.REPORT_ACCOUNT,
    SubjectKind.MEDIA: Capability.REPORT_MEDIA,
    SubjectKind.SPACE: Capability.REPORT_SPACE,
    SubjectKind.LIST: Capability.REPORT_OTHER,
    SubjectKind.MESSAGE: Capability.REPORT_OTHER,
    SubjectKind.AD: Capability.REPORT_OTHER,
}


@dataclass(frozen=True, slots=True)
class Scene:
    """What a walk depends on beside the answers.

    `pictures` is false for a Space without video. `untaken` are the reasons that the
    network has no word for: a report of nothing else is handed to the person.
    `sealed` closes every question whose answer may not be kept.
    """

    kind: SubjectKind
    capabilities: Capabilities
    pictures: bool = True
    untaken: frozenset[str] = field(default_factory=frozenset[str])
    sealed: bool = False


Answers = Mapping[str, Answer]
Guard = Callable[[Scene, Answers], bool]


def listed(answers: Answers, node: str) -> tuple[str, ...]:
    """Return an answer as a list, whatever its kind; empty when there is none."""
    value = answers.get(node, ())
    if isinstance(value, tuple):
        return value
    return (value,) if isinstance(value, str) and value else ()


def _reasons(answers: Answers) -> tuple[str, ...]:
    return tuple(leaf for leaf in listed(answers, LEAVES) if leaf != DISLIKE)


def _nothing_to_send(_scene: Scene, answers: Answers) -> bool:
    return not _reasons(answers)


def _network_takes(scene: Scene, answers: Answers) -> bool:
    offer = scene.capabilities.offer(REPORT_CAPABILITY[scene.kind])
    return offer.usable and bool(set(_reasons(answers)) - scene.untaken)


def _pictures(scene: Scene, _answers: Answers) -> bool:
    return scene.pictures


def _one_speaker(_scene: Scene, answers: Answers) -> bool:
    return answers.get("space.part") == "speaker"


def _not_concerned(_scene: Scene, answers: Answers) -> bool:
    return answers.get(WHOM) not in {"me", "represented"}


GUARDS: Mapping[str, Guard] = {
    "nothing_to_send": _nothing_to_send,
    "network_takes": _network_takes,
    "pictures": _pictures,
    "one_speaker": _one_speaker,
    "not_concerned": _not_concerned,
}

_ADDRESS_ONLY = frozenset({"child.csam", "child.groom"})


def address_only(answers: Answers) -> bool:
    """Return whether nothing but address, id and time may be kept or sent.

    So it is where a child is sexualised or approached, and wherever the person in
    sexual content was, or may have been, under 18.
    """
    chosen = listed(answers, LEAVES)
    if _ADDRESS_ONLY & set(chosen):
        return True
    young = answers.get(UNDER_18) in {"yes", "unsure"}
    return young and any(leaf.startswith("sexual.") for leaf in chosen)


def concerns_child(answers: Answers) -> bool:
    """Return whether a chosen reason is about a child: then no media bytes are kept."""
    return any(leaf.startswith("child.") for leaf in listed(answers, LEAVES))
