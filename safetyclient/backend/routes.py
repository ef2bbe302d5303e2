"""How an operation is declared, and what it is handed: a visit or a write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, TypeAlias

from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.handlers import HTTPRouteHandler
from litestar.params import HeaderParameter, Parameter, QueryParameter
from litestar.types import Method

from safetyclient.backend import access
from safetyclient.backend.problems import IDEMPOTENCY_HEADER, declared
from safetyclient.backend.service import Service
from safetyclient.backend.sessions import Principal
from safetyclient.backend.writes import WriteRequest, fingerprint
from safetyclient.wire.v1.common import ProblemCode as P

BEARER = "bearer"
WHO_PATTERN = "^(@[A-Za-z0-9_.-]{1,63}|[0-9]{1,18})$"
ID_PATTERN = "^[0-9]{1,18}$"
KEY_PATTERN = "^[A-Za-z0-9-]{8,64}$"

WhoPath = Annotated[str, Parameter(pattern=WHO_PATTERN)]
"""A person in a path: an id, or a handle with its `@`."""
IdPath = Annotated[str, Parameter(pattern=ID_PATTERN)]
"""An id in a path."""
Limit = Annotated[int, QueryParameter(name="limit", ge=1, le=500)]
"""How many items a page holds."""
Cursor = Annotated[str, QueryParameter(name="cursor", pattern="^[0-9]{0,18}$")]
"""Where the next page begins: what `next` said, or nothing."""

_ALWAYS = (P.INVALID, P.RATE_LIMITED, P.INTERNAL, P.UNAVAILABLE)
_WITH_BODY = (P.TOO_LARGE, P.UNSUPPORTED_MEDIA)
_WRITES = (P.KEY_MISSING, P.KEY_REUSED)


@dataclass(frozen=True, slots=True)
class VisitRequest:
    """A request that only reads: who, when, and the parts of the server."""

    service: Service
    me: Principal
    now: datetime

    def page(self, limit: int) -> int:
        """Return how many items a page holds, within the server's limit."""
        return min(limit, self.service.settings.page)


Visit: TypeAlias = NamedDependency[VisitRequest]
"""Annotation of a handler's parameter `visit`."""
Parts: TypeAlias = NamedDependency[Service]
"""Annotation of a handler's parameter `service`, where nobody need be signed in."""


def operation(
    method: Method,
    path: str,
    *,
    name: str,
    tag: str,
    check: access.Check | None = access.signed_in,
    status: int = 200,
    problems: Iterable[P] = (),
    keyed: bool | None = None,
    body_bytes: int | None = None,
    **extra: Any,
) -> HTTPRouteHandler:
    """Return the decorator of one synchronous operation under /v1.

    Args:
        method: The HTTP method.
        path: The path below /v1.
        name: Operation id; the key of `access.CHECKS` and `access.RULES`.
        tag: Heading in the OpenAPI document.
        check: What the visitor must be; None is public.
        status: Status of success.
        problems: Refusals of its own, beside those that every operation may give.
        keyed: Whether it takes an idempotency key; by default every write does.
        body_bytes: Largest body, where it is not the server's usual limit.
        extra: Handed to the framework's route handler.
    """
    codes = {*_ALWAYS, *problems}
    if method in {"POST", "PUT", "PATCH"}:
        codes |= {*_WITH_BODY}
    if keyed if keyed is not None else method != "GET":
        codes |= {*_WRITES}
    if check is not None:
        access.CHECKS[name] = check
        codes |= {P.UNAUTHORIZED}
    if check is access.moderator:
        codes |= {P.FORBIDDEN}
    options: dict[str, Any] = dict(extra)
    if body_bytes is not None:
        options["request_max_body_size"] = body_bytes
    return HTTPRouteHandler(
        path,
        http_method=method,
        operation_id=name,
        operation=name,
        public=check is None,
        tags=[tag],
        status_code=status,
        responses=declared(codes),
        security=[{BEARER: []}] if check is not None else None,
        sync_to_thread=True,
        **options,
    )


async def provide_visit(
    request: Request[Principal, Any, State], service: Parts
) -> VisitRequest:
    """Return the visit of a request whose guard has let it in."""
    return VisitRequest(service=service, me=request.user, now=service.clock.now())


async def provide_write(
    request: Request[Principal, Any, State],
    service: Parts,
    idempotency_key: Annotated[
        str, HeaderParameter(name=IDEMPOTENCY_HEADER, pattern=KEY_PATTERN)
    ],
) -> WriteRequest:
    """Return the write of a request whose guard has let it in."""
    return WriteRequest(
        service=service,
        me=request.user,
        key=idempotency_key,
        fingerprint=fingerprint(
            request.method.encode(),
            request.scope["path"].encode(),
            request.scope["query_string"],
            await request.body(),
        ),
    )


async def provide_service(state: State) -> Service:
    """Return the parts of the server."""
    service: Service = state.service
    return service


DEPENDENCIES: Mapping[str, Provide] = {
    "service": Provide(provide_service),
    "visit": Provide(provide_visit),
    "write": Provide(provide_write),
}
