"""The one HTTP door: builds every client, and is the only way to ask a server."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urljoin, urlsplit

import msgspec

from safetyclient.adapters.http.budget import Budget
from safetyclient.adapters.http.decode import decode
from safetyclient.adapters.http.errors import refusal, translated
from safetyclient.adapters.http.ids import Path
from safetyclient.adapters.http.inflate import Inflater
from safetyclient.adapters.http.origins import Origin, literal
from safetyclient.adapters.http.resolve import Resolver, resolve
from safetyclient.adapters.http.trail import TRAIL, Trail
from safetyclient.adapters.http.trust import system_trust
from safetyclient.application.ports import Clock
from safetyclient.domain.errors import BadAnswer, BadInput

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")
LOG = logging.getLogger("safetyclient.http")
_CHUNK = 64 * 1024
_NO_BODY = frozenset({204, 304})


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one exchange may cost: seconds, bytes, hops."""

    read_seconds: float = 30.0
    write_seconds: float = 60.0
    stall_seconds: float = 30.0
    upload_rate: float = 64_000.0
    upload_seconds: float = 60.0
    json_bytes: int = 8 * 1024 * 1024
    header_bytes: int = 64 * 1024
    headers: int = 100
    hops: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request: what is asked, and what may come back.

    `lane` names a budget of its own on the server; `limit` is the most bytes of the
    answer (0: the limit for JSON); `upload` gives a long body time by its size.
    """

    method: str
    path: Path
    query: Mapping[str, str | int] = field(default_factory=dict[str, str | int])
    body: bytes | None = None
    type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    lane: str = ""
    limit: int = 0
    upload: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete, successful answer; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self, decoder: msgspec.json.Decoder[T]) -> T:
        """Return what the body says.

        Raises:
            BadAnswer: when it is not JSON of that type.
        """
        kind = self.headers.get("content-type", "").split(";", 1)[0].strip().lower()
        if kind != "application/json":
            raise BadAnswer(why="portal" if kind == "text/html" else "type")
        return decode(self.body, decoder)

    def nothing(self) -> None:
        """Pass when the server said "done, and nothing to add".

        Raises:
            BadAnswer: for any other success; a page between us and the server
                answers 200.
        """
        if self.status != 204:
            raise BadAnswer(why="type")


class Pinned:
    """Asks one server, and no other; one token, if any.

    Made by `Door.open`.
    """

    def __init__(self, door: Door, origin: Origin, token: str) -> None:
        self._door = door
        self._origin = origin
        self._token = token
        self._client: httpx.AsyncClient | None = None

    @property
    def origin(self) -> Origin:
        """Return the server that is asked."""
        return self._origin

    async def ask(self, ask: Ask) -> Answer:
        """Send a request and return its complete answer.

        Raises:
            SafetyError: whenever that is not a success (2xx).
        """
        self._door.budget.check(str(self._origin), ask.lane)
        clock = self._door.clock
        started, status, received = clock.monotonic(), 0, 0
        try:
            answer = await self._exchange(ask)
            status, received = answer.status, len(answer.body)
        finally:
            LOG.info(
                "%s %s %s %d ms, %d bytes sent, %d received",
                ask.method,
                ask.path.template,
                status or "-",
                round((clock.monotonic() - started) * 1000),
                len(ask.body or b""),
                received,
            )
        now = clock.now()
        until = self._door.budget.note(
            str(self._origin), ask.lane, answer.status, answer.headers
        )
        if not 200 <= answer.status < 300:
            raise refusal(
                answer.status, answer.headers, answer.body, now=now, until=until
            )
        return answer

    async def aclose(self) -> None:
        """Close the connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _exchange(self, ask: Ask) -> Answer:
        limits = self._door.limits
        seconds = limits.read_seconds if ask.method == "GET" else limits.write_seconds
        if ask.upload:
            size = len(ask.body or b"")
            seconds = limits.upload_seconds + size / limits.upload_rate
        # An injected transport leaves no trail: assume the worst.
        trail = Trail(wrote=self._door.transport is not None)
        mark = TRAIL.set(trail)
        try:
            with translated(trail):
                async with asyncio.timeout(seconds):
                    if not ask.upload:
                        return await self._follow(ask, trail, None)
                    async with asyncio.timeout(limits.stall_seconds) as watch:
                        return await self._follow(ask, trail, watch)
        finally:
            TRAIL.reset(mark)

    async def _follow(
        self, ask: Ask, trail: Trail, watch: asyncio.Timeout | None
    ) -> Answer:
        target = ask.path.text
        for _ in range(self._door.limits.hops + 1):
            answer = await self._once(ask, target, trail, watch)
            location = answer.headers.get("location", "")
            if not 300 <= answer.status < 400 or answer.status == 304 or not location:
                return answer
            if ask.method != "GET":
                raise BadAnswer(why="redirect")
            target = self._same_origin(target, location)
        raise BadAnswer(why="redirect")

    def _same_origin(self, target: str, location: str) -> str:
        """Return the target of a redirect within this origin."""
        base = str(self._origin)
        try:
            there = urlsplit(urljoin(base + target, location))
            port = there.port
        except ValueError:
            raise BadAnswer(why="redirect") from None
        mine = urlsplit(base)
        if (
            "@" in there.netloc
            or (there.scheme, there.hostname, port)
            != (mine.scheme, mine.hostname, mine.port)
            or not location.isascii()
        ):
            raise BadAnswer(why="portal")
        return there.path + (f"?{there.query}" if there.query else "")

    async def _once(
        self, ask: Ask, target: str, trail: Trail, watch: asyncio.Timeout | None
    ) -> Answer:
        client = self._ready()
        headers = dict(ask.headers)
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        content: bytes | AsyncIterator[bytes] | None = ask.body
        if ask.body is not None:
            headers["Content-Type"] = ask.type
            if watch is not None:
                headers["Content-Length"] = str(len(ask.body))
                content = self._pieces(ask.body, watch)
        trail.in_head, trail.head = True, 0
        query = {name: str(value) for name, value in ask.query.items()}
        request = client.build_request(
            ask.method,
            str(self._origin) + target,
            params=query if query and target == ask.path.text else None,
            headers=headers,
            content=content,
        )
        response = await client.send(request, stream=True)
        try:
            trail.in_head = False
            return await self._read(response, ask.limit)
        finally:
            await response.aclose()

    async def _pieces(
        self, body: bytes, watch: asyncio.Timeout
    ) -> AsyncIterator[bytes]:
        loop = asyncio.get_running_loop()
        view = memoryview(body)
        for start in range(0, len(body), _CHUNK):
            watch.reschedule(loop.time() + self._door.limits.stall_seconds)
            yield bytes(view[start : start + _CHUNK])
        watch.reschedule(loop.time() + self._door.limits.stall_seconds)

    async def _read(self, response: httpx.Response, limit: int) -> Answer:
        limits = self._door.limits
        raw = response.headers.raw
        if len(raw) > limits.headers or (
            sum(len(name) + len(value) for name, value in raw) > limits.header_bytes
        ):
            raise BadAnswer(why="headers")
        headers = {name.lower(): value for name, value in response.headers.items()}
        if response.status_code in _NO_BODY:
            return Answer(response.status_code, headers, b"")
        # Without either, the end of the connection is the end of the body, and a
        # body that was cut looks complete.
        if "content-length" not in headers and "transfer-encoding" not in headers:
            raise BadAnswer(why="cut")
        most = limit if limit and response.is_success else limits.json_bytes
        inflater = Inflater(headers.get("content-encoding", ""), most)
        async for part in response.aiter_raw():
            inflater.feed(part)
        return Answer(response.status_code, headers, inflater.finish())

    def _ready(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = self._door.build(self._origin)
        return self._client


def check_proxy(text: str) -> str:
    """Return a proxy setting: empty, or `http(s)://[user:password@]host:port`.

    Raises:
        BadInput: field `proxy`, for anything else.
    """
    text = text.strip()
    if not text:
        return ""
    refused = BadInput(field="proxy", reason="server")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise refused from None
    if parts.scheme not in {"http", "https"} or not host or not port:
        raise refused
    if parts.path.rstrip("/") or parts.query or parts.fragment:
        raise refused
    return text


class Door:
    """Makes what asks servers; one for the whole program.

    Args:
        clock: time, for waits and the log.
        version: of this program, for the user agent.
        proxy: an explicit setting; the environment's is never read.
        limits: what one exchange may cost.
        resolver: looks names up.
        trust: makes the TLS context, at the first https server.
        transport: what sends instead, in tests.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        version: str = "0",
        proxy: str = "",
        limits: Limits | None = None,
        resolver: Resolver = resolve,
        trust: Callable[[], ssl.SSLContext] = system_trust,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.clock = clock
        self.limits = limits or Limits()
        self.budget = Budget(clock)
        self.transport = transport
        self._agent = f"SafetyClient/{version}"
        self._proxy = check_proxy(proxy)
        self._resolver = resolver
        self._trust = trust
        self._context: ssl.SSLContext | None = None

    def open(self, origin: Origin, *, token: str = "") -> Pinned:
        """Return what asks one server; nothing is sent yet."""
        return Pinned(self, origin, token)

    def build(self, origin: Origin) -> httpx.AsyncClient:
        """Return a client that can reach one origin only."""
        _quiet()
        from safetyclient.adapters.http.transport import PinnedTransport, build_client

        transport = PinnedTransport(
            origin,
            context=self._tls(origin),
            resolver=self._resolver,
            proxy="" if literal(origin.host) and origin.test else self._proxy,
            inner=self.transport,
        )
        return build_client(
            transport,
            headers={
                "User-Agent": self._agent,
                "Accept": "application/json",
                "Accept-Encoding": "gzip, identity",
            },
            seconds=self.limits.write_seconds,
        )

    def _tls(self, origin: Origin) -> ssl.SSLContext | None:
        if origin.scheme == "http":
            return None
        if self._context is None:
            self._context = self._trust()
        return self._context


def _quiet() -> None:
    """Keep the libraries' own lines, which hold addresses and headers, out."""
    for name in ("httpx", "httpcore", "hpack", "h11"):
        logger = logging.getLogger(name)
        if logger.level < logging.WARNING:
            logger.setLevel(logging.WARNING)
