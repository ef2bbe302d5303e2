"""What a report is about: whether it is there, what is it called, where it is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from safetyclient.backend import people as persons
from safetyclient.backend import posts_view, spaces
from safetyclient.backend.access import seen
from safetyclient.backend.posts_tables import media, posts
from safetyclient.backend.problems import Refusal, invalid, not_found
from safetyclient.backend.spaces_tables import spaces as spaces_table
from safetyclient.backend.tables import people
from safetyclient.backend.visibility import FOLLOWERS, follows_person
from safetyclient.backend.writes import Effect
from safetyclient.wire.v1.common import ProblemCode as P
from safetyclient.wire.v1.reports import Subject

OPERATION = "submitReport"
_FOREIGN = frozenset({"list", "message", "ad"})
"""Kinds that this server does not hold itself: their ids are kept as they come."""


def canonical(subject: Subject, effect: Effect) -> Subject:
    """Return a subject under the id that the server knows it by.

    A block does not hinder a report; being protected does, for whoever may not see.

    Raises:
        Refusal: `not_found`, `gone` (a Space that ended long ago) or `invalid`.
    """
    if subject.kind in _FOREIGN:
        return subject
    if subject.kind == "account":
        return Subject(kind="account", id=str(_account(subject.id, effect)))
    number = _number(subject.id)
    if subject.kind == "space":
        _check_space(number, effect)
    else:
        _check_post(subject.kind, number, effect)
    return Subject(kind=subject.kind, id=str(number))


def address(connection: Connection, kind: str, subject_id: str, *, origin: str) -> str:
    """Return the address of a subject; empty when it has none (any more)."""
    if kind in _FOREIGN:
        return ""
    number = int(subject_id)
    if kind == "media":
        return posts_view.media_address(origin, number)
    if kind == "space":
        return spaces.address(origin, number)
    if kind == "account":
        handle = connection.scalar(
            sa.select(people.c.handle).where(people.c.id == number)
        )
        return "" if handle is None else persons.address(origin, handle)
    handle = connection.scalar(
        sa.select(people.c.handle)
        .join(posts, posts.c.author_id == people.c.id)
        .where(posts.c.id == number)
    )
    return "" if handle is None else posts_view.post_address(origin, handle, number)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise invalid("subject.id")
    return int(text)


def _account(text: str, effect: Effect) -> int:
    who = text if text.startswith("@") else str(_number(text))
    return persons.resolve(effect.connection, who)


def _check_space(number: int, effect: Effect) -> None:
    """Refuse a Space that is not there, or whose end lies too far back."""
    ends = effect.connection.scalar(
        sa.select(spaces_table.c.ends_at).where(spaces_table.c.id == number)
    )
    if ends is None:
        raise not_found()
    kept = timedelta(days=effect.service.settings.space_report_days)
    if ends + kept <= effect.now:
        raise Refusal(P.GONE)


def _check_post(kind: str, number: int, effect: Effect) -> None:
    """Refuse a post, or a file of one, that the reporter could never have seen."""
    query: sa.Select[Any] = (
        sa.select(posts.c.id)
        .join(people, people.c.id == posts.c.author_id)
        .where(~posts.c.removed, seen(OPERATION, _reportable(effect.me.id)))
    )
    if kind == "media":
        query = query.join(media, media.c.post_id == posts.c.id)
    column = media.c.id if kind == "media" else posts.c.id
    if effect.connection.scalar(query.where(column == number)) is None:
        raise not_found()


def _reportable(viewer: int) -> sa.ColumnElement[bool]:
    """Return the condition to report a post: to see it, blocks apart."""
    hidden = people.c.protected | (posts.c.audience == FOLLOWERS)
    return (
        ~hidden
        | (posts.c.author_id == viewer)
        | follows_person(follower=viewer, followed=posts.c.author_id)
    )
