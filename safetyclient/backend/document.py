"""The OpenAPI document, with every shape exactly as the decoder takes it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec
from litestar import Request
from litestar.datastructures import State
from litestar.openapi.plugins import JsonRenderPlugin

from safetyclient.backend.taxonomy import reasons
from safetyclient.wire import v1

_REFERENCE = "#/components/schemas/{name}"


class ExactJson(JsonRenderPlugin):
    """Renders the document with shapes by msgspec instead of the framework's.

    The framework leaves out what is demanded of the items of lists and mappings.
    """

    def render(
        self,
        request: Request[Any, Any, State],  # noqa: ARG002 - the framework's signature
        openapi_schema: dict[str, Any],
    ) -> bytes:
        """Return the document as JSON."""
        components = openapi_schema["components"]
        known = components["schemas"]
        exact = {name: shape for name, shape in _shapes().items() if name in known}
        document = {
            **openapi_schema,
            "components": {**components, "schemas": known | exact},
        }
        return msgspec.json.encode(document)


@cache
def _shapes() -> dict[str, Any]:
    """Return the JSON Schema of every wire type, by name."""
    _, shapes = msgspec.json.schema_components(list(_types()), ref_template=_REFERENCE)
    # The tree of reasons is data, so no type can name its leaves.
    wanted = shapes["NewReport"]["properties"]["reasons"]
    wanted["items"] = {"enum": sorted(reasons())}
    return shapes


def _types() -> Iterator[type[msgspec.Struct]]:
    """Yield every wire type."""
    for found in pkgutil.iter_modules(v1.__path__, f"{v1.__name__}."):
        module = importlib.import_module(found.name)
        for value in vars(module).values():
            if (
                isinstance(value, type)
                and issubclass(value, msgspec.Struct)
                and value.__module__ == module.__name__
            ):
                yield value
