"""What the server says of itself, to everybody."""

from __future__ import annotations

from importlib.metadata import version

from safetyclient.backend.routes import Parts, operation
from safetyclient.wire.v1.operations import Limits, ServerInfo

NAME = "Safety Client reference server"


@operation("GET", "/server", name="getServer", tag="server", check=None)
def get_server(service: Parts) -> ServerInfo:
    """Tell name, version, time and limits."""
    settings = service.settings
    return ServerInfo(
        name=NAME,
        version=version("safetyclient"),
        time=service.clock.now(),
        limits=Limits(
            bulk=settings.bulk,
            page=settings.page,
            body_bytes=settings.body_bytes,
            part_bytes=settings.part_bytes,
            file_bytes=settings.file_bytes,
            files=settings.files,
            key_days=settings.key_days,
            feed_days=settings.feed_days,
            requests_per_minute=settings.requests_per_minute,
            appeal_days=settings.appeal_days,
        ),
    )


HANDLERS = (get_server,)
