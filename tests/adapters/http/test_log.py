"""H9: tokens, queries and handles never reach a log or an error."""

from __future__ import annotations

import asyncio
import logging
import traceback

import pytest

from safetyclient.adapters.http.client import Ask, Limits
from safetyclient.adapters.http.ids import path
from safetyclient.adapters.http.origins import Origin
from safetyclient.domain.errors import SafetyError
from tests.adapters.http.kit import OK, Server, new_door, plain, run, serve

CANARY = "canary-7c0ffee"


async def cut(_: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(OK + b"content-length: 9\r\nset-cookie: c=canary-7c0ffee\r\n\r\n{")
    writer.close()


async def silent(_: bytes, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(30)


def bad(status: int) -> bytes:
    kind = b"content-type: application/problem+json\r\n"
    head = b"HTTP/1.1 %d No\r\n" % status
    return plain(b'{"code":"x","detail":"canary-7c0ffee"}', head + kind)


async def scenario(server: Server) -> list[BaseException]:
    """Read and write with secrets everywhere a call can carry them."""
    door = new_door(limits=Limits(read_seconds=0.3, write_seconds=0.3))
    errors: list[BaseException] = []
    where = path("/v1/people/{who}", who=f"@{CANARY}")
    for method, body in (("GET", None), ("POST", CANARY.encode())):
        pinned = door.open(server.origin, token=CANARY)
        ask = Ask(method=method, path=where, query={"search": CANARY}, body=body)
        try:
            await pinned.ask(ask)
        except SafetyError as error:
            errors.append(error)
        await pinned.aclose()
    return errors


@pytest.mark.parametrize("logger", ["", "httpx", "httpcore", "httpcore.http11"])
def test_h9_nothing_secret_is_logged_even_at_debug(
    caplog: pytest.LogCaptureFixture, logger: str
) -> None:
    if logger.count("."):
        caplog.set_level(logging.NOTSET, logger)
    else:
        caplog.set_level(logging.DEBUG, logger)
    caplog.set_level(logging.DEBUG)

    async def work() -> int:
        failed = 0
        for answer in (plain(b"{}"), bad(401), bad(429), bad(500), cut, silent):
            async with serve(answer) as server:
                for error in await scenario(server):
                    failed += 1
                    text = "".join(traceback.format_exception(error))
                    assert CANARY not in text + repr(error) + str(error)
        async with serve(plain(b"{}")) as server:
            gone = Server(port=server.port)
        return failed + len(await scenario(gone))

    assert run(work()) == 12
    lines = [record.getMessage() for record in caplog.records]
    ours = [r for r in caplog.records if r.name == "safetyclient.http"]
    assert CANARY not in "\n".join(lines)
    assert len(ours) >= 12
    assert not [r for r in caplog.records if r.name.startswith(("httpx", "httpcore"))]
    assert "GET /v1/people/{who} 200" in ours[0].getMessage()


def test_h9_the_control_httpx_alone_does_log_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    import httpx

    caplog.set_level(logging.DEBUG, "httpx")

    async def work() -> None:
        async with serve(plain(b"{}")) as server, httpx.AsyncClient() as client:
            await client.get(f"http://127.0.0.1:{server.port}/?code={CANARY}")

    run(work())
    assert CANARY in caplog.text


def test_h9_the_user_agent_says_what_and_not_who() -> None:
    async def work() -> None:
        async with serve(plain(b"{}")) as server:
            pinned = new_door(version="1.2.3").open(server.origin)
            await pinned.ask(Ask(method="GET", path=path("/v1/me")))
            await pinned.aclose()
            assert b"user-agent: SafetyClient/1.2.3\r\n" in server.requests[0].replace(
                b"User-Agent", b"user-agent"
            )

    run(work())


def test_h9_a_refused_connection_sends_nothing() -> None:
    async def work() -> None:
        async with serve(plain(b"{}")) as server:
            port = server.port
        pinned = new_door().open(Origin("http", "127.0.0.1", port, test=True))
        with pytest.raises(SafetyError) as caught:
            await pinned.ask(Ask(method="POST", path=path("/v1/me"), body=b"{}"))
        await pinned.aclose()
        assert caught.value.code == "offline"
        assert not caught.value.in_doubt

    run(work())
