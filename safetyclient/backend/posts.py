"""Operations on posts: publish, read, change warnings, repost, delete."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

import sqlalchemy as sa
from litestar.params import JSONBody, QueryParameter
from sqlalchemy.engine import Connection, Row

from safetyclient.backend import posts_view
from safetyclient.backend.access import own, seen
from safetyclient.backend.people import resolve
from safetyclient.backend.posts_tables import media, posts, reposts, uploads
from safetyclient.backend.problems import Refusal, invalid, not_found
from safetyclient.backend.routes import Cursor, IdPath, Limit, Visit, WhoPath, operation
from safetyclient.backend.tables import people
from safetyclient.backend.writes import Done, Effect, Write
from safetyclient.wire.v1.common import ProblemCode as P
from safetyclient.wire.v1.posts import (
    NewMedia,
    NewPost,
    NewWarnings,
    Post,
    PostPage,
    Repost,
)

TAG = "posts"
WithMedia = Annotated[bool, QueryParameter(name="with_media")]


@operation(
    "POST",
    "/posts",
    name="publishPost",
    tag=TAG,
    status=201,
    problems=[P.NOT_FOUND, P.CONFLICT],
)
def publish_post(data: JSONBody[NewPost], write: Write) -> Post:
    """Publish text, finished uploads, or both; each file with its own warnings."""
    return write.once(
        partial(_publish, data), operation="publishPost", returns=Post, status=201
    )


@operation("GET", "/me/posts", name="listOwnPosts", tag=TAG)
def list_own_posts(
    visit: Visit, with_media: WithMedia = False, limit: Limit = 50, cursor: Cursor = ""
) -> PostPage:
    """List the visitor's own posts, newest first; all, or those with files."""
    query = posts_view.all_posts().where(
        own("listOwnPosts", posts.c.author_id, me=visit.me)
    )
    if with_media:
        query = query.where(sa.exists().where(media.c.post_id == posts.c.id))
    with visit.service.database.read() as connection:
        return _page(connection, query, visit, limit=limit, cursor=cursor)


@operation(
    "GET",
    "/people/{who:str}/posts",
    name="listPostsOf",
    tag=TAG,
    problems=[P.NOT_FOUND],
)
def list_posts_of(
    who: WhoPath, visit: Visit, limit: Limit = 50, cursor: Cursor = ""
) -> PostPage:
    """List the posts of a person that the visitor may see, newest first."""
    with visit.service.database.read() as connection:
        author = resolve(connection, who)
        query = posts_view.all_posts().where(
            posts.c.author_id == author,
            seen("listPostsOf", posts_view.may_see(visit.me.id, now=visit.now)),
        )
        return _page(connection, query, visit, limit=limit, cursor=cursor)


@operation(
    "GET", "/posts/{post_id:str}", name="getPost", tag=TAG, problems=[P.NOT_FOUND]
)
def get_post(post_id: IdPath, visit: Visit) -> Post:
    """Show a post; one that the visitor may not see answers like a missing one."""
    with visit.service.database.read() as connection:
        condition = posts_view.may_see(visit.me.id, now=visit.now)
        row = _find(connection, post_id, seen("getPost", condition))
        return _one(connection, row, visit.me.id, visit.service.origin)


@operation(
    "PUT",
    "/posts/{post_id:str}/media/{media_id:str}/warnings",
    name="setWarnings",
    tag=TAG,
    problems=[P.NOT_FOUND],
)
def set_warnings(
    post_id: IdPath, media_id: IdPath, data: JSONBody[NewWarnings], write: Write
) -> Post:
    """Say anew which warnings one file of one of the visitor's own posts carries."""
    return write.once(
        partial(_warn, post_id, media_id, data), operation="setWarnings", returns=Post
    )


@operation(
    "POST",
    "/posts/{post_id:str}/repost",
    name="repost",
    tag=TAG,
    status=201,
    problems=[P.NOT_FOUND, P.FORBIDDEN],
)
def repost(post_id: IdPath, write: Write) -> Repost:
    """Show a post to one's own followers; refused when it is not for everyone."""
    return write.once(
        partial(_repost, post_id), operation="repost", returns=Repost, status=201
    )


@operation(
    "DELETE",
    "/posts/{post_id:str}",
    name="deletePost",
    tag=TAG,
    status=204,
    problems=[P.NOT_FOUND],
)
def delete_post(post_id: IdPath, write: Write) -> None:
    """Delete one of the visitor's own posts with its files."""
    write.once(
        partial(_delete, post_id),
        operation="deletePost",
        returns=type(None),
        status=204,
    )


HANDLERS = (
    publish_post,
    list_own_posts,
    list_posts_of,
    get_post,
    set_warnings,
    repost,
    delete_post,
)


