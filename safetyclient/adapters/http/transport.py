"""The transport: pinned to one origin, connecting only to checked addresses.

Imports httpx and httpcore at the top, so it is itself imported when the first call
is made and not when the program starts.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Iterable
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, cast

import httpcore
import httpx

from safetyclient.adapters.http.origins import Address, Origin, allowed, literal
from safetyclient.adapters.http.resolve import Resolver
from safetyclient.adapters.http.trail import TRAIL

MAX_HEAD = 256 * 1024
"""Bytes before the end of the final headers; ends a flood of 1xx answers."""
_CONNECTIONS = 4
_IDLE_SECONDS = 20.0
_Option = tuple[int, int, int] | tuple[int, int, bytes | bytearray]
_SocketOptions = Iterable[_Option | tuple[int, int, None, int]] | None


class ForeignOriginError(Exception):
    """A request for another origin than the pinned one was stopped."""


class GuardStream(httpcore.AsyncNetworkStream):
    """A connection that leaves a trail of what was sent and read."""

    def __init__(self, inner: httpcore.AsyncNetworkStream) -> None:
        self._inner = inner

    async def read(
        self,
        max_bytes: int,
        timeout: float | None = None,  # noqa: ASYNC109 # httpcore's signature
    ) -> bytes:
        """Read, and stop an endless head."""
        data = await self._inner.read(max_bytes, timeout)
        trail = TRAIL.get()
        if trail is not None and trail.in_head:
            trail.head += len(data)
            if trail.head > MAX_HEAD + max_bytes:
                raise httpcore.RemoteProtocolError("head too long")
        return data

    async def write(
        self,
        buffer: bytes,
        timeout: float | None = None,  # noqa: ASYNC109 # httpcore's signature
    ) -> None:
        """Write, and remember that something was written."""
        trail = TRAIL.get()
        if trail is not None and buffer:
            trail.wrote = True
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 # httpcore's signature
    ) -> httpcore.AsyncNetworkStream:
        """Begin TLS, and remember when the server could not prove who it is."""
        try:
            stream = await self._inner.start_tls(ssl_context, server_hostname, timeout)
        except httpcore.ConnectError:
            trail = TRAIL.get()
            if trail is not None:
                trail.tls = True
            raise
        return GuardStream(stream)

    def get_extra_info(self, info: str) -> Any:
        """Return what the connection knows about itself."""
        return self._inner.get_extra_info(info)


class GuardBackend(httpcore.AsyncNetworkBackend):
    """Connects to addresses that were checked after the one look-up.

    Args:
        origin: the pinned origin; decides which addresses are allowed.
        resolver: looks names up.
        proxy: host of a proxy that the person set; it may be anywhere.
    """

    def __init__(self, origin: Origin, resolver: Resolver, proxy: str = "") -> None:
        self._origin = origin
        self._resolver = resolver
        self._proxy = proxy
        # httpcore hides its class behind an optional import, so it has no type.
        self._inner = cast("httpcore.AsyncNetworkBackend", httpcore.AnyIOBackend())

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 # httpcore's signature
        local_address: str | None = None,
        socket_options: _SocketOptions = None,
    ) -> httpcore.AsyncNetworkStream:
        """Look the host up once, check every address, connect to one of them."""
        trouble: Exception = httpcore.ConnectError("no address")
        for address in await self._addresses(host, port):
            try:
                stream = await self._inner.connect_tcp(
                    str(address), port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                trouble = error
            else:
                return GuardStream(stream)
        raise trouble

    async def _addresses(self, host: str, port: int) -> list[Address]:
        found = [literal(host)]
        if found == [None]:
            try:
                texts = await self._resolver(host, port)
            except OSError:
                raise httpcore.ConnectError("name not found") from None
            found = [literal(text) for text in texts]
        addresses = [address for address in found if address is not None]
        free = bool(self._proxy) and host == self._proxy
        if len(addresses) != len(found) or not (
            free or all(allowed(a, test=self._origin.test) for a in addresses)
        ):
            trail = TRAIL.get()
            if trail is not None:
                trail.refused = True
            raise httpcore.ConnectError("address refused")
        return addresses


class _Body(httpx.AsyncByteStream):
    def __init__(self, stream: Any) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._stream:
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()


class PinnedTransport(httpx.AsyncBaseTransport):
    """Sends requests of one origin and stops every other before it leaves.

    Args:
        origin: scheme, host and port that alone may be asked.
        inner: what sends instead, in tests.
    """

    def __init__(
        self,
        origin: Origin,
        *,
        context: ssl.SSLContext | None,
        resolver: Resolver,
        proxy: str = "",
        inner: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._origin = origin
        self._inner = inner
        self._pool = _pool(origin, context, resolver, proxy)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request if it is for the pinned origin."""
        url, origin = request.url, self._origin
        port = url.port or {"http": 80, "https": 443}.get(url.scheme)
        if url.userinfo or (url.scheme, url.host, port) != (
            origin.scheme,
            origin.host,
            origin.port,
        ):
            raise ForeignOriginError
        if self._inner is not None:
            return await self._inner.handle_async_request(request)
        answer = await self._pool.handle_async_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=url.raw_scheme,
                    host=url.raw_host,
                    port=url.port,
                    target=url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Body(answer.stream)
        )

    async def aclose(self) -> None:
        """Close every connection."""
        await self._pool.aclose()
        if self._inner is not None:
            await self._inner.aclose()


def _pool(
    origin: Origin, context: ssl.SSLContext | None, resolver: Resolver, proxy: str
) -> httpcore.AsyncConnectionPool:
    if not proxy or origin.test:
        return httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=_CONNECTIONS,
            keepalive_expiry=_IDLE_SECONDS,
            network_backend=GuardBackend(origin, resolver),
        )
    url = httpx.URL(proxy)
    return httpcore.AsyncHTTPProxy(
        proxy_url=httpcore.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=b"/"
        ),
        proxy_auth=(url.username, url.password) if url.userinfo else None,
        ssl_context=context,
        proxy_ssl_context=context if url.scheme == "https" else None,
        max_connections=_CONNECTIONS,
        keepalive_expiry=_IDLE_SECONDS,
        network_backend=GuardBackend(origin, resolver, url.host),
    )


def build_client(
    transport: PinnedTransport, *, headers: dict[str, str], seconds: float
) -> httpx.AsyncClient:
    """Return a client without environment, redirects, cookies or its own proxies."""
    return httpx.AsyncClient(
        transport=transport,
        headers=headers,
        trust_env=False,
        follow_redirects=False,
        timeout=httpx.Timeout(seconds),
        cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
    )
