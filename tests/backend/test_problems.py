"""Every refusal is one problem document; headers, limits on size and on haste."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar import Litestar, get
from litestar.testing import TestClient

from safetyclient.backend import problems
from safetyclient.backend.app import OPENAPI_PATH
from tests.backend.processes import LIGHT, start_server
from tests.backend.stage import Stage, new_key, sign_in

MEMBERS = {"type", "title", "status", "detail", "instance", "code", "errors"}
JSON = {"Content-Type": "application/json"}


def problem(answer: httpx.Response, status: int, code: str) -> Any:
    """Check a problem document and return it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    document = answer.json()
    assert set(document) == MEMBERS
    assert (document["status"], document["code"]) == (status, code)
    assert document["type"].endswith(code)
    assert document["instance"].startswith("urn:uuid:")
    return document


def test_every_operation_declares_its_problems(stage: Stage) -> None:
    document = stage.client.request("GET", OPENAPI_PATH).json()
    assert document["openapi"].startswith("3.1")
    seen = 0
    for path, item in document["paths"].items():
        for method, operation in item.items():
            seen += 1
            needed = {"400", "429", "500", "503"}
            needed |= {"401"} if operation.get("security") else set()
            needed |= {"413", "415"} if "requestBody" in operation else set()
            keyed = "Idempotency-Key" in str(operation.get("parameters"))
            needed |= {"422"} if keyed else set()
            assert needed <= set(operation["responses"]), f"{method} {path}"
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    assert set(response["content"]) == {"application/problem+json"}
            assert operation["description"]
    assert seen > 25


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/", 404, "not_found"),
        ("GET", "/v1/nothing", 404, "not_found"),
        ("GET", "/v1/people/@nobody", 404, "not_found"),
        ("GET", "/v1/people/..%2F..%2Fetc", 404, "not_found"),
        ("GET", "/v1/people/nobody", 400, "invalid"),
        ("PATCH", "/v1/me", 405, "method_not_allowed"),
        ("POST", "/v1/mutes", 405, "method_not_allowed"),
        ("GET", "/v1/mutes?limit=0", 400, "invalid"),
        ("GET", "/v1/mutes?limit=501", 400, "invalid"),
        ("GET", "/v1/mutes?cursor=x", 400, "invalid"),
        ("GET", "/v1/mutes/changes", 400, "invalid"),
        ("GET", "/v1/settings/consequences", 400, "invalid"),
    ],
)
def test_refusals_of_the_framework_are_problems_too(
    stage: Stage, method: str, path: str, status: int, code: str
) -> None:
    answer = stage.alice.call(method, path)
    problem(answer, status, code)
    if status == 405:
        assert answer.headers["Allow"]


def test_a_field_is_named(stage: Stage) -> None:
    body = {"items": [{"change": "x", "person": "@bob", "on": True}]}
    answer = stage.alice.call("POST", "/v1/mutes/bulk", json=body)
    fields = problem(answer, 400, "invalid")["errors"]
    assert fields
    assert fields[0]["code"] == "invalid"


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"x"', b"\xff", b'{"note": 1}', b'{"note":"\\ud800"}'],
)
def test_bodies_that_are_not_what_they_should_be(stage: Stage, body: bytes) -> None:
    answer = stage.alice.call("PUT", "/v1/mutes/@bob", content=body, headers=JSON)
    problem(answer, 400, "invalid")


def test_a_body_of_endless_depth_is_refused(stage: Stage) -> None:
    body = b'{"note":' + b"[" * 200_000
    answer = stage.alice.call("PUT", "/v1/mutes/@bob", content=body, headers=JSON)
    problem(answer, 400, "invalid")


def test_a_body_must_be_called_json(stage: Stage) -> None:
    for media_type in ("text/plain", "application/x-www-form-urlencoded", ""):
        headers = {"Content-Type": media_type}
        answer = stage.alice.call(
            "PUT", "/v1/mutes/@bob", content=b"{}", headers=headers
        )
        problem(answer, 415, "unsupported_media")


def test_a_body_is_at_most_a_mebibyte(stage: Stage) -> None:
    def body(size: int) -> bytes:
        return b'{"note": "' + b"x" * (size - 12) + b'"}'

    def send(content: bytes | Iterator[bytes]) -> httpx.Response:
        return stage.alice.call("PUT", "/v1/mutes/@bob", content=content, headers=JSON)

    # Within the limit the note is too long, but the body was read.
    problem(send(body(1024 * 1024)), 400, "invalid")
    problem(send(body(1024 * 1024 + 1)), 413, "too_large")
    chunks = (b" " * 65_536 for _ in range(17))
    problem(send(chunks), 413, "too_large")


@pytest.mark.parametrize("path", ["/v1/me", "/v1/nothing", "/v1/server", OPENAPI_PATH])
def test_every_answer_has_the_headers_of_safety(stage: Stage, path: str) -> None:
    headers = stage.alice.call("GET", path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "server" not in headers


def test_a_missing_and_a_foreign_thing_get_the_same_answer(stage: Stage) -> None:
    key = new_key()
    stage.alice.do("PUT", "/v1/mutes/@bob", key=key, json={})
    foreign = stage.bob.call("GET", f"/v1/operations/{key}")
    missing = stage.bob.call("GET", f"/v1/operations/{new_key()}")
    one, other = (
        {**problem(answer, 404, "not_found"), "instance": ""}
        for answer in (foreign, missing)
    )
    assert one == other


def test_a_failure_tells_nothing_but_where(caplog: pytest.LogCaptureFixture) -> None:
    @get("/", sync_to_thread=False)
    def fail() -> None:
        raise LookupError("".join(("can", "ary")))

    handlers: dict[int | type[Exception], Any] = {Exception: problems.answer}
    app = Litestar([fail], exception_handlers=handlers, logging_config=None)
    with TestClient(app, raise_server_exceptions=False) as client:
        answer = client.get("/")
    document = problem(answer, 500, "internal")
    assert "canary" not in answer.text
    assert "canary" not in caplog.text
    assert document["instance"] in caplog.text
    assert "LookupError" in caplog.text
    assert "in fail" in caplog.text
    caplog.clear()


def test_requests_in_haste_are_slowed_down(tmp_path: Path) -> None:
    clock = tmp_path / "clock"
    clock.write_text("0", encoding="ascii")
    environment = {**LIGHT, "SAFETYCLIENT_SERVER_REQUESTS_PER_MINUTE": "10"}
    server = start_server(tmp_path, "--clock-file", str(clock), environment=environment)
    try:
        with httpx.Client(base_url=server.url, trust_env=False) as client:
            caller = sign_in(client, "alice", server.password("alice"))
            left = [caller.call("GET", "/v1/me").headers for _ in range(10)]
            assert [int(h["RateLimit-Remaining"]) for h in left] == [*range(9, -1, -1)]
            assert {h["RateLimit-Limit"] for h in left} == {"10"}
            refused = caller.call("GET", "/v1/me")
            problem(refused, 429, "rate_limited")
            assert 1 <= int(refused.headers["Retry-After"]) <= 60
            assert refused.headers["RateLimit-Remaining"] == "0"
            assert refused.headers["RateLimit-Reset"] == refused.headers["Retry-After"]
            # Another person is not slowed down by this one's haste.
            other = sign_in(client, "bob", server.password("bob"))
            assert other.call("GET", "/v1/me").status_code == 200
            clock.write_text("61", encoding="ascii")
            assert caller.call("GET", "/v1/me").status_code == 200
    finally:
        assert server.stop() == 0
