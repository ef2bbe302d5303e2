"""Protected and public, follow requests, followers, and what a switch would do."""

from __future__ import annotations

from typing import Any

import pytest

from tests.backend.stage import Caller, Stage, add_post


def protect(person: Caller, *, protected: bool = True) -> None:
    """Switch an account."""
    person.do(
        "PUT",
        "/v1/settings",
        json={"protected": protected},
        headers={"If-Match": "*"},
    )


def handles(page: Any) -> list[str]:
    """Return the handles on a page of follows."""
    assert page["next"] == ""
    return [item["person"]["handle"] for item in page["items"]]


def test_settings_change_only_from_the_state_that_was_read(stage: Stage) -> None:
    first = stage.alice.call("GET", "/v1/settings")
    assert first.json() == {"protected": False}
    tag = first.headers["ETag"]
    body = {"protected": True}
    missing = stage.alice.call("PUT", "/v1/settings", json=body)
    assert (missing.status_code, missing.json()["code"]) == (
        428,
        "precondition_required",
    )
    matching = {"If-Match": f'"other", {tag}'}
    stage.alice.do("PUT", "/v1/settings", json=body, headers=matching)
    late = stage.alice.call("PUT", "/v1/settings", json=body, headers=matching)
    assert (late.status_code, late.json()["code"]) == (412, "precondition")
    second = stage.alice.call("GET", "/v1/settings")
    assert second.json() == {"protected": True}
    assert second.headers["ETag"] != tag


def test_following_a_public_account_needs_no_answer(stage: Stage) -> None:
    shown = stage.bob.do("PUT", "/v1/me/following/@alice")
    assert (shown["followed"], shown["follow_requested"]) == (True, False)
    assert handles(stage.alice.get("/v1/me/followers")) == ["bob"]
    assert handles(stage.bob.get("/v1/me/following")) == ["alice"]
    assert stage.alice.get("/v1/me")["followers"] == 1
    assert stage.bob.get("/v1/me")["following"] == 1
    assert stage.alice.get("/v1/people/@bob")["follows_me"]


def test_following_a_protected_account_waits_for_an_answer(stage: Stage) -> None:
    protect(stage.alice)
    for person in (stage.bob, stage.carol):
        shown = person.do("PUT", f"/v1/me/following/{stage.alice.id}")
        assert (shown["followed"], shown["follow_requested"]) == (False, True)
    assert handles(stage.alice.get("/v1/me/requests")) == ["bob", "carol"]
    stage.alice.do("POST", f"/v1/me/requests/{stage.bob.id}/accept")
    stage.alice.do("POST", f"/v1/me/requests/{stage.carol.id}/reject")
    assert handles(stage.alice.get("/v1/me/requests")) == []
    assert handles(stage.alice.get("/v1/me/followers")) == ["bob"]
    assert not stage.carol.get("/v1/people/@alice")["follow_requested"]


def test_asking_twice_keeps_the_first_time(stage: Stage) -> None:
    protect(stage.alice)
    stage.bob.do("PUT", "/v1/me/following/@alice")
    first = stage.alice.get("/v1/me/requests")["items"]
    stage.move_clock(seconds=60)
    stage.bob.do("PUT", "/v1/me/following/@alice")
    assert stage.alice.get("/v1/me/requests")["items"] == first


def test_answers_to_what_is_not_asked(stage: Stage) -> None:
    protect(stage.alice)
    path = f"/v1/me/requests/{stage.bob.id}"
    for answer in ("accept", "reject"):
        assert stage.alice.call("POST", f"{path}/{answer}").status_code == 404
    stage.bob.do("PUT", "/v1/me/following/@alice")
    stage.alice.do("POST", f"{path}/accept")
    # Said twice from two places, under two keys: it already is as asked.
    stage.alice.do("POST", f"{path}/accept")
    assert stage.alice.call("POST", f"{path}/reject").status_code == 404


def test_a_request_can_be_withdrawn_and_a_follow_ended(stage: Stage) -> None:
    protect(stage.alice)
    stage.bob.do("PUT", "/v1/me/following/@alice")
    stage.bob.do("DELETE", "/v1/me/following/@alice")
    assert handles(stage.alice.get("/v1/me/requests")) == []
    stage.alice.do("PUT", "/v1/me/following/@bob")
    stage.alice.do("DELETE", "/v1/me/following/@bob")
    stage.alice.do("DELETE", "/v1/me/following/@bob")
    assert handles(stage.alice.get("/v1/me/following")) == []


