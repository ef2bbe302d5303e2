"""Idempotency keys, kept answers, the ledger of effects."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.backend.stage import Stage, new_key

DAY = 86_400


def test_a_write_without_a_key_is_refused(stage: Stage) -> None:
    answer = stage.alice.call("PUT", "/v1/mutes/@bob", keyed=False, json={})
    assert answer.status_code == 400
    assert answer.json()["code"] == "key_missing"
    assert stage.alice.get("/v1/mutes")["items"] == []


@pytest.mark.parametrize("key", ["short", "with space in it", "x" * 65, "säfety"])
def test_a_key_of_another_form_is_refused(stage: Stage, key: str) -> None:
    headers = {b"Idempotency-Key": key.encode("utf-8")}
    answer = stage.alice.call(
        "PUT", "/v1/mutes/@bob", keyed=False, headers=headers, json={}
    )
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"


def test_the_same_write_again_gets_the_same_answer_and_happens_once(
    stage: Stage,
) -> None:
    key = new_key()
    first = stage.alice.call("PUT", "/v1/me/following/@bob", key=key)
    stage.alice.do("DELETE", "/v1/me/following/@bob")
    again = stage.alice.call("PUT", "/v1/me/following/@bob", key=key)
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert not stage.alice.get("/v1/people/@bob")["followed"]
    bob = f"account:{stage.bob.id}"
    assert stage.ledger(key) == [(key, "follow", bob)]


def test_a_key_stands_for_one_method_path_and_body(stage: Stage) -> None:
    key = new_key()
    body = {"protected": True}
    matching = {"If-Match": "*"}
    stage.alice.do("PUT", "/v1/settings", key=key, json=body, headers=matching)
    others: list[tuple[str, str, dict[str, Any]]] = [
        ("PUT", "/v1/settings", {"json": {"protected": False}, "headers": matching}),
        ("PUT", "/v1/me/following/@bob", {}),
        ("DELETE", "/v1/me/following/@bob", {}),
        ("PUT", "/v1/blocks/@bob", {"json": {}}),
        ("POST", "/v1/mutes/bulk", {"json": {"items": []}}),
    ]
    for method, path, options in others:
        answer = stage.alice.call(method, path, key=key, **options)
        assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")
    assert len(stage.ledger(key)) == 1


def test_a_refusal_is_not_kept(stage: Stage) -> None:
    key = new_key()
    stage.bob.do("PUT", "/v1/blocks/@alice", json={})
    refused = stage.alice.call("PUT", "/v1/me/following/@bob", key=key)
    assert refused.status_code == 403
    assert stage.ledger(key) == []
    stage.bob.do("DELETE", "/v1/blocks/@alice")
    assert stage.alice.do("PUT", "/v1/me/following/@bob", key=key)["followed"]


def test_keys_of_two_people_do_not_meet(stage: Stage) -> None:
    key = new_key()
    stage.alice.do("PUT", "/v1/mutes/@carol", key=key, json={})
    stage.bob.do("PUT", "/v1/blocks/@alice", key=key, json={})
    assert len(stage.ledger(key)) == 2


def test_a_key_is_forgotten_after_seven_days(stage: Stage) -> None:
    key = new_key()
    stage.alice.do("PUT", "/v1/mutes/@bob", key=key, json={})
    stage.move_clock(seconds=7 * DAY - 60)
    stage.alice.do("PUT", "/v1/mutes/@bob", key=key, json={})
    assert len(stage.ledger(key)) == 1
    assert stage.alice.get(f"/v1/operations/{key}")
    stage.move_clock(seconds=7 * DAY + 60)
    assert stage.alice.call("GET", f"/v1/operations/{key}").status_code == 404
    stage.alice.do("PUT", "/v1/blocks/@bob", key=key, json={})
    assert [row[1] for row in stage.ledger(key)] == ["mute", "block"]


def test_an_operation_can_be_asked_for_by_its_own_person_only(stage: Stage) -> None:
    key = new_key()
    stage.alice.do("PUT", "/v1/blocks/@bob", key=key, json={})
    document = stage.alice.get(f"/v1/operations/{key}")
    assert document["operation"] == "block"
    assert document["subject"] == f"account:{stage.bob.id}"
    assert document["status"] == 200
    assert stage.bob.call("GET", f"/v1/operations/{key}").status_code == 404
    assert stage.alice.call("GET", f"/v1/operations/{new_key()}").status_code == 404


def test_one_key_sent_many_times_at_once_has_one_effect(stage: Stage) -> None:
    key = new_key()
    me = stage.alice

    def send(_: int) -> tuple[int, bytes]:
        answer = me.call("PUT", "/v1/me/following/@bob", key=key)
        return answer.status_code, answer.content

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(send, range(24)))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 200
    assert len(stage.ledger(key)) == 1


def test_different_writes_of_one_person_at_once_all_happen(stage: Stage) -> None:
    me = stage.alice

    def send(number: int) -> int:
        return me.call("PUT", f"/v1/mutes/{number}", json={}).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(send, range(1001, 1041))) == {200}
    page = me.get("/v1/mutes?limit=500")
    assert len(page["items"]) == 40
    assert page["mark"] == "40"
    assert len(stage.ledger()) == 40
