"""The bytes of a file, for whoever may see its post."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from litestar.response import Stream

from safetyclient.backend import posts_view
from safetyclient.backend.access import seen
from safetyclient.backend.posts_bodies import FileOut
from safetyclient.backend.posts_tables import media, posts
from safetyclient.backend.problems import not_found
from safetyclient.backend.routes import IdPath, Visit, operation
from safetyclient.backend.uploads import contents
from safetyclient.wire.v1.common import ProblemCode as P


@operation(
    "GET",
    "/media/{media_id:str}",
    name="getMedia",
    tag="posts",
    problems=[P.NOT_FOUND],
    operation_class=FileOut,
)
def get_media(media_id: IdPath, visit: Visit) -> Stream:
    """Send a file as it was uploaded.

    It is seen by whoever may see its post; before it is published, by its owner.
    """
    published = media.c.post_id.in_(
        posts_view.all_posts()
        .where(posts_view.may_see(visit.me.id, now=visit.now))
        .with_only_columns(posts.c.id)
    )
    unpublished = media.c.post_id.is_(None) & (media.c.owner_id == visit.me.id)
    query = sa.select(media.c.upload_id, media.c.type, media.c.size).where(
        media.c.id == int(media_id), seen("getMedia", published | unpublished)
    )
    with visit.service.database.read() as connection:
        row = connection.execute(query).first()
    if row is None:
        raise not_found()
    return Stream(
        _body(visit, row.upload_id),
        media_type=row.type,
        headers={
            "Content-Length": str(row.size),
            "Content-Disposition": "attachment",
        },
    )


def _body(visit: Visit, upload: int) -> Iterator[bytes]:
    with visit.service.database.read() as connection:
        yield from contents(connection, upload)


HANDLERS = (get_media,)