def test_a_follower_can_be_removed(stage: Stage) -> None:
    stage.bob.do("PUT", "/v1/me/following/@alice")
    path = f"/v1/me/followers/{stage.bob.id}"
    stage.alice.do("DELETE", path)
    stage.alice.do("DELETE", path)
    assert handles(stage.alice.get("/v1/me/followers")) == []
    assert not stage.bob.get("/v1/people/@alice")["followed"]
    assert stage.alice.call("DELETE", "/v1/me/followers/999999").status_code == 404


def test_becoming_public_accepts_nobody_silently(stage: Stage) -> None:
    protect(stage.alice)
    stage.bob.do("PUT", "/v1/me/following/@alice")
    protect(stage.alice, protected=False)
    assert handles(stage.alice.get("/v1/me/followers")) == []
    assert handles(stage.alice.get("/v1/me/requests")) == ["bob"]
    # Whoever asks again now follows: that is their own act on a public account.
    assert stage.bob.do("PUT", "/v1/me/following/@alice")["followed"]
    assert handles(stage.alice.get("/v1/me/requests")) == []


def test_a_protected_account_is_found_by_its_followers_only(stage: Stage) -> None:
    def found(person: Caller) -> bool:
        page = person.get("/v1/people?search=LIC")
        return "alice" in [item["handle"] for item in page["items"]]

    stage.bob.do("PUT", "/v1/me/following/@alice")
    assert found(stage.carol)
    protect(stage.alice)
    assert found(stage.alice)
    assert found(stage.bob)
    assert not found(stage.carol)
    assert not found(stage.mod)
    # By its exact handle it can still be looked up, or nobody could ask to follow.
    assert stage.carol.get("/v1/people/@alice")["protected"]
    protect(stage.alice, protected=False)
    assert found(stage.carol)


def test_posts_of_a_protected_account_are_for_followers_only(stage: Stage) -> None:
    old = add_post(stage.database, "alice", text="from before")
    stage.bob.do("PUT", "/v1/me/following/@alice")
    assert stage.carol.call("GET", f"/v1/posts/{old}").status_code == 200
    protect(stage.alice)
    assert stage.alice.call("GET", f"/v1/posts/{old}").status_code == 200
    assert stage.bob.call("GET", f"/v1/posts/{old}").status_code == 200
    hidden = stage.carol.call("GET", f"/v1/posts/{old}")
    missing = stage.carol.call("GET", "/v1/posts/999999")
    assert hidden.status_code == missing.status_code == 404
    same = [{**a.json(), "instance": ""} for a in (hidden, missing)]
    assert same[0] == same[1]
    assert stage.carol.get("/v1/people/@alice/posts")["items"] == []
    protect(stage.alice, protected=False)
    assert stage.carol.call("GET", f"/v1/posts/{old}").status_code == 200


@pytest.mark.parametrize("protected", [True, False])
def test_consequences_are_this_persons_own_numbers(
    stage: Stage, protected: bool
) -> None:
    stage.bob.do("PUT", "/v1/me/following/@alice")
    stage.carol.do("PUT", "/v1/me/following/@alice")
    stage.alice.do("PUT", "/v1/me/following/@bob")
    stage.alice.do("PUT", "/v1/me/following/@mod")
    protect(stage.alice)
    stage.mod.do("PUT", "/v1/me/following/@alice")
    add_post(stage.database, "alice")
    add_post(stage.database, "alice")
    add_post(stage.database, "bob")
    path = f"/v1/settings/consequences?protected={str(protected).lower()}"
    assert stage.alice.get(path) == {
        "protected": protected,
        "pending_requests": 1,
        "followers": 2,
        "followers_not_followed": 1,
        "posts": 2,
        "posts_with_media": 0,
    }


def test_one_cannot_follow_oneself_or_a_stranger_to_the_server(stage: Stage) -> None:
    assert stage.alice.call("PUT", "/v1/me/following/@alice").status_code == 409
    assert stage.alice.call("PUT", "/v1/me/following/@nobody").status_code == 404


def test_pages_of_people_hold_what_was_asked_and_miss_nobody(stage: Stage) -> None:
    seen: list[str] = []
    cursor, pages = "", 0
    while True:
        page = stage.alice.get(f"/v1/people?search=crowd_1&limit=250&cursor={cursor}")
        seen += [item["id"] for item in page["items"]]
        cursor, pages = page["next"], pages + 1
        if not cursor:
            break
    assert pages == 3
    assert seen == [str(number) for number in range(1001, 1601)]


def test_a_search_takes_its_words_as_they_are(stage: Stage) -> None:
    assert stage.alice.get("/v1/people?search=%25")["items"] == []
    assert stage.alice.get("/v1/people?search=a_ice")["items"] == []
    assert stage.alice.get("/v1/people?search=%00")["items"] == []
