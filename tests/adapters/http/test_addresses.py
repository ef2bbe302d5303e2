"""H7: a server's name never opens this computer or the private network."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Sequence
from typing import Any

import httpcore
import httpx
import pytest

from safetyclient.adapters.http.client import Ask
from safetyclient.adapters.http.origins import Origin, allowed, parse_origin
from safetyclient.adapters.http.resolve import resolve
from safetyclient.adapters.http.transport import GuardBackend
from safetyclient.domain.errors import BadInput, Offline
from tests.adapters.http.kit import WHERE, new_door, plain, run, serve

LOOPBACK = [
    "127.0.0.1",
    "2130706433",
    "0x7f.1",
    "0x7f000001",
    "0177.0.0.1",
    "127.1",
    "127。0。0。1",
    "[::ffff:127.0.0.1]",
    "localhost",
    "LOCALHOST.",
    "[::1]",
    "0",
    "0.0.0.0",
    "[::]",
]
REFUSED = [
    *("10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
    *("0.0.0.0", "224.0.0.1", "255.255.255.255", "192.0.0.1", "198.18.0.1"),
    *("192.88.99.1", "240.0.0.1", "127.0.0.1", "127.255.255.254"),
    *("::", "::1", "fe80::1", "fc00::1", "fec0::1", "ff02::1", "::ffff:8.8.8.8"),
    *("::ffff:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1"),
    *("2002:7f00:1::", "2002:808:808::1", "2001::1", "2001:db8::1", "::7f00:1"),
    "fe80::1%eth0",
]


@pytest.mark.parametrize("text", REFUSED)
def test_h7_addresses_that_are_not_global(text: str) -> None:
    assert not allowed(ipaddress.ip_address(text), test=False)


@pytest.mark.parametrize("text", ["8.8.8.8", "93.184.215.14", "2606:4700::1111"])
def test_h7_global_addresses_pass_and_are_no_test_servers(text: str) -> None:
    assert allowed(ipaddress.ip_address(text), test=False)
    assert not allowed(ipaddress.ip_address(text), test=True)


@pytest.mark.parametrize("host", LOOPBACK)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_h7_no_spelling_of_this_computer_from_a_server(scheme: str, host: str) -> None:
    with pytest.raises(BadInput):
        parse_origin(f"{scheme}://{host}:8000")


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("127.0.0.1:8000/", "http://127.0.0.1:8000"),
        ("localhost", "http://localhost"),
        ("https://LOCALHOST:8443", "https://localhost:8443"),
        ("http://[::1]:80", "http://[::1]"),
        ("http://127.8.8.8:1", "http://127.8.8.8:1"),
    ],
)
def test_h7_a_test_server_must_be_typed(text: str, origin: str) -> None:
    found = parse_origin(text, typed=True)
    assert str(found) == origin
    assert found.test
    with pytest.raises(BadInput):
        parse_origin(text)


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("example.org", "https://example.org"),
        ("https://EXAMPLE.org:443/", "https://example.org"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("https://example.org.:8443", "https://example.org:8443"),
        ("https://8.8.8.8", "https://8.8.8.8"),
    ],
)
def test_h7_other_servers_are_https(text: str, origin: str) -> None:
    found = parse_origin(text, typed=True)
    assert str(found) == origin
    assert not found.test


@pytest.mark.parametrize(
    "text",
    [
        *("", "http://example.org", "ftp://example.org", "https://", "https://a b"),
        *("https://a@b.example", "https://b.example/x", "https://b.example?x"),
        *("https://b.example#x", "https://b.example:0", "https://b.example:99999"),
        *("https://b.example:x", "https://-b.example", "https://b..example"),
        *("https://b\\example", "https://10.0.0.1", "https://[fe80::1%25eth0]"),
        *("https://2130706433", "https://1.2.3", "https://0x7f.1", "https://[::1"),
        *("https://127.0.0.1.1", "https://\u2028", "javascript:alert(1)"),
        *("https://" + "a" * 400, "https://exa\nmple.org", "https://%31.example"),
    ],
)
def test_h7_anything_else_is_refused(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_origin(text, typed=True)
    assert caught.value.field == "server"


def test_h7_odd_spellings_do_connect_without_the_guard() -> None:
    async def work() -> None:
        async with serve(plain(b"{}")) as server, httpx.AsyncClient() as client:
            for host in ("2130706433", "0x7f.1", "127.1", "127。0。0。1"):
                await client.get(f"http://{host}:{server.port}/")
            assert server.connections == 4

    run(work())


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"],
        ["93.184.215.14", "127.0.0.1"],
        ["::1"],
        ["64:ff9b::7f00:1"],
        ["2002:7f00:1::"],
        ["fe80::1%lo"],
        ["not an address"],
        [],
    ],
)
def test_h7_a_name_that_leads_here_is_refused(answers: list[str]) -> None:
    async def lie(host: str, port: int) -> Sequence[str]:
        return answers

    async def work() -> None:
        async with serve(plain(b"{}")) as server:
            door = new_door(resolver=lie)
            pinned = door.open(Origin("https", "evil.example", server.port))
            with pytest.raises(Offline) as caught:
                await pinned.ask(Ask(method="GET", path=WHERE))
            await pinned.aclose()
            assert not caught.value.in_doubt
            assert server.connections == 0

    run(work())


def test_h7_a_test_server_may_not_be_elsewhere() -> None:
    async def lie(host: str, port: int) -> Sequence[str]:
        return ["192.168.1.1"]

    async def work() -> None:
        pinned = new_door(resolver=lie).open(Origin("http", "localhost", 80, test=True))
        with pytest.raises(Offline):
            await pinned.ask(Ask(method="GET", path=WHERE))
        await pinned.aclose()

    run(work())


def test_h7_the_checked_address_is_the_one_connected_to() -> None:
    looked_up: list[str] = []
    connected: list[str] = []

    async def rebind(host: str, port: int) -> Sequence[str]:
        looked_up.append(host)
        return ["93.184.215.14"] if len(looked_up) == 1 else ["127.0.0.1"]

    class Recorder:
        async def connect_tcp(self, host: str, *rest: Any) -> Any:
            connected.append(host)
            return httpcore.AsyncMockStream([])

    async def work() -> None:
        backend = GuardBackend(Origin("https", "evil.example", 443), rebind)
        backend._inner = Recorder()  # type: ignore[assignment] # records only
        await backend.connect_tcp("evil.example", 443)
        with pytest.raises(httpcore.ConnectError):
            await backend.connect_tcp("evil.example", 443)
        assert connected == ["93.184.215.14"]
        assert looked_up == ["evil.example"] * 2

    run(work())


def test_h7_the_next_address_is_tried_when_one_is_silent() -> None:
    async def both(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.9", "127.0.0.1"]

    async def work() -> None:
        async with serve(plain(b"{}")) as server:
            origin = Origin("http", "localhost", server.port, test=True)
            pinned = new_door(resolver=both).open(origin)
            await pinned.ask(Ask(method="GET", path=WHERE))
            await pinned.aclose()
            assert server.connections == 1

    run(work())


def test_h7_the_systems_resolver_answers_and_fails() -> None:
    async def work() -> None:
        assert set(await resolve("localhost", 80)) <= {"127.0.0.1", "::1"}
        for name in ("no-such-name.invalid", "a" * 70, "\ud800"):
            with pytest.raises(OSError):  # noqa: PT011 # any failure of a look-up
                await resolve(name, 80)
        task = asyncio.create_task(resolve("localhost", 80))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run(work())
