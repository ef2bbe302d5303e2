"""The shape of the authorization matrix: one row per operation, one column per role.

A row says what is asked and which status each role must get. `arrange` makes, as
the owner (alice), what is asked for; `request` is then sent by each role in turn, on
a stage of its own. Beyond statuses a row may name `secret`, a text that nobody but
the owner may read in the answer, and `unharmed`, which must hold after the request
of anybody but the owner.

Every row is run again with each of its checks replaced by "allow"; the row must then
turn red, or it proves nothing.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import sqlalchemy as sa

from safetyclient.backend import access
from safetyclient.backend.sessions import Principal
from tests.backend.stage import Caller, Stage

OWNER_ID = 1


class Role(enum.Enum):
    """Who asks: alice owns what is asked for, bob is the other user."""

    ANONYMOUS = "anonymous"
    EXPIRED = "expired"
    REVOKED = "revoked"
    OTHER = "other"
    MODERATOR = "moderator"
    OWNER = "owner"


WITHOUT_TOKEN = (Role.ANONYMOUS, Role.EXPIRED, Role.REVOKED)


class Guard(enum.Enum):
    """A check that can be replaced by "allow"."""

    SIGN_IN = "sign_in"
    OWNERSHIP = "ownership"
    SIGHT = "sight"


@dataclass(frozen=True, slots=True)
class Ask:
    """One request; `path` is below /v1, `options` are those of `Caller.call`."""

    method: str
    path: str
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])


Facts = dict[str, Any]
"""What `arrange` leaves for `request` and `unharmed`: ids and the like."""


def _nothing(_stage: Stage) -> Facts:
    return {}


def _always(_stage: Stage, _facts: Facts) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Row:
    """What one operation answers to each role.

    Attributes:
        operation: Operation id in the OpenAPI document.
        request: Makes the request from what `arrange` left.
        owner: Status for the owner.
        other: Status for another user.
        moderator: Status for a moderator; None is the same as `other`.
        public: Whether those without a good token get what the owner gets.
        arrange: Makes what is asked for.
        secret: Text that may be in the owner's answer only; the owner's must have it.
        unharmed: Whether the owner's things are as before.
        guards: The checks, besides the sign-in, that the operation goes through.
    """

    operation: str
    request: Callable[[Facts], Ask]
    owner: int = 200
    other: int = 404
    moderator: int | None = None
    public: bool = False
    arrange: Callable[[Stage], Facts] = _nothing
    secret: str = ""
    unharmed: Callable[[Stage, Facts], bool] = _always
    guards: tuple[Guard, ...] = ()

    def expected(self, role: Role) -> int:
        """Return the status that a role must get."""
        if role is Role.OWNER:
            return self.owner
        if role in WITHOUT_TOKEN:
            return self.owner if self.public else 401
        if role is Role.MODERATOR and self.moderator is not None:
            return self.moderator
        return self.other

    @property
    def mutants(self) -> tuple[Guard, ...]:
        """Return the checks that are replaced one at a time."""
        return self.guards if self.public else (Guard.SIGN_IN, *self.guards)


def asks(method: str, path: str, **options: Any) -> Callable[[Facts], Ask]:
    """Return a request whose path may hold `{names}` of facts."""

    def make(facts: Facts) -> Ask:
        return Ask(method, path.format(**facts), options)

    return make


def objections(stage: Stage, row: Row, role: Role) -> list[str]:
    """Play one cell of the matrix and return what is wrong; nothing when green."""
    stage.reset()
    facts = row.arrange(stage)
    ask = row.request(facts)
    answer = _send(_caller(stage, role), ask)
    wrong: list[str] = []
    if answer.status_code != row.expected(role):
        wrong.append(f"{answer.status_code} instead of {row.expected(role)}")
    if role is Role.OWNER:
        if row.secret and row.secret not in answer.text:
            wrong.append("the owner does not get what is theirs")
    else:
        if row.secret and row.secret in answer.text:
            wrong.append("the answer tells what is the owner's")
        stage.move_clock(seconds=0)
        if not row.unharmed(stage, facts):
            wrong.append("the owner's things were changed")
    return wrong


def _send(caller: Caller, ask: Ask) -> httpx.Response:
    return caller.call(ask.method, f"/v1{ask.path}", **ask.options)


def _caller(stage: Stage, role: Role) -> Caller:
    match role:
        case Role.ANONYMOUS:
            return stage.anonymous
        case Role.OTHER:
            return stage.sign_in("bob")
        case Role.MODERATOR:
            return stage.sign_in("mod")
        case Role.OWNER:
            return stage.sign_in("alice")
        case Role.REVOKED:
            caller = stage.sign_in("alice")
            caller.do("DELETE", "/v1/session", keyed=False)
            return caller
        case Role.EXPIRED:
            # The token was given out so long ago that it has just ended.
            stage.move_clock(seconds=-30 * 86_400 - 60)
            caller = stage.sign_in("alice")
            stage.move_clock(seconds=0)
            return caller


@contextmanager
def allowing(operation: str, guard: Guard) -> Generator[None]:
    """Replace one check of one operation by "allow" for a while."""
    match guard:
        case Guard.SIGN_IN:
            with _replaced(access.CHECKS, operation, _let_in):
                yield
        case Guard.OWNERSHIP:
            with _replaced(access.RULES, operation, _all_rows):
                yield
        case Guard.SIGHT:
            with _replaced(access.SIGHTS, operation, _everything):
                yield


@contextmanager
def watching(operation: str) -> Generator[set[Guard]]:
    """Tell which checks of rows an operation goes through."""
    seen: set[Guard] = set()

    def rule(owner: sa.ColumnElement[Any], me: Principal) -> sa.ColumnElement[bool]:
        seen.add(Guard.OWNERSHIP)
        return access.is_own(owner, me)

    def sight(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
        seen.add(Guard.SIGHT)
        return condition

    with (
        _replaced(access.RULES, operation, rule),
        _replaced(access.SIGHTS, operation, sight),
    ):
        yield seen


@contextmanager
def _replaced(registry: dict[str, Any], name: str, value: object) -> Generator[None]:
    before = registry.get(name)
    registry[name] = value
    try:
        yield
    finally:
        if before is None:
            del registry[name]
        else:
            registry[name] = before


def _let_in(visitor: Principal | None) -> Principal:
    return visitor or Principal(OWNER_ID, "alice", access.MODERATOR, 0)


def _all_rows(_owner: sa.ColumnElement[Any], _me: Principal) -> sa.ColumnElement[bool]:
    return sa.true()


def _everything(_condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.true()
