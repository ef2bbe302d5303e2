"""What the flow tests share: the shipped flow, scenes of networks, random walks."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping

from safetyclient.application.flows import Flows, load_flows
from safetyclient.domain.accounts import NetworkKind
from safetyclient.domain.capabilities import (
    Capabilities,
    Capability,
    Offer,
    Support,
)
from safetyclient.domain.flow import Step, Walk
from safetyclient.domain.flow_guards import LEAVES, SYMPTOMS, Scene
from safetyclient.domain.flow_nodes import NodeKind
from safetyclient.domain.ids import SubjectKind
from safetyclient.domain.reports import Answer

FLOWS: Flows = load_flows()
REPORTS = [
    Capability.REPORT_POST,
    Capability.REPORT_ACCOUNT,
    Capability.REPORT_MEDIA,
    Capability.REPORT_SPACE,
    Capability.REPORT_OTHER,
]
TAKEN: Mapping[NetworkKind, list[Capability]] = {
    NetworkKind.REFERENCE: REPORTS,
    NetworkKind.MASTODON: REPORTS[:2],
    NetworkKind.BLUESKY: [*REPORTS[:2], Capability.REPORT_OTHER],
    NetworkKind.X: [],
}
"""Which reports each network takes, by the APIs that were read."""


def scene(
    kind: SubjectKind,
    network: NetworkKind = NetworkKind.REFERENCE,
    *,
    pictures: bool = True,
) -> Scene:
    """Return the scene of a subject on a network."""
    offers = {capability: Offer(Support.NATIVE) for capability in TAKEN[network]}
    return Scene(
        kind=kind,
        capabilities=Capabilities(offers),
        pictures=pictures,
        untaken=FLOWS.reasons.untaken(network),
    )


def leaves_for(place: Scene) -> dict[str, str]:
    """Return the leaves that a subject has, each with one of its symptoms."""
    every = tuple(o.id for o in FLOWS.report.nodes[SYMPTOMS].options)
    step = FLOWS.report.walk(place, {SYMPTOMS: every}).step(LEAVES)
    assert step is not None
    return {option.id: min(option.under) for option in step.options}


def chosen(place: Scene, *leaves: str) -> dict[str, Answer]:
    """Return the answers that choose leaves, in this order."""
    symptoms = leaves_for(place)
    return {
        SYMPTOMS: tuple(dict.fromkeys(symptoms[leaf] for leaf in leaves)),
        LEAVES: leaves,
    }


def any_answer(step: Step, dice: random.Random) -> Answer:
    """Return some answer that fits a question."""
    match step.node.kind:
        case NodeKind.CHOICE:
            return dice.choice(step.options).id
        case NodeKind.SEVERAL:
            most = min(len(step.options), step.node.limit or 3, 3)
            picked = dice.sample(step.options, dice.randint(1, most))
            return tuple(option.id for option in picked)
        case NodeKind.MOMENT:
            return ("12:30 @speaker: some words",)
        case NodeKind.POSTS:
            return ("12", "13")
        case NodeKind.PEOPLE:
            return ("@somebody",)
        case _:
            return "some words"


def finish(place: Scene, answers: dict[str, Answer], dice: random.Random) -> Walk:
    """Answer whatever is still needed, and return the walk that ends."""
    for _ in range(200):
        walk = FLOWS.report.walk(place, answers)
        missing = [step for step in walk.steps if step.missing]
        if not missing:
            return walk
        answers[missing[0].node.id] = any_answer(missing[0], dice)
    raise AssertionError("the walk does not end")


def every_choice(place: Scene, answers: dict[str, Answer]) -> Iterator[Walk]:
    """Yield every walk of the choices that lead different ways."""
    walk = FLOWS.report.walk(place, answers)
    for step in walk.steps:
        splits = any(option.next for option in step.options)
        if splits and step.node.id not in answers:
            for option in step.options:
                yield from every_choice(place, {**answers, step.node.id: option.id})
            return
    yield walk
