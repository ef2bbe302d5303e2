"""Uploads in parts: resuming, hashes, types by content, limits, other people."""

from __future__ import annotations

import hashlib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from safetyclient.backend.posts_tables import upload_parts, uploads
from tests.backend.posting import (
    DAY,
    JPEG,
    PART,
    PNG,
    announcement,
    begin,
    publish,
    same_refusal,
    send,
    send_part,
)
from tests.backend.stage import Stage, new_key

LARGE = PNG + bytes(range(256)) * (2 * PART // 256)
"""A file of three parts."""


def rows(stage: Stage, table: sa.Table) -> int:
    with stage.database.read() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_a_file_comes_back_as_it_was_sent(stage: Stage) -> None:
    media = send(stage.alice, JPEG)
    answer = stage.alice.call("GET", f"/v1/media/{media}")
    assert answer.content == JPEG
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Content-Length"] == str(len(JPEG))
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_parts_may_come_in_any_order(stage: Stage) -> None:
    upload = begin(stage.alice, LARGE)
    assert (upload["part_bytes"], upload["parts"]) == (PART, 3)
    for number in (2, 0, 1):
        part = LARGE[number * PART : (number + 1) * PART]
        assert send_part(stage.alice, upload["id"], number, part).status_code == 200
    received = stage.alice.get(f"/v1/uploads/{upload['id']}")["received"]
    assert received == [0, 1, 2]
    path = f"/v1/uploads/{upload['id']}/finish"
    media = stage.alice.do("POST", path)["media"]
    got = stage.alice.call("GET", f"/v1/media/{media}").content
    assert hashlib.sha256(got).digest() == hashlib.sha256(LARGE).digest()


def test_the_server_tells_which_parts_it_has(stage: Stage) -> None:
    upload = begin(stage.alice, LARGE)
    assert upload["received"] == []
    send_part(stage.alice, upload["id"], 1, LARGE[PART : 2 * PART])
    now = stage.alice.get(f"/v1/uploads/{upload['id']}")
    assert now == {**upload, "received": [1]}


def test_the_same_part_again_is_fine_and_another_is_a_conflict(stage: Stage) -> None:
    change = new_key()
    upload = begin(stage.alice, PNG, change=change, number=3)["id"]
    assert send_part(stage.alice, upload, 0, PNG).status_code == 200
    assert send_part(stage.alice, upload, 0, PNG).status_code == 200
    other = send_part(stage.alice, upload, 0, bytes(len(PNG)))
    assert (other.status_code, other.json()["code"]) == (409, "conflict")
    ledger = stage.ledger(f"{change}-3/0")
    assert ledger == [(f"{change}-3/0", "putUploadPart", f"upload:{upload}")]
    stage.alice.do("POST", f"/v1/uploads/{upload}/finish")
    assert send_part(stage.alice, upload, 0, PNG).status_code == 200
    assert send_part(stage.alice, upload, 0, bytes(len(PNG))).status_code == 409


def test_one_part_sent_many_times_at_once_is_kept_once(stage: Stage) -> None:
    change = new_key()
    upload = begin(stage.alice, PNG, change=change)["id"]
    bodies = [PNG, bytes(len(PNG))] * 8
    person = stage.alice

    def attempt(body: bytes) -> int:
        return send_part(person, upload, 0, body).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = Counter(pool.map(attempt, bodies))
    # Whichever came first stays; the other body is refused each time.
    assert statuses == {200: 8, 409: 8}
    assert len(stage.ledger(f"{change}-0/0")) == 1


def test_one_file_of_a_change_is_one_upload(stage: Stage) -> None:
    body = announcement(PNG)
    key = f"{body['change']}-0"
    first = stage.alice.call("POST", "/v1/uploads", key=key, json=body)
    again = stage.alice.call("POST", "/v1/uploads", key=key, json=body)
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    upload = first.json()["id"]
    send_part(stage.alice, upload, 0, PNG)
    # Under another key, as after the first was forgotten, it is found again.
    found = stage.alice.do("POST", "/v1/uploads", json=body)
    assert (found["id"], found["received"]) == (upload, [0])
    other = {**body, "sha256": "0" * 64}
    answer = stage.alice.call("POST", "/v1/uploads", json=other)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert stage.bob.do("POST", "/v1/uploads", json=body)["id"] != upload
    assert begin(stage.alice, PNG, change=body["change"], number=1)["id"] != upload


def test_finishing_again_gives_the_same_file(stage: Stage) -> None:
    upload = begin(stage.alice, PNG)["id"]
    send_part(stage.alice, upload, 0, PNG)
    first = stage.alice.do("POST", f"/v1/uploads/{upload}/finish")
    assert stage.alice.do("POST", f"/v1/uploads/{upload}/finish") == first
    assert first["type"] == "image/png"
    assert first["size"] == len(PNG)
    assert (first["width"], first["height"]) == (96, 96)
    assert stage.alice.get(f"/v1/uploads/{upload}")["media"] == first["media"]


def test_a_part_must_be_whole_and_what_its_hash_says(stage: Stage) -> None:
    upload = begin(stage.alice, LARGE)["id"]
    first = LARGE[:PART]
    wrong = send_part(stage.alice, upload, 0, first, digest="0" * 64)
    assert wrong.status_code == 400
    assert wrong.json()["errors"] == [{"field": "Digest-SHA256", "code": "mismatch"}]
    for number, body in ((0, first[:-1]), (2, b"xy"), (1, b"")):
        answer = send_part(stage.alice, upload, number, body)
        assert answer.json()["errors"] == [{"field": "body", "code": "length"}]
    assert send_part(stage.alice, upload, 3, b"x").status_code == 404
    assert stage.alice.get(f"/v1/uploads/{upload}")["received"] == []


def test_a_part_has_a_size_that_it_may_not_exceed(stage: Stage) -> None:
    upload = begin(stage.alice, LARGE)["id"]
    answer = send_part(stage.alice, upload, 0, bytes(PART + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_a_part_needs_its_hash(stage: Stage) -> None:
    upload = begin(stage.alice, PNG)["id"]
    path = f"/v1/uploads/{upload}/parts/0"
    answer = stage.alice.call("PUT", path, keyed=False, content=PNG)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "Digest-SHA256"


def test_a_file_with_holes_cannot_be_finished(stage: Stage) -> None:
    upload = begin(stage.alice, LARGE)["id"]
    send_part(stage.alice, upload, 0, LARGE[:PART])
    answer = stage.alice.call("POST", f"/v1/uploads/{upload}/finish")
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


def test_the_whole_file_must_be_what_its_hash_says(stage: Stage) -> None:
    upload = begin(stage.alice, PNG, sha256="0" * 64)["id"]
    send_part(stage.alice, upload, 0, PNG)
    answer = stage.alice.call("POST", f"/v1/uploads/{upload}/finish")
    assert answer.json()["errors"] == [{"field": "sha256", "code": "mismatch"}]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (PNG, "image/jpeg"),
        (JPEG, "video/mp4"),
        (b"<svg onload='alert(1)'/>", "image/png"),
        (b"MZ" + bytes(100), "image/gif"),
    ],
)
def test_a_file_is_judged_by_its_content(stage: Stage, body: bytes, kind: str) -> None:
    upload = begin(stage.alice, body, type=kind)["id"]
    send_part(stage.alice, upload, 0, body)
    answer = stage.alice.call("POST", f"/v1/uploads/{upload}/finish")
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media")


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"size": 100 * 1024 * 1024}, 201),
        ({"size": 100 * 1024 * 1024 + 1}, 413),
        ({"size": 0}, 400),
        ({"type": "image/svg+xml"}, 400),
        ({"number": -1}, 400),
        ({"sha256": "x"}, 400),
        ({"change": "short"}, 400),
        ({"name": "n" * 256}, 400),
    ],
)
def test_what_may_be_announced(
    stage: Stage, changes: dict[str, Any], status: int
) -> None:
    body = announcement(PNG, **changes)
    assert stage.alice.call("POST", "/v1/uploads", json=body).status_code == status


