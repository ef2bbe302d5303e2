"""The application: routes, guard, problem handler, headers, OpenAPI document."""

from __future__ import annotations

from litestar import Litestar, Router
from litestar.datastructures import MutableScopeHeaders, State
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme
from litestar.types import ControllerRouterHandler, Message, Scope

from safetyclient.backend import (
    access,
    lists,
    moderation,
    operations,
    people,
    posts,
    posts_media,
    problems,
    protection,
    relations,
    reports,
    server,
    session,
    spaces,
    taxonomy,
    uploads,
)
from safetyclient.backend.document import ExactJson
from safetyclient.backend.limits import Allowance
from safetyclient.backend.routes import BEARER, DEPENDENCIES
from safetyclient.backend.service import Service

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
OPENAPI_PATH = "/v1/schema/openapi.json"


def build(service: Service) -> Litestar:
    """Return the application around the parts of a server."""
    router = Router(
        "/v1",
        route_handlers=_handlers(),
        dependencies=dict(DEPENDENCIES),
        guards=[access.admit],
    )
    return Litestar(
        route_handlers=[router],
        state=State({"service": service}),
        exception_handlers={Exception: problems.answer},
        before_send=[_add_headers],
        request_max_body_size=service.settings.body_bytes,
        openapi_config=_openapi(),
        logging_config=None,
    )


def _handlers() -> list[ControllerRouterHandler]:
    return [
        *server.HANDLERS,
        *session.HANDLERS,
        *people.HANDLERS,
        *relations.HANDLERS,
        *protection.HANDLERS,
        *lists.HANDLERS,
        *operations.HANDLERS,
        *taxonomy.HANDLERS,
        *uploads.HANDLERS,
        *posts.HANDLERS,
        *posts_media.HANDLERS,
        *spaces.HANDLERS,
        *reports.HANDLERS,
        *moderation.HANDLERS,
    ]


def _openapi() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Safety Client reference API",
        version="1",
        path="/v1/schema",
        render_plugins=[ExactJson(path="/openapi.json")],
        use_handler_docstrings=True,
        components=Components(
            security_schemes={BEARER: SecurityScheme(type="http", scheme="bearer")}
        ),
    )


async def _add_headers(message: Message, scope: Scope) -> None:
    if message["type"] != "http.response.start":
        return
    headers = MutableScopeHeaders.from_message(message)
    for name, value in _HEADERS.items():
        if name not in headers:
            headers[name] = value
    allowance: Allowance | None = scope["state"].get("allowance")
    if allowance is not None:
        for name, value in allowance.headers().items():
            headers[name] = value
