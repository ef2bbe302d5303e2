"""Who may do what: one check of the visitor, and one of ownership, per operation.

Every operation names itself, and both registries are asked by that name. The tests
replace one entry at a time by "allow" and expect to notice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from safetyclient.backend import sessions
from safetyclient.backend.problems import Refusal
from safetyclient.backend.service import Service
from safetyclient.backend.sessions import Principal
from safetyclient.wire.v1.common import ProblemCode

Check = Callable[[Principal | None], Principal]
Rule = Callable[[sa.ColumnElement[Any], Principal], sa.ColumnElement[bool]]
Sight = Callable[[sa.ColumnElement[bool]], sa.ColumnElement[bool]]

CHECKS: dict[str, Check] = {}
"""Operation → what its visitor must be; public operations have no entry."""
RULES: dict[str, Rule] = {}
"""Operation → when a row is the visitor's own; without an entry: `is_own`."""
SIGHTS: dict[str, Sight] = {}
"""Operation → what stands for its condition of sight; without an entry: the same."""

MODERATOR = "moderator"
USER = "user"


def signed_in(visitor: Principal | None) -> Principal:
    """Let everybody in who has a good token."""
    if visitor is None:
        raise Refusal(ProblemCode.UNAUTHORIZED)
    return visitor


def moderator(visitor: Principal | None) -> Principal:
    """Let moderators in only."""
    person = signed_in(visitor)
    if person.role != MODERATOR:
        raise Refusal(ProblemCode.FORBIDDEN)
    return person


def is_own(owner: sa.ColumnElement[Any], me: Principal) -> sa.ColumnElement[bool]:
    """Match rows that belong to the visitor."""
    return owner == me.id


def own(
    operation: str, owner: sa.ColumnElement[Any], *, me: Principal
) -> sa.ColumnElement[bool]:
    """Return the condition that keeps an operation to the visitor's own rows.

    What is not yours is not found: the answer is the same as for a missing row.
    """
    return RULES.get(operation, is_own)(owner, me)


def seen(operation: str, condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Return the condition that keeps an operation to what the visitor may see."""
    sight = SIGHTS.get(operation)
    return condition if sight is None else sight(condition)


def admit(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    """Guard of every route: find the visitor, count the request, ask the check."""
    service: Service = connection.app.state.service
    visitor = _visitor(connection, service)
    key = (
        f"address:{address(connection)}" if visitor is None else f"person:{visitor.id}"
    )
    connection.scope["state"]["allowance"] = service.requests.take(key)
    check = CHECKS.get(handler.opt.get("operation", ""))
    if check is None and not handler.opt.get("public", False):
        # Not declared the usual way: closed rather than open.
        check = signed_in
    connection.scope["user"] = visitor if check is None else check(visitor)
    _require_json(connection, handler)


def _require_json(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    """Refuse a body that an operation would decode and that is not called JSON."""
    if handler.parsed_data_field is None:
        return
    stated = connection.headers.get("content-type", "").partition(";")[0].strip()
    if stated.lower() != "application/json":
        raise Refusal(ProblemCode.UNSUPPORTED_MEDIA)


def address(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Return the network address of the visitor."""
    return connection.client.host if connection.client else ""


def _visitor(
    connection: ASGIConnection[Any, Any, Any, Any], service: Service
) -> Principal | None:
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        return None
    with service.database.read() as database:
        return sessions.find(database, token.strip(), now=service.clock.now())
