"""Faults of flow data beyond the plain ones, and what small flows do by themselves."""

from __future__ import annotations

from typing import Any

import pytest

from safetyclient.domain.accounts import NetworkKind
from safetyclient.domain.errors import BadInput
from safetyclient.domain.flow import Flow, check_answer
from safetyclient.domain.flow_check import check
from safetyclient.domain.flow_guards import GUARDS, WHOM, listed
from safetyclient.domain.ids import SubjectKind
from safetyclient.domain.reports import Answer
from tests.flows.kit import FLOWS, scene

POST = scene(SubjectKind.POST)
END = {"kind": "outcome", "outcome": "send"}
ASK = {"kind": "text", "page": "p"}
ONE = {"kind": "choice", "page": "p", "compulsory": True}


def small(
    start: str = "a",
    *,
    sections: dict[str, list[str]] | None = None,
    **nodes: dict[str, Any],
) -> Flow:
    """Return a flow of a few nodes."""
    data = {"id": "small", "start": start, "nodes": nodes, "sections": sections or {}}
    return Flow.load(data)


@pytest.mark.parametrize(
    ("flow", "fault"),
    [
        (small("b", a=ASK), "start: no node b"),
        (
            small(
                a={
                    "kind": "several",
                    "page": "p",
                    "sections": True,
                    "options": [{"id": "x"}],
                },
                sections={"x": ["lost"]},
            ),
            "section x: no node lost",
        ),
        (small(a=ASK, sections={"x": ["a"]}), "section x: nothing leads there"),
        (
            small(
                a={**ASK, "branches": [{"when": "pictures", "next": "end"}]}, end=END
            ),
            "a: the last branch must always hold",
        ),
        (
            small(
                a={
                    "kind": "several",
                    "page": "p",
                    "options": [{"id": "x", "next": "end"}],
                },
                end=END,
            ),
            "a: only a choice may lead different ways",
        ),
        (
            small(a={**ONE, "options": [{"id": "x"}, {"id": "x"}]}),
            "a: an option stands twice",
        ),
        (
            small(
                a={**ONE, "options": [{"id": "x"}], "next": "b"},
                b={**ONE, "source": "a", "options": [{"id": "y", "under": ["z"]}]},
            ),
            "b: y: under what?",
        ),
        (
            small(
                a={**ONE, "options": [{"id": "x"}], "next": "b"},
                b={**ONE, "source": "a", "options": [{"id": "y"}]},
            ),
            "b: y: under what?",
        ),
        (
            small(a={**ONE, "source": "lost", "options": [{"id": "y"}]}),
            "a: no node lost",
        ),
    ],
)
def test_a_fault_is_named(flow: Flow, fault: str) -> None:
    assert fault in check(flow, effects=frozenset())


def test_a_last_branch_may_be_open_when_the_node_itself_leads_on() -> None:
    flow = small(
        a={**ASK, "branches": [{"when": "pictures", "next": "b"}], "next": "end"},
        b={**ASK, "next": "end"},
        end=END,
    )
    assert check(flow, effects=frozenset()) == ()


def test_a_way_that_never_ends_is_stopped() -> None:
    flow = small(a={**ASK, "next": "b"}, b={**ASK, "next": "a"})
    with pytest.raises(ValueError, match="small: the way never ends"):
        flow.walk(POST, {})


@pytest.mark.parametrize(
    ("kind", "answer"), [("choice", "only"), ("several", ("only",))]
)
def test_the_only_thing_to_pick_is_picked_and_not_asked(
    kind: str, answer: str | tuple[str, ...]
) -> None:
    flow = small(
        a={**ONE, "kind": kind, "options": [{"id": "only"}], "next": "end"}, end=END
    )
    walk = flow.walk(POST, {})
    step = walk.step("a")
    assert step is not None
    assert (step.given, step.answer, step.implied) == (None, answer, True)
    assert not step.unasked
    assert walk.finished


def test_a_question_to_be_answered_in_words_is_never_implied() -> None:
    walk = small(a={**ASK, "compulsory": True, "next": "end"}, end=END).walk(POST, {})
    step = walk.step("a")
    assert step is not None
    assert step.missing
    assert not walk.finished


def test_what_asks_nothing_takes_no_answer() -> None:
    walk = small(a={"kind": "notice", "next": "end"}, end=END).walk(POST, {"a": "x"})
    assert walk.answers == {}
    with pytest.raises(BadInput) as caught:
        check_answer(walk.steps[0], "x")
    assert (caught.value.field, caught.value.reason) == ("a", "question")


def test_an_answer_of_the_wrong_shape_is_left_out_of_the_walk() -> None:
    options = [{"id": "x"}, {"id": "y"}]
    flow = small(
        a={"kind": "several", "page": "p", "options": options, "next": "b"},
        b={"kind": "choice", "page": "p", "options": options, "next": "end"},
        end=END,
    )
    assert flow.walk(POST, {"a": "x", "b": ("x",)}).answers == {}
    assert flow.walk(POST, {"a": ("y",), "b": "x"}).answers == {"a": ("y",), "b": "x"}


def test_an_answer_is_a_list_whatever_its_kind() -> None:
    assert listed({"a": "x"}, "a") == ("x",)
    assert listed({"a": ("x", "y")}, "a") == ("x", "y")
    assert listed({"a": "", "b": True}, "a") == ()
    assert listed({"a": "", "b": True}, "b") == ()
    assert listed({}, "a") == ()


@pytest.mark.parametrize(
    ("whom", "concerned"),
    [("me", True), ("represented", True), ("other", False), (None, False)],
)
def test_who_is_concerned_is_who_it_was_done_to(
    whom: str | None, concerned: bool
) -> None:
    answers: dict[str, Answer] = {} if whom is None else {WHOM: whom}
    assert GUARDS["not_concerned"](POST, answers) is not concerned


def test_each_network_has_its_own_word_or_none() -> None:
    reason = FLOWS.reasons.by_id["spam.bulk"]
    assert reason.code(NetworkKind.REFERENCE) == "spam.bulk"
    assert reason.code(NetworkKind.MASTODON) == "spam"
    assert reason.code(NetworkKind.BLUESKY) == reason.ozone != ""
    assert reason.code(NetworkKind.X) == ""
    untold = [r for r in FLOWS.reasons.by_id.values() if r.mastodon == "none"]
    assert untold
    assert {r.code(NetworkKind.MASTODON) for r in untold} == {""}
