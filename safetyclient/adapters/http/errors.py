"""Failures of an exchange, turned into the one tree of errors.

```
before the first byte left      Offline · TlsTrouble
after it                        TimedOut · BadAnswer · ServerTrouble, all in doubt
401                             SignInExpired
403                             NotAllowed
404 410                         Gone
409 412 428                     Conflict
413                             TooLarge
400 415 422, other 4xx          Invalid(field)
408                             TimedOut
429                             RateLimited(until)
5xx                             ServerTrouble; a 503 of our own kind is not in doubt
3xx, 511, a refusal not in JSON BadAnswer: something between us and the server spoke
```
"""

from __future__ import annotations

import ssl
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

import msgspec

from safetyclient.adapters.http.budget import DEFAULT_WAIT
from safetyclient.adapters.http.decode import decode
from safetyclient.adapters.http.trail import Trail
from safetyclient.domain.errors import (
    BadAnswer,
    Conflict,
    Gone,
    Invalid,
    NotAllowed,
    Offline,
    RateLimited,
    SafetyError,
    ServerTrouble,
    SignInExpired,
    TimedOut,
    TlsTrouble,
    TooLarge,
)


class FieldProblem(msgspec.Struct, frozen=True):
    """One field that a server does not accept."""

    field: str = ""


class Problem(msgspec.Struct, frozen=True):
    """What we read of an RFC 9457 problem document; its words are never shown."""

    code: str = ""
    errors: tuple[FieldProblem, ...] = ()


_PROBLEM = msgspec.json.Decoder(Problem)
_REFUSALS: dict[int, type[SafetyError]] = {
    401: SignInExpired,
    403: NotAllowed,
    404: Gone,
    408: TimedOut,
    409: Conflict,
    410: Gone,
    412: Conflict,
    413: TooLarge,
    428: Conflict,
}


@contextmanager
def translated(trail: Trail) -> Generator[None]:
    """Turn every failure of an exchange into a domain error."""
    try:
        yield
    except SafetyError:
        raise
    except TimeoutError:
        # `from None` everywhere: the causes name addresses and queries.
        raise (TimedOut() if trail.wrote else Offline()) from None
    except Exception as error:
        known = _translate(error, trail)
        if known is None:
            raise
        raise known from None


def _translate(error: Exception, trail: Trail) -> SafetyError | None:
    import httpcore
    import httpx

    from safetyclient.adapters.http.transport import ForeignOriginError

    if isinstance(error, ForeignOriginError):
        return BadAnswer(in_doubt=False, why="origin")
    if trail.tls:
        return TlsTrouble()
    unsent = (
        *(httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout),
        *(httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.PoolTimeout),
        *(httpx.ProxyError, httpcore.ProxyError),
    )
    if isinstance(error, unsent):
        return Offline(why="address") if trail.refused else Offline()
    if isinstance(error, httpx.TimeoutException | httpcore.TimeoutException):
        return TimedOut()
    broken = (
        *(httpx.HTTPError, httpx.StreamError, httpx.InvalidURL),
        *(httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol),
        *(OSError, ssl.SSLError),
    )
    if isinstance(error, broken):
        return BadAnswer(in_doubt=trail.wrote, why="cut")
    return None


def problem(headers: Mapping[str, str], body: bytes) -> Problem | None:
    """Return the problem document of a refusal, or None when it is not JSON."""
    kind = headers.get("content-type", "").split(";", 1)[0].strip().lower()
    if kind not in {"application/problem+json", "application/json"}:
        return None
    try:
        return decode(body, _PROBLEM)
    except BadAnswer:
        return None


def refusal(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    now: datetime,
    until: datetime | None,
) -> SafetyError:
    """Return the error for an answer that is not a success.

    Args:
        status: of the answer.
        headers: of the answer, names in lower case.
        body: of the answer, inflated.
        now: the present time.
        until: the end of the wait that the budget has noted.
    """
    if status == 429:
        return RateLimited(until=until or now + timedelta(seconds=DEFAULT_WAIT))
    said = problem(headers, body)
    if status == 511 or status < 400:
        return BadAnswer(why="portal")
    if status >= 500:
        ours = status == 503 and said is not None and said.code == "unavailable"
        return ServerTrouble(in_doubt=not ours, status=status)
    if said is None or not said.code:
        # A sign-in page or a proxy must never look like "signed out" or "gone".
        return BadAnswer(why="portal", status=status)
    return by_status(status, said.errors[0].field if said.errors else "")


def by_status(status: int, field: str = "") -> SafetyError:
    """Return the error for a status that a server gave one of several changes."""
    if status >= 500:
        return ServerTrouble(status=status)
    if kind := _REFUSALS.get(status):
        return kind()
    return Invalid(field=field)
