"""Generated walks of the guided report: all end, none loops, back keeps answers."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime

import pytest

from safetyclient.domain.accounts import NetworkKind
from safetyclient.domain.flow_guards import LEAVES, SYMPTOMS, address_only
from safetyclient.domain.flow_nodes import NodeKind, OutcomeKind
from safetyclient.domain.ids import PersonId, SubjectKind, SubjectRef
from safetyclient.domain.report_build import build, reasons_of
from safetyclient.domain.reports import Answer, SubjectSnapshot
from tests.flows.kit import (
    FLOWS,
    TAKEN,
    any_answer,
    chosen,
    every_choice,
    finish,
    leaves_for,
    scene,
)

SEEN = SubjectSnapshot(
    ref=SubjectRef(SubjectKind.POST, "1"),
    url="https://example.org/@a/posts/1",
    taken=datetime(2026, 1, 1, tzinfo=UTC),
)
MAIN = [SubjectKind.POST, SubjectKind.ACCOUNT, SubjectKind.MEDIA, SubjectKind.SPACE]


@pytest.mark.parametrize("network", NetworkKind)
@pytest.mark.parametrize("kind", SubjectKind)
def test_every_walk_of_every_leaf_ends_in_a_known_outcome(
    kind: SubjectKind, network: NetworkKind
) -> None:
    place = scene(kind, network)
    walks = 0
    for leaf in leaves_for(place):
        for walk in every_choice(place, chosen(place, leaf)):
            walks += 1
            assert walk.outcome is not None, (leaf, walk.answers)
            assert walk.outcome.outcome is expected(kind, network, leaf), leaf
            names = [step.node.id for step in walk.steps]
            assert len(names) == len(set(names))
    assert walks > 60


def expected(kind: SubjectKind, network: NetworkKind, leaf: str) -> OutcomeKind:
    """Return how a walk of one leaf must end, told apart from the flow's own rules."""
    if leaf == "self.dislike":
        return OutcomeKind.NOTHING
    takes = {
        SubjectKind.POST: 0,
        SubjectKind.ACCOUNT: 1,
        SubjectKind.MEDIA: 2,
        SubjectKind.SPACE: 3,
    }.get(kind, 4)
    able = [c.value for c in TAKEN[network]]
    names = ["report_post", "report_account", "report_media", "report_space"]
    capability = [*names, "report_other"][takes]
    if capability not in able:
        return OutcomeKind.HANDOFF
    wordless = network is NetworkKind.BLUESKY and leaf == "legal.copyright"
    return OutcomeKind.HANDOFF if wordless else OutcomeKind.SEND


@pytest.mark.parametrize("kind", SubjectKind)
def test_every_walk_of_every_leaf_makes_a_report_that_names_it(
    kind: SubjectKind,
) -> None:
    place = scene(kind)
    dice = random.Random(7)
    for leaf in leaves_for(place):
        walk = finish(place, chosen(place, leaf), dice)
        report = build(walk, SEEN, language="en")
        assert report.reasons == (() if leaf == "self.dislike" else (leaf,))


@pytest.mark.parametrize("kind", MAIN)
def test_every_ordered_pair_of_leaves_ends_with_both_reasons_in_order(
    kind: SubjectKind,
) -> None:
    place = scene(kind)
    dice = random.Random(11)
    for pair in itertools.permutations(leaves_for(place), 2):
        walk = finish(place, chosen(place, *pair), dice)
        wanted = tuple(leaf for leaf in pair if leaf != "self.dislike")
        assert reasons_of(walk) == wanted
        assert walk.outcome is not None
        assert walk.outcome.outcome is OutcomeKind.SEND
        asked = [step.node.id for step in walk.steps]
        assert len(asked) == len(set(asked)), "a shared question is asked once"


@pytest.mark.parametrize("seed", range(300))
def test_a_drawn_set_ends_and_going_back_keeps_every_answer(seed: int) -> None:
    dice = random.Random(seed)
    place = scene(dice.choice(list(SubjectKind)), dice.choice(list(NetworkKind)))
    known = leaves_for(place)
    count = dice.randint(3, min(10, len(known)))
    answers: dict[str, Answer] = {}
    steps_back = 0
    leaves = tuple(dice.sample(sorted(known), count))
    answers |= chosen(place, *leaves)
    for _ in range(400):
        walk = FLOWS.report.walk(place, answers)
        ahead = [s for s in walk.steps if s.node.page and s.given is None]
        if not ahead and walk.outcome:
            break
        answers[ahead[0].node.id] = any_answer(ahead[0], dice)
        if dice.random() < 0.2:
            steps_back += 1
            again = FLOWS.report.walk(place, answers)
            earlier = dice.choice([s for s in again.steps if s.given is not None])
            if earlier.node.id not in {SYMPTOMS, LEAVES}:
                answers[earlier.node.id] = any_answer(earlier, dice)
            kept = FLOWS.report.walk(place, answers)
            for step in kept.steps:
                if step.node.id in answers:
                    assert step.given == answers[step.node.id]
    end = FLOWS.report.walk(place, answers)
    assert end.finished
    assert end.answers[LEAVES] == leaves
    assert steps_back or len(end.steps) < 40


