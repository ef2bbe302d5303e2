"""Every status at every endpoint becomes the error that the tree names."""

from __future__ import annotations

import httpx
import pytest

from safetyclient.adapters.networks.reference.moderation import Moderation
from safetyclient.application.ports import ListDelta
from safetyclient.domain import errors
from safetyclient.domain.errors import SafetyError
from tests.adapters.http.kit import new_door, run
from tests.adapters.reference.calls import (
    CALLS,
    MODERATOR,
    ORIGIN,
    Call,
    network,
    outcome,
)

PROBLEM = {"content-type": "application/problem+json"}
STATUSES: dict[int, type[SafetyError]] = {
    400: errors.Invalid,
    401: errors.SignInExpired,
    403: errors.NotAllowed,
    404: errors.Gone,
    405: errors.Invalid,
    409: errors.Conflict,
    410: errors.Gone,
    412: errors.Conflict,
    413: errors.TooLarge,
    415: errors.Invalid,
    422: errors.Invalid,
    428: errors.Conflict,
    429: errors.RateLimited,
    500: errors.ServerTrouble,
    502: errors.ServerTrouble,
    503: errors.ServerTrouble,
    504: errors.ServerTrouble,
    511: errors.BadAnswer,
}
MOOT = {
    ("operation", 404): False,
    ("operation", 410): False,
    ("sign_out", 401): None,
    ("remove", 404): None,
    ("remove", 410): None,
}


def answering(status: int, headers: dict[str, str], body: bytes) -> httpx.MockTransport:
    def answer(request: httpx.Request) -> httpx.Response:
        length = {"content-length": str(len(body))}
        return httpx.Response(
            status, headers={**headers, **length}, stream=httpx.ByteStream(body)
        )

    return httpx.MockTransport(answer)


async def try_call(call: Call, transport: httpx.MockTransport) -> object:
    net = network(new_door(transport=transport))
    try:
        return await outcome(call.run(net))
    finally:
        await net.aclose()


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_every_status_at_every_endpoint(call: Call, status: int) -> None:
    body = b'{"code":"x","errors":[{"field":"f","code":"c"}]}'
    found = run(try_call(call, answering(status, PROBLEM, body)))
    if (call.name, status) in MOOT:
        assert found is MOOT[call.name, status]
    elif call.name == "entries_since" and status in {404, 410}:
        assert found == ListDelta((), (), "", complete=False)
    elif call.name in {"mute", "block"} and status in {404, 410}:
        # The address is gone; that is no word about the people.
        assert type(found) is errors.BadAnswer
    else:
        assert type(found) is STATUSES[status]


@pytest.mark.parametrize("status", [200, 201, 204, 301, 400, 401, 404, 410, 500])
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_a_page_between_us_and_the_server_is_never_believed(
    call: Call, status: int
) -> None:
    body = b"<html>Please accept our terms</html>"
    kind = {"content-type": "text/html"}
    if status == 301:
        kind["location"] = "http://portal.example/"
    found = run(try_call(call, answering(status, kind, body)))
    if status == 204 and call.name in {"accept", "reject", "remove", "sign_out"}:
        assert found is None
        return
    assert isinstance(found, errors.BadAnswer | errors.ServerTrouble)
    if call.name == "upload":
        assert not found.in_doubt
    elif call.write:
        assert found.in_doubt


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"null", b'{"items":[{}]}'])
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_json_of_another_kind_is_a_bad_answer(call: Call, body: bytes) -> None:
    kind = {"content-type": "application/json"}
    found = run(try_call(call, answering(200, kind, body)))
    assert type(found) is errors.BadAnswer


FAILURES: list[tuple[type[Exception], type[SafetyError], bool]] = [
    (httpx.ConnectError, errors.Offline, False),
    (httpx.ConnectTimeout, errors.Offline, False),
    (httpx.PoolTimeout, errors.Offline, False),
    (httpx.ProxyError, errors.Offline, False),
    (httpx.ReadError, errors.BadAnswer, True),
    (httpx.WriteError, errors.BadAnswer, True),
    (httpx.CloseError, errors.BadAnswer, True),
    (httpx.ReadTimeout, errors.TimedOut, True),
    (httpx.WriteTimeout, errors.TimedOut, True),
    (httpx.RemoteProtocolError, errors.BadAnswer, True),
    (httpx.LocalProtocolError, errors.BadAnswer, True),
    (httpx.DecodingError, errors.BadAnswer, True),
    (ConnectionResetError, errors.BadAnswer, True),
]


@pytest.mark.parametrize(("failure", "kind", "in_doubt"), FAILURES)
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_every_failure_at_every_endpoint(
    call: Call, failure: type[Exception], kind: type[SafetyError], in_doubt: bool
) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise failure("canary")

    found = run(try_call(call, httpx.MockTransport(fail)))
    assert type(found) is kind
    # A file that did not arrive has published nothing.
    assert found.in_doubt is (in_doubt and call.name != "upload")


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("name", MODERATOR)
def test_every_status_for_a_moderator(name: str, status: int) -> None:
    async def work() -> object:
        door = new_door(transport=answering(status, PROBLEM, b'{"code":"x"}'))
        moderator = Moderation(ORIGIN, "token", door=door)
        try:
            return await outcome(MODERATOR[name](moderator))
        finally:
            await moderator.aclose()

    assert type(run(work())) is STATUSES[status]


def test_a_bug_is_not_disguised() -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(try_call(CALLS[0], httpx.MockTransport(fail)))
