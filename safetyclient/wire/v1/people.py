"""Shapes of people, followers and follow requests."""

from __future__ import annotations

from datetime import datetime

from safetyclient.wire.v1.common import Id, Wire


class Me(Wire, frozen=True, kw_only=True):
    """The signed-in person."""

    id: Id
    handle: str
    name: str
    bio: str
    protected: bool
    role: str
    url: str
    followers: int
    following: int


class Person(Wire, frozen=True, kw_only=True):
    """A person as the visitor stands to them."""

    id: Id
    handle: str
    name: str
    bio: str
    url: str
    protected: bool
    follows_me: bool
    followed: bool
    follow_requested: bool


class People(Wire, frozen=True, kw_only=True):
    """A page of people."""

    items: list[Person]
    next: str


class Follow(Wire, frozen=True, kw_only=True):
    """Somebody who follows, or asks to, since when."""

    person: Person
    since: datetime


class Follows(Wire, frozen=True, kw_only=True):
    """A page of followers, of those one follows, or of follow requests."""

    items: list[Follow]
    next: str
