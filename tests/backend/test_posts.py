"""Posts: publishing, warnings per file, who sees what, reposts, deleting."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from safetyclient.backend.posts_tables import media, posts, upload_parts
from tests.backend.posting import JPEG, PNG, protect, publish, same_refusal, send
from tests.backend.stage import Caller, Stage, new_key


def sees(person: Caller, post: Any) -> tuple[int, int]:
    """Return the answers to asking for a post and for its first file."""
    file = post["media"][0]["id"]
    return (
        person.call("GET", f"/v1/posts/{post['id']}").status_code,
        person.call("GET", f"/v1/media/{file}").status_code,
    )


def test_a_post_has_its_text_and_its_address(stage: Stage) -> None:
    post = publish(stage.alice, text="Guten Morgen ☕ <b>x</b>")
    assert post["text"] == "Guten Morgen ☕ <b>x</b>"
    assert post["author"]["handle"] == "alice"
    assert post["url"].endswith(f"/@alice/posts/{post['id']}")
    assert (post["audience"], post["media"], post["reposts"]) == ("everyone", [], 0)
    assert stage.alice.get(f"/v1/posts/{post['id']}") == post


def test_another_account_receives_the_warnings_of_each_file(stage: Stage) -> None:
    first, second, third = (send(stage.alice, body) for body in (PNG, JPEG, PNG))
    post = publish(
        stage.alice,
        {"id": first, "description": "stripes", "warnings": ["violence", "nudity"]},
        second,
        {"id": third, "warnings": ["sensitive", "sensitive"]},
    )
    seen = stage.bob.get(f"/v1/posts/{post['id']}")
    assert [file["id"] for file in seen["media"]] == [first, second, third]
    assert [file["warnings"] for file in seen["media"]] == [
        ["nudity", "violence"],
        [],
        ["sensitive"],
    ]
    assert seen["media"][0]["description"] == "stripes"
    assert seen["media"][1]["type"] == "image/jpeg"
    assert seen["media"] == post["media"]


def test_a_warning_can_be_changed_later_on_one_file_only(stage: Stage) -> None:
    one, two = send(stage.alice, PNG), send(stage.alice, JPEG)
    post = publish(stage.alice, {"id": one, "warnings": ["nudity"]}, two)
    path = f"/v1/posts/{post['id']}/media"
    changed = stage.alice.do(
        "PUT", f"{path}/{two}/warnings", json={"warnings": ["violence"]}
    )
    assert [f["warnings"] for f in changed["media"]] == [["nudity"], ["violence"]]
    stage.alice.do("PUT", f"{path}/{one}/warnings", json={"warnings": []})
    seen = stage.bob.get(f"/v1/posts/{post['id']}")
    assert [file["warnings"] for file in seen["media"]] == [[], ["violence"]]


def test_only_the_author_changes_warnings(stage: Stage) -> None:
    file = send(stage.alice, PNG)
    post = publish(stage.alice, file)
    other = publish(stage.alice, send(stage.alice, JPEG))
    body = {"warnings": ["nudity"]}

    def change(person: Caller, post_id: str, media_id: str) -> int:
        path = f"/v1/posts/{post_id}/media/{media_id}/warnings"
        return person.call("PUT", path, json=body).status_code

    assert change(stage.bob, post["id"], file) == 404
    assert change(stage.mod, post["id"], file) == 404
    assert change(stage.alice, other["id"], file) == 404
    assert change(stage.alice, "999999", file) == 404
    assert stage.alice.get(f"/v1/posts/{post['id']}")["media"][0]["warnings"] == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": "  \n"},
        {"text": "x", "audience": "friends"},
        {"text": "x" * 5001},
        {"media": [{"id": "1", "warnings": ["gore"]}]},
        {"media": [{"id": str(n)} for n in range(1, 10)]},
        {"media": [{"id": "7"}, {"id": "7"}]},
        {"media": [{"id": "x"}]},
    ],
)
def test_what_cannot_be_published(stage: Stage, body: dict[str, Any]) -> None:
    answer = stage.alice.call("POST", "/v1/posts", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert answer.json()["errors"]


def test_eight_files_fit_into_a_post(stage: Stage) -> None:
    files = [send(stage.alice, PNG) for _ in range(8)]
    post = publish(stage.alice, *files, text="")
    assert [file["id"] for file in post["media"]] == files


def test_a_file_is_published_by_its_owner_and_once(stage: Stage) -> None:
    file = send(stage.alice, PNG)

    def attempt(person: Caller, number: str) -> int:
        body = {"text": "mine", "media": [{"id": number}]}
        return person.call("POST", "/v1/posts", json=body).status_code

    assert attempt(stage.bob, file) == 404
    assert attempt(stage.alice, "999999") == 404
    assert attempt(stage.alice, file) == 201
    assert attempt(stage.alice, file) == 409
    assert len(stage.alice.get("/v1/me/posts")["items"]) == 1
    assert stage.bob.get("/v1/me/posts")["items"] == []


def test_a_post_sent_twice_is_published_once(stage: Stage) -> None:
    key, file = new_key(), send(stage.alice, PNG)
    body = {"text": "once", "media": [{"id": file}]}
    first = stage.alice.call("POST", "/v1/posts", key=key, json=body)
    again = stage.alice.call("POST", "/v1/posts", key=key, json=body)
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert len(stage.alice.get("/v1/me/posts")["items"]) == 1
    subject = f"post:{first.json()['id']}"
    assert stage.ledger(key) == [(key, "publishPost", subject)]


def test_a_post_for_followers_is_for_them_only(stage: Stage) -> None:
    stage.bob.do("PUT", "/v1/me/following/@alice")
    post = publish(stage.alice, send(stage.alice, PNG), audience="followers")
    assert sees(stage.alice, post) == (200, 200)
    assert sees(stage.bob, post) == (200, 200)
    assert sees(stage.carol, post) == (404, 404)
    assert sees(stage.anonymous, post) == (401, 401)
    assert len(stage.bob.get("/v1/people/@alice/posts")["items"]) == 1
    assert stage.carol.get("/v1/people/@alice/posts")["items"] == []


def test_protecting_the_account_covers_old_posts_and_their_files(stage: Stage) -> None:
    stage.bob.do("PUT", "/v1/me/following/@alice")
    post = publish(stage.alice, send(stage.alice, PNG))
    assert sees(stage.carol, post) == (200, 200)
    protect(stage.alice)
    assert sees(stage.bob, post) == (200, 200)
    assert sees(stage.carol, post) == (404, 404)
    assert same_refusal(
        stage.carol.call("GET", f"/v1/media/{post['media'][0]['id']}"),
        stage.carol.call("GET", "/v1/media/999999"),
    )
    protect(stage.alice, protected=False)
    assert sees(stage.carol, post) == (200, 200)


@pytest.mark.parametrize("blocker", ["alice", "bob"])
def test_a_block_hides_posts_both_ways(stage: Stage, blocker: str) -> None:
    theirs = publish(stage.alice, send(stage.alice, PNG))
    others = publish(stage.bob, send(stage.bob, PNG))
    blocked = "bob" if blocker == "alice" else "alice"
    stage.person(blocker).do("PUT", f"/v1/blocks/@{blocked}", json={})
    assert sees(stage.bob, theirs) == (404, 404)
    assert sees(stage.alice, others) == (404, 404)
    assert sees(stage.carol, theirs) == (200, 200)


def test_a_post_can_be_shown_to_ones_own_followers(stage: Stage) -> None:
    post = publish(stage.alice)
    first = stage.bob.do("POST", f"/v1/posts/{post['id']}/repost")
    again = stage.bob.do("POST", f"/v1/posts/{post['id']}/repost")
    assert first["id"] == again["id"]
    assert first["post"]["id"] == post["id"]
    assert stage.carol.get(f"/v1/posts/{post['id']}")["reposts"] == 1


def test_what_is_not_for_everyone_cannot_be_reposted(stage: Stage) -> None:
    for person in (stage.bob, stage.carol):
        person.do("PUT", "/v1/me/following/@alice")
    stage.alice.do("DELETE", f"/v1/me/followers/{stage.carol.id}")
    public = publish(stage.alice)
    narrow = publish(stage.alice, audience="followers")
    answer = stage.bob.call("POST", f"/v1/posts/{narrow['id']}/repost")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    protect(stage.alice)
    for person in (stage.bob, stage.alice):
        answer = person.call("POST", f"/v1/posts/{public['id']}/repost")
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    hidden = stage.carol.call("POST", f"/v1/posts/{public['id']}/repost")
    assert hidden.status_code == 404


def test_a_deleted_post_is_gone_with_its_files(stage: Stage) -> None:
    post = publish(stage.alice, send(stage.alice, PNG))
    stage.bob.do("POST", f"/v1/posts/{post['id']}/repost")
    path = f"/v1/posts/{post['id']}"
    assert stage.bob.call("DELETE", path).status_code == 404
    assert stage.mod.call("DELETE", path).status_code == 404
    key = new_key()
    assert stage.alice.call("DELETE", path, key=key).status_code == 204
    assert stage.alice.call("DELETE", path, key=key).status_code == 204
    assert stage.alice.call("DELETE", path).status_code == 404
    assert sees(stage.alice, post) == (404, 404)
    with stage.database.read() as connection:
        for table in (posts, media, upload_parts):
            assert connection.execute(sa.select(table)).first() is None


def test_own_posts_come_newest_first_in_pages(stage: Stage) -> None:
    made = [publish(stage.alice, text=f"post {n}")["id"] for n in range(5)]
    with_file = publish(stage.alice, send(stage.alice, PNG))["id"]
    publish(stage.bob)
    found: list[str] = []
    cursor, pages = "", 0
    while True:
        page = stage.alice.get(f"/v1/me/posts?limit=2&cursor={cursor}")
        found += [post["id"] for post in page["items"]]
        cursor, pages = page["next"], pages + 1
        if not cursor:
            break
    assert (found, pages) == ([with_file, *reversed(made)], 3)
    page = stage.alice.get("/v1/me/posts?with_media=true")
    assert [post["id"] for post in page["items"]] == [with_file]
    assert [
        post["id"] for post in stage.bob.get("/v1/people/@alice/posts")["items"]
    ] == found


def test_posts_with_files_count_among_the_consequences(stage: Stage) -> None:
    publish(stage.alice, send(stage.alice, PNG), send(stage.alice, JPEG))
    publish(stage.alice)
    numbers = stage.alice.get("/v1/settings/consequences?protected=true")
    assert (numbers["posts"], numbers["posts_with_media"]) == (2, 1)


def test_posts_of_nobody_are_not_there(stage: Stage) -> None:
    assert stage.alice.call("GET", "/v1/people/@nobody/posts").status_code == 404
    assert stage.alice.call("GET", "/v1/posts/abc").status_code == 400
