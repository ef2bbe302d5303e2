"""A refusal that is not the server's own says nothing about people or tokens."""

from __future__ import annotations

import json

import httpx
import pytest

from safetyclient.adapters.networks.reference.network import ReferenceNetwork
from safetyclient.domain.changes import ChangeKind
from safetyclient.domain.errors import BadAnswer, Gone, SafetyError, SignInExpired
from safetyclient.domain.wishes import AnswerRequest, SetBlock
from tests.adapters.http.kit import new_door, run
from tests.adapters.reference.calls import BOB, change, network, uploads


def answering(status: int, body: object) -> ReferenceNetwork:
    def handle(request: httpx.Request) -> httpx.Response:
        data = json.dumps(body).encode()
        headers = {
            "content-type": "application/json",
            "content-length": str(len(data)),
        }
        return httpx.Response(status, headers=headers, stream=httpx.ByteStream(data))

    return network(new_door(transport=httpx.MockTransport(handle)))


def outcome(status: int, body: object, kind: ChangeKind) -> SafetyError | None:
    wish = (
        SetBlock(person=BOB, blocked=True)
        if kind is ChangeKind.BLOCK
        else AnswerRequest(person=BOB, accept=False)
    )

    async def ask() -> SafetyError | None:
        there = answering(status, body)
        sent = await there.deliver([change(kind, wish)], uploads())
        await there.aclose()
        return sent[0].error

    return run(ask())


@pytest.mark.parametrize("body", [{"code": "not_found"}, {"error": "no such route"}])
def test_a_missing_address_of_bulk_writes_never_counts_as_blocked(body: object) -> None:
    error = outcome(404, body, ChangeKind.BLOCK)
    assert isinstance(error, BadAnswer)
    assert error.in_doubt


@pytest.mark.parametrize("status", [401, 403, 404, 409, 410])
def test_json_of_a_proxy_is_no_word_of_the_server(status: int) -> None:
    error = outcome(status, {"message": "no"}, ChangeKind.FOLLOW_REQUEST)
    assert isinstance(error, BadAnswer)


def test_the_servers_own_words_still_count() -> None:
    gone = outcome(404, {"code": "not_found"}, ChangeKind.FOLLOW_REQUEST)
    assert isinstance(gone, Gone)
    out = outcome(401, {"code": "unauthorized"}, ChangeKind.FOLLOW_REQUEST)
    assert isinstance(out, SignInExpired)
