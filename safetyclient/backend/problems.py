"""Refusals, and the one handler that turns any exception into RFC 9457."""

from __future__ import annotations

import logging
import re
import traceback
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.openapi.datastructures import ResponseSpec

from safetyclient.wire.v1.common import FieldProblem, Problem, ProblemCode

MEDIA_TYPE = "application/problem+json"
IDEMPOTENCY_HEADER = "Idempotency-Key"

# The framework names a missing header or query parameter only in a sentence.
_MISSING = re.compile(r"^Missing required \w+ parameter '([^']{1,60})'")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Kind:
    status: int
    title: str


_KINDS: Mapping[ProblemCode, _Kind] = {
    ProblemCode.INVALID: _Kind(400, "The request is not valid"),
    ProblemCode.KEY_MISSING: _Kind(400, "This write needs an Idempotency-Key"),
    ProblemCode.UNAUTHORIZED: _Kind(401, "Sign in first"),
    ProblemCode.FORBIDDEN: _Kind(403, "Not allowed"),
    ProblemCode.NOT_FOUND: _Kind(404, "Not found"),
    ProblemCode.METHOD_NOT_ALLOWED: _Kind(405, "Method not allowed"),
    ProblemCode.CONFLICT: _Kind(409, "In conflict with the present state"),
    ProblemCode.GONE: _Kind(410, "No longer there"),
    ProblemCode.PRECONDITION: _Kind(412, "Changed in the meantime"),
    ProblemCode.TOO_LARGE: _Kind(413, "Too large"),
    ProblemCode.UNSUPPORTED_MEDIA: _Kind(415, "Unsupported media type"),
    ProblemCode.KEY_REUSED: _Kind(422, "The key was used for another request"),
    ProblemCode.PRECONDITION_REQUIRED: _Kind(428, "This write needs If-Match"),
    ProblemCode.RATE_LIMITED: _Kind(429, "Too many requests"),
    ProblemCode.INTERNAL: _Kind(500, "The server failed"),
    ProblemCode.UNAVAILABLE: _Kind(503, "Try again later"),
}
_BY_STATUS: Mapping[int, ProblemCode] = {
    kind.status: code
    for code, kind in _KINDS.items()
    if code is not ProblemCode.KEY_MISSING
}


class Refusal(Exception):
    """The request is refused; the transaction it was raised in is rolled back.

    Args:
        code: Says the HTTP status too.
        detail: One sentence for developers; it never holds what others wrote.
        errors: Fields that were not accepted.
        retry_after: Whole seconds for the `Retry-After` header.
    """

    def __init__(
        self,
        code: ProblemCode,
        *,
        detail: str = "",
        errors: Iterable[FieldProblem] = (),
        retry_after: int | None = None,
    ) -> None:
        self.code = code
        self.detail = detail
        self.errors = list(errors)
        self.headers: dict[str, str] = {}
        if retry_after is not None:
            self.headers["Retry-After"] = str(retry_after)
        if code is ProblemCode.UNAUTHORIZED:
            self.headers["WWW-Authenticate"] = "Bearer"
        super().__init__(code.value)

    @property
    def status(self) -> int:
        """Return the HTTP status of this refusal."""
        return _KINDS[self.code].status


def not_found() -> Refusal:
    """Return the answer for what is missing and for what is not yours alike."""
    return Refusal(ProblemCode.NOT_FOUND)


def invalid(field: str, *, code: str = "invalid") -> Refusal:
    """Return the refusal of one field."""
    return Refusal(ProblemCode.INVALID, errors=[FieldProblem(field=field, code=code)])


def declared(codes: Iterable[ProblemCode]) -> dict[int, ResponseSpec]:
    """Return the problem answers of an operation for the OpenAPI document."""
    titles: dict[int, str] = {}
    for code in sorted(codes, key=lambda code: code.value):
        kind = _KINDS[code]
        before = titles.get(kind.status)
        titles[kind.status] = f"{before}; {code.value}" if before else code.value
    return {
        status: ResponseSpec(
            data_container=Problem,
            generate_examples=False,
            description=title,
            media_type=MEDIA_TYPE,
        )
        for status, title in titles.items()
    }


def answer(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Turn any exception, ours or the framework's, into a problem document."""
    refusal = error if isinstance(error, Refusal) else _translate(error)
    instance = f"urn:uuid:{uuid.uuid4()}"
    if refusal.status >= 500:
        # Where it happened, but not its message: a database puts values into that.
        where = "".join(traceback.format_tb(error.__traceback__))
        kind_of_error = type(error).__qualname__
        _log.error("%s %s\n%s%s", request.method, instance, where, kind_of_error)
    kind = _KINDS[refusal.code]
    document = Problem(
        type=f"urn:safetyclient:problem:{refusal.code.value}",
        title=kind.title,
        status=kind.status,
        detail=refusal.detail or kind.title,
        instance=instance,
        code=refusal.code.value,
        errors=refusal.errors,
    )
    return Response(
        msgspec.json.encode(document),
        status_code=kind.status,
        media_type=MEDIA_TYPE,
        headers=refusal.headers,
    )


def _translate(error: Exception) -> Refusal:
    if isinstance(error, RecursionError):
        # The only recursion that a request steers is the depth of its JSON.
        return Refusal(ProblemCode.INVALID)
    if not isinstance(error, HTTPException):
        return Refusal(ProblemCode.INTERNAL)
    code = _BY_STATUS.get(error.status_code)
    if code is None:
        code = ProblemCode.INTERNAL if error.status_code >= 500 else ProblemCode.INVALID
    fields = list(_fields(error))
    if FieldProblem(field=IDEMPOTENCY_HEADER, code="missing") in fields:
        code = ProblemCode.KEY_MISSING
    refusal = Refusal(code, errors=fields)
    if code is ProblemCode.METHOD_NOT_ALLOWED and error.headers:
        refusal.headers["Allow"] = _allow(error.headers)
    return refusal


def _allow(headers: Mapping[str, str]) -> str:
    return next(
        (value for name, value in headers.items() if name.lower() == "allow"), ""
    )


def _name(entry: Mapping[str, Any]) -> str:
    name = str(entry.get("key", ""))
    return name.replace("_", "-").title() if entry.get("source") == "header" else name


def _fields(error: HTTPException) -> Iterable[FieldProblem]:
    if missing := _MISSING.search(error.detail):
        yield FieldProblem(field=missing[1], code="missing")
    if not isinstance(error.extra, list):
        return
    for item in error.extra:
        if isinstance(item, dict):
            entry = cast("dict[str, Any]", item)
            message = str(entry.get("message", "")).lower()
            absent = "missing" in message or "required" in message
            yield FieldProblem(
                field=_name(entry),
                code="missing" if absent else "invalid",
            )