def test_an_upload_of_somebody_else_is_not_there(stage: Stage) -> None:
    upload = begin(stage.alice, PNG)["id"]
    for number in (upload, "999999"):
        path = f"/v1/uploads/{number}"
        assert stage.bob.call("GET", path).status_code == 404
        assert stage.bob.call("POST", f"{path}/finish").status_code == 404
        assert send_part(stage.bob, number, 0, PNG).status_code == 404
    assert same_refusal(
        stage.bob.call("GET", f"/v1/uploads/{upload}"),
        stage.bob.call("GET", "/v1/uploads/999999"),
    )
    assert stage.alice.get(f"/v1/uploads/{upload}")["received"] == []


def test_a_file_is_its_owners_alone_until_it_is_published(stage: Stage) -> None:
    path = f"/v1/media/{send(stage.alice, PNG)}"
    assert stage.alice.call("GET", path).status_code == 200
    assert stage.bob.call("GET", path).status_code == 404
    assert stage.mod.call("GET", path).status_code == 404
    assert stage.anonymous.call("GET", path).status_code == 401


def test_files_that_nobody_published_are_forgotten_after_a_week(stage: Stage) -> None:
    kept = send(stage.alice, PNG)
    publish(stage.alice, kept)
    lost = send(stage.alice, JPEG)
    begin(stage.alice, PNG)
    theirs = send(stage.bob, JPEG)
    stage.move_clock(seconds=7 * DAY - 60)
    begin(stage.alice, PNG)
    assert rows(stage, uploads) == 5
    stage.move_clock(seconds=7 * DAY + 60)
    begin(stage.alice, PNG)
    assert stage.alice.call("GET", f"/v1/media/{kept}").status_code == 200
    assert stage.alice.call("GET", f"/v1/media/{lost}").status_code == 404
    assert stage.bob.call("GET", f"/v1/media/{theirs}").status_code == 200
    assert rows(stage, uploads) == 4
    assert rows(stage, upload_parts) == 2
