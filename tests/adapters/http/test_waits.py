"""Rate limits, captive portals and every status of a refusal."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from safetyclient.adapters.http.budget import Budget, wait_seconds
from safetyclient.adapters.http.client import Ask
from safetyclient.adapters.http.errors import by_status, refusal
from safetyclient.adapters.http.ids import path
from safetyclient.domain import errors
from safetyclient.domain.errors import BadAnswer, RateLimited, SafetyError
from tests.adapters.http.kit import (
    START,
    StillClock,
    get,
    new_door,
    plain,
    post,
    run,
    serve,
)

DATE = "Sun, 01 Mar 2026 12:00:00 GMT"
TABLE: list[tuple[dict[str, str], float]] = [
    ({}, 60),
    ({"retry-after": "0"}, 1),
    ({"retry-after": "120"}, 120),
    ({"retry-after": " 5 "}, 5),
    ({"retry-after": "1000000000"}, 3600),
    ({"retry-after": "9" * 400}, 60),
    ({"retry-after": "-1"}, 60),
    ({"retry-after": "1.5"}, 60),
    ({"retry-after": "soon"}, 60),
    ({"retry-after": "Sun, 01 Mar 2026 12:02:00 GMT"}, 120),
    ({"retry-after": "Sun, 01 Mar 2026 11:00:00 GMT"}, 1),
    ({"retry-after": "Fri, 31 Dec 9999 23:59:59 GMT"}, 3600),
    ({"retry-after": "Mon, 02 Mar 2026 12:00:30 GMT", "date": "+1 day"}, 30),
    ({"retry-after": "Sat, 28 Feb 2026 12:00:30 GMT", "date": "-1 day"}, 30),
    ({"ratelimit-reset": "7"}, 7),
    ({"x-ratelimit-reset": "2026-03-01T12:00:09.000000Z"}, 9),
    ({"x-ratelimit-reset": "whenever"}, 60),
]
CLOCKS = {
    "+1 day": "Mon, 02 Mar 2026 12:00:00 GMT",
    "-1 day": "Sat, 28 Feb 2026 12:00:00 GMT",
}


@pytest.mark.parametrize(("headers", "seconds"), TABLE)
def test_how_long_a_server_asks_to_wait(
    headers: dict[str, str], seconds: float
) -> None:
    said = {"date": DATE, **headers}
    said["date"] = CLOCKS.get(said["date"], said["date"])
    assert wait_seconds(said, START) == seconds


@pytest.mark.parametrize(("headers", "seconds"), TABLE)
def test_nothing_is_sent_before_the_wait_is_over(
    headers: dict[str, str], seconds: float
) -> None:
    said = {"date": DATE, **headers}
    said["date"] = CLOCKS.get(said["date"], said["date"])
    lines = "".join(f"{name}: {value}\r\n" for name, value in said.items())
    answer = plain(b"", f"HTTP/1.1 429 No\r\n{lines}".encode())

    async def work() -> None:
        clock = StillClock()
        door = new_door(clock=clock)
        async with serve(answer) as server:
            for _ in range(3):
                with pytest.raises(RateLimited) as caught:
                    await get(server, door)
                assert caught.value.until == START + timedelta(seconds=seconds)
                assert not caught.value.in_doubt
            assert len(server.requests) == 1
            clock.move(seconds - 0.5)
            with pytest.raises(RateLimited):
                await post(server, door=door)
            assert len(server.requests) == 1
            clock.move(1)
            with pytest.raises(RateLimited):
                await post(server, door=door)
            assert len(server.requests) == 2

    run(work())


def test_an_empty_budget_waits_without_being_refused() -> None:
    async def work() -> None:
        clock = StillClock()
        door = new_door(clock=clock)
        head = (
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
            b"ratelimit-remaining: 0\r\nratelimit-reset: 4\r\n"
        )
        async with serve(plain(b"{}", head)) as server:
            assert await get(server, door) == b"{}"
            with pytest.raises(RateLimited):
                await get(server, door)
            clock.move(5)
            assert await get(server, door) == b"{}"
            assert len(server.requests) == 2

    run(work())


def test_lanes_and_servers_wait_apart() -> None:
    budget = Budget(StillClock())
    budget.note("https://a", "session", 429, {})
    with pytest.raises(RateLimited):
        budget.check("https://a", "session")
    budget.check("https://a", "")
    budget.check("https://b", "session")
    assert budget.note("https://a", "", 200, {"ratelimit-remaining": "0"}) is None
    budget.check("https://a", "")


PROBLEM = {"content-type": "application/problem+json"}
STATUSES: list[tuple[int, type[SafetyError], bool]] = [
    (400, errors.Invalid, False),
    (401, errors.SignInExpired, False),
    (403, errors.NotAllowed, False),
    (404, errors.Gone, False),
    (405, errors.Invalid, False),
    (408, errors.TimedOut, True),
    (409, errors.Conflict, False),
    (410, errors.Gone, False),
    (412, errors.Conflict, False),
    (413, errors.TooLarge, False),
    (415, errors.Invalid, False),
    (422, errors.Invalid, False),
    (428, errors.Conflict, False),
    (429, errors.RateLimited, False),
    (500, errors.ServerTrouble, True),
    (502, errors.ServerTrouble, True),
    (503, errors.ServerTrouble, True),
    (504, errors.ServerTrouble, True),
    (511, errors.BadAnswer, True),
]


@pytest.mark.parametrize(("status", "kind", "in_doubt"), STATUSES)
def test_statuses_of_a_refusal(
    status: int, kind: type[SafetyError], in_doubt: bool
) -> None:
    body = b'{"code":"x","errors":[{"field":"until","code":"past"}]}'
    error = refusal(status, PROBLEM, body, now=START, until=None)
    assert type(error) is kind
    assert error.in_doubt is in_doubt
    if isinstance(error, errors.Invalid):
        assert error.field == "until"


def test_a_503_of_our_own_kind_was_not_done() -> None:
    ours = refusal(503, PROBLEM, b'{"code":"unavailable"}', now=START, until=None)
    assert not ours.in_doubt
    for headers in ({}, {"content-type": "text/html"}):
        theirs = refusal(503, headers, b'{"code":"unavailable"}', now=START, until=None)
        assert theirs.in_doubt


@pytest.mark.parametrize("status", [401, 403, 404, 409, 410, 413, 422])
@pytest.mark.parametrize("kind", ["text/html", "", "application/problem+json"])
def test_a_page_between_us_and_the_server_refuses_nothing(
    status: int, kind: str
) -> None:
    body = b"<html>Please sign in to this network</html>"
    error = refusal(status, {"content-type": kind}, body, now=START, until=None)
    assert type(error) is BadAnswer
    assert error.in_doubt


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n",
        b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.2:1/login\r\n",
        b"HTTP/1.1 511 Network Authentication Required\r\n",
        b"HTTP/1.1 401 Unauthorized\r\ncontent-type: text/html\r\n",
    ],
)
def test_a_captive_portal_is_a_bad_answer(head: bytes) -> None:
    async def work() -> None:
        async with serve(plain(b"<html>hotel</html>", head)) as server:
            pinned = new_door().open(server.origin, token="t")

            async def read() -> None:
                answer = await pinned.ask(Ask(method="GET", path=path("/v1/me")))
                answer.json(msgspec.json.Decoder(dict[str, str]))

            with pytest.raises(BadAnswer) as caught:
                await read()
            await pinned.aclose()
            assert caught.value.params["why"] == "portal"

    run(work())


def test_items_have_the_same_errors() -> None:
    assert isinstance(by_status(404), errors.Gone)
    assert isinstance(by_status(400, "until"), errors.Invalid)
    assert by_status(500).in_doubt
