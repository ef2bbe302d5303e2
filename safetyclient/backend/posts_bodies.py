"""Bodies that are no JSON: parts of files coming in, whole files going out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from litestar.openapi.spec import (
    OpenAPIMediaType,
    OpenAPIResponse,
    OpenAPIType,
    Operation,
    RequestBody,
    Schema,
)
from litestar.openapi.spec.enums import OpenAPIFormat

from safetyclient.wire.v1.posts import MediaType

_OCTETS = Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY)


@dataclass
class OctetsIn(Operation):
    """An operation whose body is plain octets."""

    def __post_init__(self) -> None:
        """Say so in the OpenAPI document."""
        self.request_body = RequestBody(
            required=True,
            content={"application/octet-stream": OpenAPIMediaType(schema=_OCTETS)},
        )


@dataclass
class FileOut(Operation):
    """An operation that answers a file of any type that may be published."""

    def __post_init__(self) -> None:
        """Say so in the OpenAPI document."""
        answer = (self.responses or {}).get("200")
        if isinstance(answer, OpenAPIResponse):
            answer.content = {
                kind: OpenAPIMediaType(schema=_OCTETS) for kind in get_args(MediaType)
            }