def _publish(data: NewPost, effect: Effect) -> Done[Post]:
    if not data.text.strip() and not data.media:
        raise invalid("text", code="missing")
    if len(data.media) > effect.service.settings.files:
        raise invalid("media", code="too_many")
    if len({file.id for file in data.media}) < len(data.media):
        raise invalid("media", code="repeated")
    number = effect.connection.execute(
        posts.insert()
        .values(
            author_id=effect.me.id,
            text=data.text,
            audience=data.audience,
            created_at=effect.now,
            removed=False,
        )
        .returning(posts.c.id)
    ).scalar_one()
    for place, file in enumerate(data.media):
        _attach(effect, number, place, file)
    return _done(effect, number)


def _attach(effect: Effect, post: int, place: int, file: NewMedia) -> None:
    """Make a finished upload a file of a post.

    Raises:
        Refusal: `not_found`, or `conflict` when it was published already.
    """
    mine = (media.c.id == int(file.id)) & own(
        "publishPost", media.c.owner_id, me=effect.me
    )
    changed = effect.connection.execute(
        media.update()
        .where(mine, media.c.post_id.is_(None))
        .values(
            post_id=post,
            place=place,
            description=file.description,
            warnings=posts_view.kept(file.warnings),
        )
    ).rowcount
    if not changed:
        known = effect.connection.scalar(sa.select(media.c.id).where(mine))
        raise not_found() if known is None else Refusal(P.CONFLICT)


def _warn(post_id: str, media_id: str, data: NewWarnings, effect: Effect) -> Done[Post]:
    mine = sa.select(posts.c.id).where(
        posts.c.id == int(post_id),
        ~posts.c.removed,
        own("setWarnings", posts.c.author_id, me=effect.me),
    )
    changed = effect.connection.execute(
        media.update()
        .where(media.c.id == int(media_id), media.c.post_id.in_(mine))
        .values(warnings=posts_view.kept(data.warnings))
    ).rowcount
    if not changed:
        raise not_found()
    return _done(effect, int(post_id))


def _repost(post_id: str, effect: Effect) -> Done[Repost]:
    connection, viewer = effect.connection, effect.me.id
    condition = posts_view.may_see(viewer, now=effect.now)
    row = _find(connection, post_id, seen("repost", condition))
    protected = connection.scalar(
        sa.select(people.c.protected).where(people.c.id == row.author_id)
    )
    if protected or row.audience != "everyone":
        raise Refusal(P.FORBIDDEN)
    mine = (reposts.c.post_id == row.id) & (reposts.c.person_id == viewer)
    found = connection.execute(sa.select(reposts).where(mine)).first()
    if found is None:
        found = connection.execute(
            reposts.insert()
            .values(person_id=viewer, post_id=row.id, created_at=effect.now)
            .returning(reposts)
        ).one()
    shown = Repost(
        id=str(found.id),
        post=_one(connection, row, viewer, effect.service.origin),
        created_at=found.created_at,
    )
    return Done(shown, subject=f"post:{row.id}")


def _delete(post_id: str, effect: Effect) -> Done[None]:
    connection = effect.connection
    mine = (posts.c.id == int(post_id)) & own(
        "deletePost", posts.c.author_id, me=effect.me
    )
    files = connection.scalars(
        sa.select(media.c.upload_id).join_from(media, posts).where(mine)
    ).all()
    if not connection.execute(posts.delete().where(mine)).rowcount:
        raise not_found()
    connection.execute(uploads.delete().where(uploads.c.id.in_(files)))
    return Done(None, subject=f"post:{post_id}")


def _find(
    connection: Connection, post_id: str, condition: sa.ColumnElement[bool]
) -> Row[Any]:
    """Return a post that meets the condition, or refuse as if there were none."""
    row = connection.execute(
        posts_view.all_posts().where(posts.c.id == int(post_id), condition)
    ).first()
    if row is None:
        raise not_found()
    return row


def _one(connection: Connection, row: Row[Any], viewer: int, origin: str) -> Post:
    return posts_view.show(connection, [row], viewer=viewer, origin=origin)[0]


def _done(effect: Effect, number: int) -> Done[Post]:
    """Return the visitor's own post at the end of a write."""
    row = effect.connection.execute(
        posts_view.all_posts().where(posts.c.id == number)
    ).one()
    shown = _one(effect.connection, row, effect.me.id, effect.service.origin)
    return Done(shown, subject=f"post:{number}")


def _page(
    connection: Connection,
    query: sa.Select[Any],
    visit: Visit,
    *,
    limit: int,
    cursor: str,
) -> PostPage:
    """Return a page of posts, newest first; the cursor is the last post's id."""
    if cursor:
        query = query.where(posts.c.id < int(cursor))
    rows = connection.execute(query.order_by(posts.c.id.desc()).limit(limit + 1)).all()
    shown = posts_view.show(
        connection, rows[:limit], viewer=visit.me.id, origin=visit.service.origin
    )
    return PostPage(items=shown, next=shown[-1].id if len(rows) > limit else "")
