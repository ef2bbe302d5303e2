"""Touched: a change is announced by kind, never by widget."""

from __future__ import annotations

import enum


class Touched(enum.Flag):
    """Kinds of things that a reader may have to read again."""

    NOTHING = 0
    ACCOUNTS = enum.auto()
    PROTECTION = enum.auto()
    REQUESTS = enum.auto()
    FOLLOWERS = enum.auto()
    MUTES = enum.auto()
    BLOCKS = enum.auto()
    POSTS = enum.auto()
    SPACES = enum.auto()
    DRAFTS = enum.auto()
    CASES = enum.auto()
    OUTBOX = enum.auto()
    HISTORY = enum.auto()
    CONNECTION = enum.auto()
    HELD = enum.auto()
    """A mirror shrank too much and waits for an answer."""