def test_an_answer_that_no_longer_fits_waits_until_it_fits_again() -> None:
    place = scene(SubjectKind.POST)
    answers: dict[str, Answer] = chosen(place, "harass.targeted")
    answers["often"] = "repeated"
    elsewhere = {**answers, **chosen(place, "spam.bulk")}
    assert FLOWS.report.walk(place, elsewhere).step("often") is None
    back = {**elsewhere, **chosen(place, "harass.targeted")}
    step = FLOWS.report.walk(place, back).step("often")
    assert step is not None
    assert step.given == "repeated"


def test_every_leaf_and_node_is_reached_by_some_walk() -> None:
    leaves: set[str] = set()
    nodes: set[str] = set()
    networks = [NetworkKind.REFERENCE, NetworkKind.X]
    for kind, network in itertools.product(SubjectKind, networks):
        place = scene(kind, network)
        for leaf in leaves_for(place):
            leaves.add(leaf)
            for walk in every_choice(place, chosen(place, leaf)):
                nodes |= {step.node.id for step in walk.steps}
    speaker = {**chosen(scene(SubjectKind.SPACE), "other"), "space.part": "speaker"}
    nodes |= {
        s.node.id for s in FLOWS.report.walk(scene(SubjectKind.SPACE), speaker).steps
    }
    assert nodes == set(FLOWS.report.nodes)
    assert leaves == set(FLOWS.reasons.by_id) - {"appeal"}


def test_graphic_leaves_need_pictures_in_a_space() -> None:
    with_video = leaves_for(scene(SubjectKind.SPACE))
    without = leaves_for(scene(SubjectKind.SPACE, pictures=False))
    gone = set(with_video) - set(without)
    assert gone == {
        "graphic.gore",
        "graphic.animal",
        "misleading.media",
        "privacy.media",
        "sexual.deepfake",
    }
    place = scene(SubjectKind.SPACE, pictures=False)
    step = FLOWS.report.walk(place, {}).step(SYMPTOMS)
    assert step is not None
    assert "disturbing" not in {option.id for option in step.options}


def test_a_single_leaf_follows_by_itself_and_its_page_is_skipped() -> None:
    place = scene(SubjectKind.POST)
    walk = FLOWS.report.walk(place, {SYMPTOMS: ("goods",)})
    step = walk.step(LEAVES)
    assert step is not None
    assert step.implied
    assert walk.answers[LEAVES] == ("goods.prohibited",)
    both = FLOWS.report.walk(place, {SYMPTOMS: ("goods", "targeted")}).step(LEAVES)
    assert both is not None
    assert both.unasked
    assert both.answer == ("goods.prohibited",)


def test_only_a_few_questions_are_needed() -> None:
    place = scene(SubjectKind.POST)
    for leaf in leaves_for(place):
        walk = FLOWS.report.walk(place, chosen(place, leaf))
        needed = {step.node.id for step in walk.steps if step.missing}
        allowed = {
            "under18",
            "law.why",
            "law.name",
            "law.email",
            "law.good_faith",
            "other.what",
        }
        assert needed <= allowed, leaf


@pytest.mark.parametrize("kind", SubjectKind)
@pytest.mark.parametrize("leaf", ["child.csam", "child.groom", "sexual.ncii"])
def test_where_only_the_address_may_stay_nothing_free_is_asked_or_sent(
    kind: SubjectKind, leaf: str
) -> None:
    place = scene(kind)
    answers = chosen(place, "harass.other", leaf)
    answers |= {
        "under18": "yes",
        "comment": "CANARY",
        "posts": ("CANARY",),
        "moments": ("1:00 CANARY",),
        "accounts": ("CANARY",),
        "space.part": "speaker",
        "space.who": ("@CANARY",),
    }
    walk = FLOWS.report.walk(place, answers)
    assert address_only(walk.answers)
    free = {NodeKind.TEXT, NodeKind.POSTS, NodeKind.PEOPLE, NodeKind.MOMENT}
    assert not [step for step in walk.steps if step.node.kind in free]
    report = build(walk, SEEN, language="en")
    assert "CANARY" not in repr(report)
    assert report.comment == ""
    assert report.person == PersonId("")
    assert {name for name, _ in report.details} <= {"under18"}
