"""Reports and cases: what can be reported by whom, and what is kept of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from safetyclient.assets import resource
from tests.backend.posting import (
    DAY,
    PNG,
    add_space,
    protect,
    publish,
    report,
    same_refusal,
    send,
)
from tests.backend.stage import Stage, new_key

LEAVES: list[dict[str, Any]] = json.loads(
    resource("flows", "report_taxonomy.json").read_text("utf-8")
)
IDS = [str(leaf["id"]) for leaf in LEAVES]


def test_the_taxonomy_is_told_to_everybody(stage: Stage) -> None:
    told = stage.anonymous.get("/v1/taxonomy")
    assert told["leaves"] == LEAVES
    assert len(told["leaves"]) == 55
    assert told["version"] == stage.alice.get("/v1/taxonomy")["version"]


@pytest.mark.parametrize("leaf", IDS)
def test_every_leaf_but_two_can_be_a_reason(stage: Stage, leaf: str) -> None:
    answer = report(
        stage.alice, "account", stage.bob.id, reasons=[leaf], comment="See above."
    )
    if leaf in {"appeal", "self.dislike"}:
        assert answer.json()["errors"] == [{"field": "reasons", "code": "unknown"}]
    else:
        assert answer.status_code == 201
        assert answer.json()["reasons"] == [leaf]


def test_a_report_becomes_a_case_under_the_key_it_came_with(stage: Stage) -> None:
    key = new_key()
    first = report(stage.alice, "account", stage.bob.id, key=key)
    again = report(stage.alice, "account", stage.bob.id, key=key)
    assert (first.status_code, first.content) == (again.status_code, again.content)
    case = first.json()
    assert case["change"] == key
    assert case["state"] == "received"
    assert [event["kind"] for event in case["events"]] == ["received"]
    assert (case["decision"], case["appeal"]) == (None, None)
    assert stage.alice.get("/v1/cases")["items"] == [case]
    assert stage.alice.get(f"/v1/cases/{case['id']}") == case
    assert stage.ledger(key) == [(key, "submitReport", f"case:{case['id']}")]


def test_every_kind_of_subject_can_be_reported(stage: Stage) -> None:
    file = send(stage.bob, PNG)
    post = publish(stage.bob, file)
    space = add_space(stage, host=stage.bob, begins=-60)
    expected = {
        "post": (post["id"], post["url"]),
        "media": (file, post["media"][0]["url"]),
        "account": (stage.bob.id, post["author"]["url"]),
        "space": (space, stage.alice.get(f"/v1/spaces/{space}")["url"]),
        "list": ("list-7", ""),
        "message": ("m.12:4", ""),
        "ad": ("ad_9", ""),
    }
    for kind, (number, url) in expected.items():
        case = report(stage.alice, kind, number).json()
        assert case["subject"] == {"kind": kind, "id": number}
        assert case["subject_url"] == url


def test_an_account_may_be_named_by_its_handle(stage: Stage) -> None:
    case = report(stage.alice, "account", "@BOB").json()
    assert case["subject"] == {"kind": "account", "id": stage.bob.id}


def test_a_report_is_kept_as_it_came(stage: Stage) -> None:
    space = add_space(stage, host=stage.bob, begins=-900)
    post = publish(stage.bob)["id"]
    fields: dict[str, Any] = {
        "reasons": ["hate.speech", "harass.pileon"],
        "behalf": "represented",
        "comment": "Listen to minute twelve. <b>\u202e",
        "language": "pt-BR",
        "url": "https://example.invalid/spaces/1",
        "space_part": "speaker",
        "person": stage.carol.id,
        "posts": [post],
        "moments": [{"seconds": 731, "quote": "…", "who": "carol"}],
        "details": {"hate.ground": "origin"},
        "danger": True,
    }
    case = report(stage.alice, "space", space, **fields).json()
    assert case["reasons"] == fields.pop("reasons")
    kept = stage.mod.get(f"/v1/moderation/cases/{case['id']}")
    assert kept["reporter"]["handle"] == "alice"
    assert kept["case"] == case
    assert {name: kept[name] for name in fields} == fields


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"reasons": ["harass.nonsense"]}, "reasons", "unknown"),
        ({"reasons": ["spam.scam", "spam.scam"]}, "reasons", "repeated"),
        ({"reasons": ["other"]}, "comment", "missing"),
        ({"reasons": ["other"], "comment": " \n"}, "comment", "missing"),
        ({"space_part": "host"}, "space_part", "not_a_space"),
    ],
)
def test_reports_that_make_no_sense_are_refused(
    stage: Stage, fields: dict[str, Any], field: str, code: str
) -> None:
    answer = report(stage.alice, "account", stage.bob.id, **fields)
    assert answer.status_code == 400
    assert answer.json()["errors"] == [{"field": field, "code": code}]
    assert stage.alice.get("/v1/cases")["items"] == []


@pytest.mark.parametrize(
    "fields",
    [
        {"reasons": []},
        {"behalf": "nobody"},
        {"comment": "x" * 4001},
        {"language": "not a tag"},
        {"person": "@bob"},
        {"moments": [{"seconds": -1}]},
        {"details": {"key with blanks": "x"}},
        {"danger": "yes"},
        {"subject": {"kind": "server", "id": "1"}},
        {"subject": {"kind": "post", "id": "../1"}},
        {"subject": {"kind": "post", "id": "abc"}},
    ],
)
def test_reports_of_another_shape_are_refused(
    stage: Stage, fields: dict[str, Any]
) -> None:
    answer = report(stage.alice, "account", stage.bob.id, **fields)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


@pytest.mark.parametrize("kind", ["post", "media", "space", "account"])
def test_what_is_not_there_cannot_be_reported(stage: Stage, kind: str) -> None:
    assert report(stage.alice, kind, "999999").status_code == 404


def test_a_block_does_not_hinder_a_report(stage: Stage) -> None:
    post = publish(stage.bob, send(stage.bob, PNG))
    space = add_space(stage, host=stage.bob, begins=-60)
    stage.bob.do("PUT", "/v1/blocks/@alice", json={})
    assert report(stage.alice, "post", post["id"]).status_code == 201
    assert report(stage.alice, "media", post["media"][0]["id"]).status_code == 201
    assert report(stage.alice, "account", stage.bob.id).status_code == 201
    assert report(stage.alice, "space", space).status_code == 201


def test_posts_that_one_may_not_see_answer_like_missing_ones(stage: Stage) -> None:
    stage.alice.do("PUT", "/v1/me/following/@bob")
    post = publish(stage.bob, send(stage.bob, PNG))
    narrow = publish(stage.bob, audience="followers")
    protect(stage.bob)
    for kind, number in (
        ("post", post["id"]),
        ("post", narrow["id"]),
        ("media", post["media"][0]["id"]),
    ):
        assert report(stage.alice, kind, number).status_code == 201
        hidden = report(stage.carol, kind, number)
        assert hidden.status_code == 404
        assert same_refusal(hidden, report(stage.carol, kind, "999999"))


def test_an_unpublished_file_cannot_be_reported(stage: Stage) -> None:
    assert report(stage.alice, "media", send(stage.bob, PNG)).status_code == 404


def test_a_space_can_be_reported_until_a_month_after_its_end(stage: Stage) -> None:
    space = add_space(stage, host=stage.bob, begins=-120, lasts=60)
    assert stage.alice.call("GET", f"/v1/spaces/{space}").status_code == 410
    assert report(stage.alice, "space", space).status_code == 201
    stage.move_clock(seconds=30 * DAY - 120)
    assert report(stage.alice, "space", space).status_code == 201
    stage.move_clock(seconds=30 * DAY + 120)
    late = report(stage.alice, "space", space)
    assert (late.status_code, late.json()["code"]) == (410, "gone")


def test_a_case_outlives_what_was_reported(stage: Stage) -> None:
    post = publish(stage.bob)
    case = report(stage.alice, "post", post["id"]).json()["id"]
    stage.bob.do("DELETE", f"/v1/posts/{post['id']}")
    shown = stage.alice.get(f"/v1/cases/{case}")
    assert shown["subject"] == {"kind": "post", "id": post["id"]}
    assert shown["subject_url"] == ""


def test_a_case_is_its_reporters_alone(stage: Stage) -> None:
    case = report(stage.alice, "account", stage.bob.id).json()["id"]
    for person in (stage.bob, stage.carol, stage.mod):
        foreign = person.call("GET", f"/v1/cases/{case}")
        assert foreign.status_code == 404
        assert same_refusal(foreign, person.call("GET", "/v1/cases/999999"))
        assert person.get("/v1/cases")["items"] == []


def test_cases_come_newest_first_in_pages(stage: Stage) -> None:
    made = [report(stage.alice, "account", stage.bob.id).json()["id"] for _ in range(5)]
    report(stage.bob, "account", stage.alice.id)
    found: list[str] = []
    cursor, pages = "", 0
    while True:
        page = stage.alice.get(f"/v1/cases?limit=2&cursor={cursor}")
        found += [case["id"] for case in page["items"]]
        cursor, pages = page["next"], pages + 1
        if not cursor:
            break
    assert (found, pages) == (made[::-1], 3)
