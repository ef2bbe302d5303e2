"""The moderators' side: review, decisions with reasons, appeals and deadlines."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.backend.posting import (
    DAY,
    PNG,
    appeal,
    case_about,
    decide,
    publish,
    report,
    same_refusal,
    send,
)
from tests.backend.stage import Caller, Stage, new_key


def answer_to(moderator: Caller, number: str, **fields: Any) -> int:
    """Answer an appeal and return the status."""
    body = {"outcome": "upheld", "text": "It stands.", **fields}
    path = f"/v1/moderation/appeals/{number}/answer"
    return moderator.call("POST", path, json=body).status_code


def state(person: Caller, case: str) -> str:
    found: str = person.get(f"/v1/cases/{case}")["state"]
    return found


def test_a_case_goes_from_report_to_answered_appeal(stage: Stage) -> None:
    case = case_about(stage.alice, stage.bob)
    stage.mod.do("POST", f"/v1/moderation/cases/{case}/review")
    assert state(stage.alice, case) == "in_review"
    assert decide(stage.mod, case).status_code == 201
    assert state(stage.alice, case) == "decided"
    sent = appeal(stage.alice, case)
    assert sent.status_code == 201
    assert state(stage.alice, case) == "appealed"
    number = sent.json()["id"]
    assert answer_to(stage.mod, number) == 201
    shown = stage.alice.get(f"/v1/cases/{case}")
    assert shown["state"] == "closed"
    assert [event["kind"] for event in shown["events"]] == [
        "received",
        "in_review",
        "decision",
        "appeal_received",
        "appeal_upheld",
    ]
    assert shown["events"][-1]["text"] == "It stands."
    assert shown["appeal"]["state"] == "upheld"
    assert shown["appeal"]["answer"] == "It stands."
    assert shown["appeal"]["answered_at"] == shown["events"][-1]["at"]
    times = [event["at"] for event in shown["events"]]
    assert times == sorted(times)


def test_a_decision_states_its_reasons(stage: Stage) -> None:
    case = case_about(stage.alice, stage.bob)
    decide(
        stage.mod,
        case,
        outcome="limit",
        rule="5.2 Spam",
        text="Thirty times the same text.",
        scope="Replies only",
        days=30,
        automated=True,
        redress="Write to us.",
    )
    shown = stage.alice.get(f"/v1/cases/{case}")
    decision = shown["decision"]
    assert shown["events"][-1]["decision"] == decision
    until = datetime.fromisoformat(decision.pop("appeal_until"))
    made = datetime.fromisoformat(decision["at"])
    assert until - made == timedelta(days=20)
    assert decision == {
        "id": decision["id"],
        "at": shown["events"][-1]["at"],
        "outcome": "limit",
        "rule": "5.2 Spam",
        "facts": "Thirty times the same text.",
        "scope": "Replies only",
        "days": 30,
        "automated": True,
        "redress": "Write to us.",
    }


@pytest.mark.parametrize(
    ("outcome", "scope"),
    [
        ("none", "No measure"),
        ("suspend", "The account, everywhere on this server"),
    ],
)
def test_a_decision_is_complete_without_every_word(
    stage: Stage, outcome: str, scope: str
) -> None:
    case = case_about(stage.alice, stage.bob)
    decide(stage.mod, case, outcome=outcome)
    decision = stage.alice.get(f"/v1/cases/{case}")["decision"]
    assert decision["scope"] == scope
    assert decision["appeal_until"][:10] in decision["redress"]
    assert (decision["days"], decision["automated"]) == (None, False)


@pytest.mark.parametrize(
    "fields",
    [
        {"outcome": "ban"},
        {"rule": ""},
        {"text": ""},
        {"days": 0},
        {"days": 3651},
        {"text": "x" * 4001},
    ],
)
def test_a_decision_without_reasons_is_refused(
    stage: Stage, fields: dict[str, Any]
) -> None:
    case = case_about(stage.alice, stage.bob)
    assert decide(stage.mod, case, **fields).status_code == 400
    assert state(stage.alice, case) == "received"


def test_a_case_is_decided_once(stage: Stage) -> None:
    case = case_about(stage.alice, stage.bob)
    review = f"/v1/moderation/cases/{case}/review"
    stage.mod.do("POST", review)
    assert stage.mod.call("POST", review).status_code == 409
    assert decide(stage.mod, case).status_code == 201
    assert decide(stage.mod, case).status_code == 409
    assert stage.mod.call("POST", review).status_code == 409
    assert decide(stage.mod, "999999").status_code == 404
    assert stage.mod.call("GET", "/v1/moderation/cases/999999").status_code == 404


def test_there_is_one_appeal_against_a_decision(stage: Stage) -> None:
    case = case_about(stage.alice, stage.bob)
    decide(stage.mod, case)
    number = stage.alice.get(f"/v1/cases/{case}")["decision"]["id"]
    path, key = f"/v1/decisions/{number}/appeal", new_key()
    first = stage.alice.call("POST", path, key=key, json={"text": "No."})
    again = stage.alice.call("POST", path, key=key, json={"text": "No."})
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    second = stage.alice.call("POST", path, json={"text": "Still no."})
    assert (second.status_code, second.json()["code"]) == (409, "conflict")
    shown = stage.alice.get(f"/v1/cases/{case}")
    assert shown["appeal"]["text"] == "No."
    assert shown["decision"]["appeal_until"] is None
    assert answer_to(stage.mod, first.json()["id"]) == 201
    assert answer_to(stage.mod, first.json()["id"]) == 409
    assert stage.alice.call("POST", path, json={"text": "x"}).status_code == 409
    assert answer_to(stage.mod, "999999") == 404


def test_of_many_appeals_at_once_one_is_taken(stage: Stage) -> None:
    case = case_about(stage.alice, stage.bob)
    decide(stage.mod, case)
    number = stage.alice.get(f"/v1/cases/{case}")["decision"]["id"]
    person = stage.alice

    def attempt(word: int) -> int:
        body = {"text": f"No, {word}."}
        path = f"/v1/decisions/{number}/appeal"
        return person.call("POST", path, json=body).status_code

    with ThreadPoolExecutor(6) as pool:
        statuses = Counter(pool.map(attempt, range(12)))
    assert statuses == {201: 1, 409: 11}


def test_only_the_reporter_can_appeal(stage: Stage) -> None:
    case = case_about(stage.alice, stage.bob)
    decide(stage.mod, case)
    number = stage.alice.get(f"/v1/cases/{case}")["decision"]["id"]
    for person in (stage.bob, stage.carol, stage.mod):
        foreign, missing = (
            person.call("POST", f"/v1/decisions/{n}/appeal", json={"text": "x"})
            for n in (number, "999999")
        )
        assert foreign.status_code == 404
        assert same_refusal(foreign, missing)
    assert state(stage.alice, case) == "decided"


def test_an_appeal_needs_words(stage: Stage) -> None:
    case = case_about(stage.alice, stage.bob)
    decide(stage.mod, case)
    assert appeal(stage.alice, case, "").status_code == 400


def test_the_time_to_appeal_ends(stage: Stage) -> None:
    case = case_about(stage.alice, stage.bob)
    other = case_about(stage.alice, stage.bob)
    for number in (case, other):
        decide(stage.mod, number)
    stage.move_clock(seconds=20 * DAY - 120)
    assert appeal(stage.alice, other).status_code == 201
    assert stage.alice.get(f"/v1/cases/{case}")["decision"]["appeal_until"]
    stage.move_clock(seconds=20 * DAY + 120)
    shown = stage.alice.get(f"/v1/cases/{case}")
    assert (shown["state"], shown["decision"]["appeal_until"]) == ("closed", None)
    late = appeal(stage.alice, case)
    assert (late.status_code, late.json()["code"]) == (410, "gone")
    assert state(stage.alice, other) == "appealed"


def test_cases_can_be_listed_by_their_present_state(stage: Stage) -> None:
    received, reviewed, decided, appealed = (
        case_about(stage.alice, stage.bob) for _ in range(4)
    )
    stage.mod.do("POST", f"/v1/moderation/cases/{reviewed}/review")
    for number in (decided, appealed):
        decide(stage.mod, number)
    appeal(stage.alice, appealed)

    def listed(wanted: str) -> list[str]:
        page = stage.mod.get(f"/v1/moderation/cases?state={wanted}")
        return [item["case"]["id"] for item in page["items"]]

    assert listed("received") == [received]
    assert listed("in_review") == [reviewed]
    assert listed("decided") == [decided]
    assert listed("appealed") == [appealed]
    assert listed("closed") == []
    stage.move_clock(seconds=20 * DAY + 120)
    assert listed("decided") == []
    assert listed("closed") == [decided]
    everything = stage.mod.get("/v1/moderation/cases?limit=3")
    assert [item["case"]["id"] for item in everything["items"]] == [
        appealed,
        decided,
        reviewed,
    ]
    rest = stage.mod.get(f"/v1/moderation/cases?cursor={everything['next']}")
    assert [item["case"]["id"] for item in rest["items"]] == [received]


def test_appeals_can_be_listed_by_their_state(stage: Stage) -> None:
    numbers: list[str] = []
    for _ in range(3):
        case = case_about(stage.alice, stage.bob)
        decide(stage.mod, case)
        numbers.append(appeal(stage.alice, case).json()["id"])
    assert answer_to(stage.mod, numbers[0]) == 201
    assert answer_to(stage.mod, numbers[1], outcome="overturned") == 201

    def listed(query: str) -> list[str]:
        page = stage.mod.get(f"/v1/moderation/appeals{query}")
        return [item["appeal"]["id"] for item in page["items"]]

    assert listed("") == numbers[::-1]
    assert listed("?state=pending") == [numbers[2]]
    assert listed("?state=upheld") == [numbers[0]]
    assert listed("?state=overturned") == [numbers[1]]
    page = stage.mod.get("/v1/moderation/appeals?limit=2")
    assert listed(f"?cursor={page['next']}") == [numbers[0]]
    assert page["items"][0]["case"]["state"] == "appealed"


@pytest.mark.parametrize("kind", ["post", "media"])
def test_a_removed_post_is_hidden_until_the_decision_is_overturned(
    stage: Stage, kind: str
) -> None:
    post = publish(stage.bob, send(stage.bob, PNG))
    number = post["id"] if kind == "post" else post["media"][0]["id"]
    case = report(stage.alice, kind, number).json()["id"]
    paths = [f"/v1/posts/{post['id']}", f"/v1/media/{post['media'][0]['id']}"]
    decide(stage.mod, case, outcome="remove")
    for person in (stage.alice, stage.bob):
        assert [person.call("GET", path).status_code for path in paths] == [404, 404]
    assert stage.alice.get("/v1/people/@bob/posts")["items"] == []
    assert report(stage.carol, kind, number).status_code == 404
    sent = appeal(stage.alice, case).json()["id"]
    assert answer_to(stage.mod, sent, outcome="overturned", text="Back.") == 201
    assert [stage.alice.call("GET", path).status_code for path in paths] == [200, 200]
    shown = stage.alice.get(f"/v1/cases/{case}")
    assert (shown["state"], shown["appeal"]["state"]) == ("closed", "overturned")


def test_a_decision_that_stands_keeps_the_post_away(stage: Stage) -> None:
    post = publish(stage.bob)["id"]
    case = report(stage.alice, "post", post).json()["id"]
    decide(stage.mod, case, outcome="remove")
    sent = appeal(stage.alice, case).json()["id"]
    assert answer_to(stage.mod, sent) == 201
    assert stage.bob.call("GET", f"/v1/posts/{post}").status_code == 404


@pytest.mark.parametrize("outcome", ["none", "warn", "limit", "suspend"])
def test_other_outcomes_leave_the_post_where_it_is(stage: Stage, outcome: str) -> None:
    post = publish(stage.bob)["id"]
    case = report(stage.alice, "post", post).json()["id"]
    decide(stage.mod, case, outcome=outcome)
    assert stage.alice.call("GET", f"/v1/posts/{post}").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "cases", None),
        ("GET", "cases/{case}", None),
        ("POST", "cases/{case}/review", None),
        (
            "POST",
            "cases/{case}/decision",
            {"outcome": "none", "rule": "1", "text": "x"},
        ),
        ("GET", "appeals", None),
        ("POST", "appeals/1/answer", {"outcome": "upheld", "text": "x"}),
    ],
)
def test_moderation_is_for_moderators(
    stage: Stage, method: str, path: str, body: dict[str, Any] | None
) -> None:
    case = case_about(stage.alice, stage.bob)
    url = f"/v1/moderation/{path.format(case=case)}"
    for person, status in ((stage.alice, 403), (stage.anonymous, 401)):
        answer = person.call(method, url, json=body)
        assert answer.status_code == status
    assert state(stage.alice, case) == "received"
