"""Every call of the port Network and of the moderator, with what it asks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from safetyclient.adapters.http.client import Door
from safetyclient.adapters.networks.reference.moderation import Moderation
from safetyclient.adapters.networks.reference.network import (
    ReferenceNetwork,
    open_network,
)
from safetyclient.domain.accounts import Account, Credential, NetworkKind
from safetyclient.domain.changes import Change, ChangeKind
from safetyclient.domain.errors import SafetyError
from safetyclient.domain.ids import (
    OWN_ACCOUNT,
    AccountId,
    BatchId,
    DecisionId,
    MediaId,
    PersonId,
    PersonRef,
    PostId,
    SpoolId,
    SubjectKind,
    SubjectRef,
    new_change_id,
)
from safetyclient.domain.lists import ListKind
from safetyclient.domain.media import Audience, MediaType, PublishFile
from safetyclient.domain.reports import Outcome, Report
from safetyclient.domain.wishes import (
    AnswerRequest,
    Publish,
    RemoveFollower,
    SetBlock,
    SetMute,
    SetProtection,
    SetWarnings,
    SubmitAppeal,
    SubmitReport,
    Wish,
)
from tests.adapters.http.kit import StillClock
from tests.contract.world import MemoryUploads

ORIGIN = "https://one.example"
BOB = PersonRef(id=PersonId("7"), handle="bob")
NOW = datetime(2026, 3, 1, tzinfo=UTC)
REPORT = Report(
    subject=SubjectRef(SubjectKind.POST, "12"),
    reasons=("spam.bulk",),
    behalf="me",
    comment="canary",
    language="en",
)
FILE = PublishFile(
    spool=SpoolId("file"),
    name="a.png",
    type=MediaType.PNG,
    size=5,
    sha256="0" * 64,
)
WISHES: dict[str, tuple[ChangeKind, Wish]] = {
    "protect": (ChangeKind.PROTECT, SetProtection(True)),
    "mute": (ChangeKind.MUTE, SetMute(BOB, True)),
    "block": (ChangeKind.BLOCK, SetBlock(BOB, True)),
    "accept": (ChangeKind.FOLLOW_REQUEST, AnswerRequest(BOB, True)),
    "reject": (ChangeKind.FOLLOW_REQUEST, AnswerRequest(BOB, False)),
    "remove": (ChangeKind.REMOVE_FOLLOWER, RemoveFollower(BOB)),
    "publish": (ChangeKind.PUBLISH, Publish("hi", Audience.EVERYONE, ())),
    "upload": (ChangeKind.PUBLISH, Publish("hi", Audience.EVERYONE, (FILE,))),
    "warn": (
        ChangeKind.MEDIA_WARNING,
        SetWarnings(PostId("1"), MediaId("2"), frozenset()),
    ),
    "report": (ChangeKind.REPORT, SubmitReport(REPORT, "local")),
    "appeal": (ChangeKind.APPEAL, SubmitAppeal("local", DecisionId("3"), "why")),
}
BY_HANDLE = PersonRef(id=PersonId(""), handle="bob")


def change(kind: ChangeKind, wish: Wish) -> Change:
    return Change(
        id=new_change_id(),
        batch=BatchId("b" * 32),
        account=AccountId("a" * 12),
        kind=kind,
        subject=OWN_ACCOUNT,
        wish=wish,
        created=NOW,
    )


def uploads() -> MemoryUploads:
    files = MemoryUploads()
    files.files[FILE.spool] = b"12345"
    return files


def network(door: Door, origin: str = ORIGIN) -> ReferenceNetwork:
    """Return the network of an account on a server."""
    account = Account(
        id=AccountId("a" * 12),
        network=NetworkKind.REFERENCE,
        server=origin,
        remote_id=PersonId("1"),
        handle="alice",
        name="Alice",
        test_server=origin.startswith("http:"),
    )
    credential = Credential(origin=origin, token="canary-t0ken")
    return open_network(account, credential, clock=StillClock(), door=door)


async def deliver(net: ReferenceNetwork, name: str) -> None:
    """Deliver one wish, and raise what became of it."""
    kind, wish = WISHES[name]
    done = await net.deliver([change(kind, wish)], uploads())
    assert len(done) == 1
    if done[0].error is not None:
        raise done[0].error


@dataclass(frozen=True, slots=True)
class Call:
    """One call; `write` is true when it changes something on the server."""

    name: str
    run: Callable[[ReferenceNetwork], Awaitable[object]]
    write: bool = False


def _look_up(kind: SubjectKind) -> Call:
    ref = SubjectRef(kind, "12")
    return Call(f"look_up {kind.value}", lambda net: net.look_up(ref))


def _deliver(name: str) -> Call:
    return Call(name, lambda net: deliver(net, name), write=True)


CALLS = [
    Call("person", lambda net: net.person("bob")),
    Call("protection", lambda net: net.protection()),
    Call("consequences", lambda net: net.consequences(True)),
    Call("requests", lambda net: net.requests("")),
    Call("followers", lambda net: net.followers("5")),
    Call("entries", lambda net: net.entries(ListKind.MUTES, "")),
    Call("entries_mark", lambda net: net.entries_mark(ListKind.BLOCKS)),
    Call("entries_since", lambda net: net.entries_since(ListKind.BLOCKS, "4")),
    Call("own_posts", lambda net: net.own_posts("")),
    Call("spaces", lambda net: net.spaces()),
    Call("cases", lambda net: net.cases("")),
    Call("operation", lambda net: net.operation(new_change_id())),
    Call("sign_out", lambda net: net.sign_out(), write=True),
    _look_up(SubjectKind.POST),
    _look_up(SubjectKind.ACCOUNT),
    _look_up(SubjectKind.SPACE),
    *(_deliver(name) for name in WISHES),
]
MODERATOR: dict[str, Callable[[Moderation], Awaitable[object]]] = {
    "cases": lambda m: m.cases(state="received"),
    "case": lambda m: m.case("1"),
    "review": lambda m: m.review("1"),
    "decide": lambda m: m.decide("1", outcome=Outcome.NONE, rule="r", text="t"),
    "appeals": lambda m: m.appeals(),
    "answer": lambda m: m.answer("1", overturned=False, text="t"),
    "sign_out": lambda m: m.sign_out(),
}


async def outcome(work: Awaitable[object]) -> SafetyError | object:
    """Return what a call returned, or the error it raised."""
    try:
        return await work
    except SafetyError as error:
        return error
