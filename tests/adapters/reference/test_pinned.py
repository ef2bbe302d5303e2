"""H1, H2 for every call of the adapter: no other server hears of it."""

from __future__ import annotations

import asyncio

import pytest

from safetyclient.adapters.networks.reference.moderation import Moderation
from safetyclient.adapters.networks.reference.network import open_network
from safetyclient.domain.accounts import Account, Credential, NetworkKind
from safetyclient.domain.errors import BadInput, SafetyError
from safetyclient.domain.ids import AccountId, PersonId
from tests.adapters.http.kit import StillClock, new_door, plain, run, serve
from tests.adapters.reference.calls import CALLS, MODERATOR, Call, network, outcome

STATUSES = (301, 302, 303, 307, 308)


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_h1_no_call_goes_to_another_server(call: Call, status: int) -> None:
    async def work() -> None:
        async with serve(plain(b"{}"), host="127.0.0.2") as stranger:
            there = f"http://127.0.0.2:{stranger.port}/v1/me"
            head = (
                f"HTTP/1.1 {status} Moved\r\nlocation: {there}\r\n"
                f'link: <{there}>; rel="next"\r\ncontent-location: {there}\r\n'
                "content-type: application/json\r\n"
            )
            body = b'{"next":"' + there.encode() + b'"}'
            async with serve(plain(body, head.encode())) as server:
                net = network(new_door(), str(server.origin))
                assert isinstance(await outcome(call.run(net)), SafetyError)
                await net.aclose()
                assert stranger.connections == 0
                assert len(server.requests) == 1

    run(work())


@pytest.mark.parametrize("name", MODERATOR)
def test_h1_nor_does_one_of_a_moderator(name: str) -> None:
    async def work() -> None:
        async with serve(plain(b"{}"), host="127.0.0.2") as stranger:
            head = f"HTTP/1.1 307 M\r\nlocation: http://127.0.0.2:{stranger.port}/\r\n"
            async with serve(plain(b"", head.encode())) as server:
                door = new_door()
                moderator = Moderation(str(server.origin), "token", door=door)
                found = await outcome(MODERATOR[name](moderator))
                assert isinstance(found, SafetyError)
                await moderator.aclose()
                assert stranger.connections == 0

    run(work())


def test_h1_the_next_page_is_asked_of_the_same_server_by_cursor() -> None:
    async def work() -> None:
        async with serve(plain(b"{}"), host="127.0.0.2") as stranger:
            evil = f"http://127.0.0.2:{stranger.port}/?a=1&cursor=2#x"

            async def handle(request: bytes, writer: asyncio.StreamWriter) -> None:
                more = b"" if b"cursor" in request else evil.encode()
                writer.write(plain(b'{"items":[],"next":"' + more + b'"}'))

            async with serve(handle) as server:
                net = network(new_door(), str(server.origin))
                assert await net.spaces() == []
                await net.aclose()
                assert stranger.connections == 0
                assert len(server.requests) == 4
                target = server.requests[1].split(b" ")[1]
                assert target.startswith(b"/v1/spaces?")
                assert b"http%3A%2F%2F127.0.0.2" in target

    run(work())


@pytest.mark.parametrize("status", [307, 308])
@pytest.mark.parametrize("call", [c for c in CALLS if c.write], ids=lambda c: c.name)
def test_h2_no_write_is_repeated_elsewhere(call: Call, status: int) -> None:
    async def work() -> None:
        async with serve(plain(b"{}"), host="127.0.0.2") as stranger:
            there = f"http://127.0.0.2:{stranger.port}/v1/reports"
            head = f"HTTP/1.1 {status} Moved\r\nlocation: {there}\r\n"
            async with serve(plain(b"", head.encode())) as server:
                net = network(new_door(), str(server.origin))
                await outcome(call.run(net))
                await net.aclose()
                assert stranger.requests == []
                assert b"".join(server.requests).count(b"canary-t0ken") == 1

    run(work())


def test_h1_a_token_is_only_used_at_its_own_origin() -> None:
    account = Account(
        id=AccountId("a"),
        network=NetworkKind.REFERENCE,
        server="https://one.example",
        remote_id=PersonId("1"),
        handle="alice",
        name="",
    )
    for origin in (
        "https://two.example",
        "http://one.example",
        "https://one.example:1",
    ):
        with pytest.raises(BadInput):
            open_network(
                account,
                Credential(origin=origin, token="t"),
                clock=StillClock(),
                door=new_door(),
            )


def test_h7_a_stored_account_opens_loopback_only_as_a_test_server() -> None:
    account = Account(
        id=AccountId("a"),
        network=NetworkKind.REFERENCE,
        server="http://127.0.0.1:9",
        remote_id=PersonId("1"),
        handle="alice",
        name="",
    )
    with pytest.raises(BadInput):
        open_network(
            account,
            Credential(origin="http://127.0.0.1:9", token="t"),
            clock=StillClock(),
            door=new_door(),
        )
