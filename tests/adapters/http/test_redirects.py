"""H1, H2: nothing goes to another origin, whatever the server says."""

from __future__ import annotations

import asyncio
import contextlib

import httpx
import pytest

from safetyclient.adapters.http.client import Ask
from safetyclient.adapters.http.ids import Path
from safetyclient.adapters.http.origins import Origin
from safetyclient.adapters.http.resolve import resolve
from safetyclient.adapters.http.transport import ForeignOriginError, PinnedTransport
from safetyclient.domain.errors import BadAnswer, SafetyError
from tests.adapters.http.kit import get, new_door, plain, post, run, serve

STATUSES = (301, 302, 303, 307, 308)


def moved(status: int, to: str) -> bytes:
    return plain(b"", b"HTTP/1.1 %d Moved\r\nlocation: %b\r\n" % (status, to.encode()))


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_h1_redirect_to_another_host_is_never_asked(status: int, method: str) -> None:
    async def work() -> None:
        async with (
            serve(plain(b"{}"), host="127.0.0.2") as stranger,
            serve(moved(status, f"http://127.0.0.2:{stranger.port}/v1/me")) as server,
        ):
            with pytest.raises(BadAnswer):
                await (get(server) if method == "GET" else post(server))
            assert stranger.connections == 0
            assert len(server.requests) == 1

    run(work())


@pytest.mark.parametrize(
    "location",
    [
        "//127.0.0.2:{port}/x",
        "http://127.0.0.1@127.0.0.2:{port}/x",
        "http://user:pw@127.0.0.1:{own}/x",
        "http://127.0.0.2:{port}",
        "https://127.0.0.1:{own}/x",
        "http://[::ffff:127.0.0.2]:{port}/x",
        "http://127.0.0.1:{port}x/",
        "file:///etc/passwd",
        "data:,x",
        "\\\\127.0.0.2:{port}\\x",
    ],
)
def test_h1_location_in_every_disguise(location: str) -> None:
    async def work() -> None:
        async with serve(plain(b"{}"), host="127.0.0.2") as stranger:
            own = 0

            async def handle(request: bytes, writer: asyncio.StreamWriter) -> None:
                text = location.format(port=stranger.port, own=own)
                writer.write(moved(302, text))

            async with serve(handle) as server:
                own = server.port
                with pytest.raises(SafetyError):
                    await get(server)
                assert stranger.connections == 0

    run(work())


def test_h1_same_origin_redirects_are_followed_three_times_for_reads() -> None:
    async def work(hops: int) -> tuple[int, bytes]:
        async def handle(request: bytes, writer: asyncio.StreamWriter) -> None:
            step = int(request.split(b"step=")[1][:1]) if b"step=" in request else 0
            done = plain(b'{"ok":true}')
            writer.write(done if step == hops else moved(307, f"/x?step={step + 1}"))

        async with serve(handle) as server:
            return len(server.requests), await get(server)

    assert run(work(3))[1] == b'{"ok":true}'
    with pytest.raises(BadAnswer):
        run(work(4))


def test_h1_the_transport_refuses_other_origins_and_userinfo() -> None:
    async def work() -> None:
        seen: list[str] = []

        def answer(request: httpx.Request) -> httpx.Response:
            seen.append(str(request.url))
            return httpx.Response(200)

        pinned = PinnedTransport(
            Origin("https", "one.example", 443),
            context=None,
            resolver=resolve,
            inner=httpx.MockTransport(answer),
        )
        for url in (
            "https://two.example/",
            "http://one.example/",
            "https://one.example:444/",
            "https://a:b@one.example/",
            "https://one.example.two.example/",
        ):
            with pytest.raises(ForeignOriginError):
                await pinned.handle_async_request(httpx.Request("GET", url))
        await pinned.handle_async_request(httpx.Request("GET", "https://one.example/"))
        assert seen == ["https://one.example/"]
        await pinned.aclose()

    run(work())


def test_h1_a_path_that_names_another_host_stays_on_this_one() -> None:
    async def work() -> None:
        async with (
            serve(plain(b"{}"), host="127.0.0.2") as stranger,
            serve(plain(b"{}")) as server,
        ):
            pinned = new_door().open(server.origin, token="t0ken")
            there = f"127.0.0.2:{stranger.port}/"
            for text in (f"//{there}", f"@{there}", f":1@{there}", f".{there}"):
                with contextlib.suppress(SafetyError):
                    await pinned.ask(Ask(method="GET", path=Path("/", text)))
            await pinned.aclose()
            assert stranger.connections == 0

    run(work())


def test_h1_cookies_are_not_kept() -> None:
    async def work() -> None:
        head = b"HTTP/1.1 200 OK\r\nset-cookie: a=canary; path=/\r\n"
        async with serve(plain(b"{}", head)) as server:
            pinned = new_door().open(server.origin)
            ask = Ask(method="GET", path=Path("/", "/"))
            await pinned.ask(ask)
            await pinned.ask(ask)
            await pinned.aclose()
            assert len(server.requests) == 2
            assert b"canary" not in b"".join(server.requests)

    run(work())


@pytest.mark.parametrize("status", STATUSES)
def test_h2_a_body_is_never_sent_twice(status: int) -> None:
    async def work() -> None:
        async with (
            serve(plain(b"{}"), host="127.0.0.2") as stranger,
            serve(moved(status, f"http://127.0.0.2:{stranger.port}/")) as server,
        ):
            with pytest.raises(BadAnswer) as caught:
                await post(server, b'{"report":"canary"}')
            assert caught.value.in_doubt
            assert stranger.requests == []
            assert b"".join(server.requests).count(b"canary") == 1

    run(work())


@pytest.mark.parametrize("status", STATUSES)
def test_h2_not_even_to_the_same_origin(status: int) -> None:
    async def work() -> None:
        async with serve(moved(status, "/v1/other")) as server:
            with pytest.raises(BadAnswer):
                await post(server, b'{"report":"canary"}')
            assert len(server.requests) == 1

    run(work())
