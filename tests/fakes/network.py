"""FakeServer and FakeNetwork: a server in memory whose answers a test scripts.

Every effect writes one line into `ledger`, also a repeated one: so a test can see
what arrived twice.
"""

from __future__ import annotations

import enum
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from safetyclient.application.ports import (
    Clock,
    Delivered,
    ListDelta,
    Network,
    Page,
    Uploads,
)
from safetyclient.domain.accounts import Account, Credential, NetworkKind
from safetyclient.domain.capabilities import Capabilities, Capability, Offer, Support
from safetyclient.domain.changes import Change, ChangeKind
from safetyclient.domain.errors import (
    Gone,
    Invalid,
    Offline,
    RateLimited,
    SafetyError,
    ServerTrouble,
    SignInExpired,
    TimedOut,
)
from safetyclient.domain.facts import (
    CaseFact,
    EntryFact,
    EntryGone,
    Fact,
    FollowerFact,
    FollowerGone,
    PostFact,
    ProtectionFact,
    RequestFact,
    RequestGone,
    SpaceFact,
)
from safetyclient.domain.ids import (
    AccountId,
    ChangeId,
    PersonId,
    PersonRef,
    PostId,
    SubjectKind,
    SubjectRef,
)
from safetyclient.domain.lists import ListKind
from safetyclient.domain.people import Person
from safetyclient.domain.protection import Consequences
from safetyclient.domain.reports import CaseState, SubjectSnapshot
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
)

ALICE = AccountId("alice-here")
PAGE = 50


class Fault(enum.Enum):
    """What goes wrong with one request."""

    LOST = "lost"
    """The request never arrives, and nobody can tell."""
    NO_REPLY = "no_reply"
    """The server acts, the answer is lost."""
    HALF = "half"
    """The server does the first half of the changes, the answer is lost."""
    OFFLINE = "offline"
    LIMITED = "limited"
    BUSY = "busy"
    """Our own 503: surely not done."""
    EXPIRED = "expired"
    INVALID = "invalid"


_ERRORS: dict[Fault | None, Callable[[], SafetyError]] = {
    Fault.LOST: TimedOut,
    Fault.OFFLINE: Offline,
    Fault.BUSY: lambda: ServerTrouble(in_doubt=False),
    Fault.EXPIRED: SignInExpired,
    Fault.INVALID: lambda: Invalid(field="item"),
}


@dataclass
class FakeServer:
    """What the server knows."""

    clock: Clock
    handles: dict[str, str] = field(default_factory=dict[str, str])
    protected: bool = False
    lists: dict[ListKind, dict[str, EntryFact]] = field(
        default_factory=lambda: {kind: {} for kind in ListKind}
    )
    followers: dict[str, FollowerFact] = field(default_factory=dict[str, FollowerFact])
    requests: dict[str, RequestFact] = field(default_factory=dict[str, RequestFact])
    posts: dict[str, PostFact] = field(default_factory=dict[str, PostFact])
    cases: dict[str, CaseFact] = field(default_factory=dict[str, CaseFact])
    ledger: list[tuple[str, str, str]] = field(
        default_factory=list[tuple[str, str, str]]
    )
    answers: dict[str, Delivered] = field(default_factory=dict[str, Delivered])
    feed: list[tuple[ListKind, str]] = field(default_factory=list[tuple[ListKind, str]])
    keyed: bool = True
    down: bool = False
    marks: bool = True

    def person(self, who: PersonRef) -> Person:
        """Return a person by id or handle."""
        for id_, handle in self.handles.items():
            if id_ == who.id or (not who.id and handle == who.handle):
                return Person(id=PersonId(id_), handle=handle, name=handle.title())
        raise Gone

    def act(self, change: Change) -> Delivered:
        """Do what a change asks; a key that was seen before changes nothing."""
        if self.keyed and change.id in self.answers:
            return self.answers[change.id]
        try:
            facts, result = self._effect(change)
        except SafetyError as error:
            return Delivered(change.id, error=error)
        answer = Delivered(change.id, facts=facts, result=result)
        self.answers[change.id] = answer
        self.ledger.append((change.id, change.kind.value, change.subject))
        return answer

    def put(self, kind: ListKind, fact: EntryFact) -> None:
        """Put somebody on a list."""
        self.lists[kind][fact.person.id] = fact
        self.feed.append((kind, fact.person.id))

    def take(self, kind: ListKind, person: str) -> None:
        """Take somebody off a list."""
        if self.lists[kind].pop(person, None) is not None:
            self.feed.append((kind, person))

    def _effect(self, change: Change) -> tuple[tuple[Fact, ...], str]:
        match change.wish:
            case SetMute(person=who, muted=on) as wish:
                return self._entry(ListKind.MUTES, who, on, wish.until, wish.note)
            case SetBlock(person=who, blocked=on) as wish:
                return self._entry(ListKind.BLOCKS, who, on, wish.until, wish.note)
            case Publish() as wish:
                return self._post(wish)
            case SubmitReport():
                return self._case(change)
            case SubmitAppeal() | SetWarnings():
                return (), "done"
            case _:
                return self._own(change)

    def _own(self, change: Change) -> tuple[tuple[Fact, ...], str]:
        match change.wish:
            case SetProtection(protected=protected):
                self.protected = protected
                return (ProtectionFact(protected),), ""
            case AnswerRequest(person=who, accept=accept):
                return self._answer(who, accept=accept)
            case RemoveFollower(person=who):
                self.followers.pop(who.id, None)
                return (FollowerGone(who.id),), ""
            case _:
                raise Invalid(field="kind")

    def _answer(self, who: PersonRef, *, accept: bool) -> tuple[tuple[Fact, ...], str]:
        asked = self.requests.pop(self.person(who).id, None)
        if asked is None:
            raise Gone
        if accept:
            fact = FollowerFact(asked.person, self.clock.now())
            self.followers[asked.person.id] = fact
        return (RequestGone(asked.person.id),), ""

    def _post(self, wish: Publish) -> tuple[tuple[Fact, ...], str]:
        post = PostFact(
            id=PostId(str(len(self.posts) + 1)),
            url="",
            text=wish.text,
            audience=wish.audience,
            created=self.clock.now(),
            media=(),
        )
        self.posts[post.id] = post
        return (post,), post.id

    def _case(self, change: Change) -> tuple[tuple[Fact, ...], str]:
        case = CaseFact(
            remote_id=f"case-{len(self.cases) + 1}",
            state=CaseState.SENT,
            events=(),
            change=change.id,
        )
        self.cases[case.remote_id] = case
        return (case,), case.remote_id

    def _entry(
        self,
        kind: ListKind,
        who: PersonRef,
        on: bool,
        until: datetime | None,
        note: str,
    ) -> tuple[tuple[Fact, ...], str]:
        person = self.person(who)
        if not on:
            self.take(kind, person.id)
            return (EntryGone(kind, person.id),), ""
        fact = EntryFact(kind, person, self.clock.now(), until, note)
        self.put(kind, fact)
        return (fact,), ""


class FakeNetwork:
    """One account on a `FakeServer`; `faults` are used up one per delivery."""

    def __init__(self, server: FakeServer, *, bulk: int = 5) -> None:
        self.server = server
        self.faults: deque[Fault] = deque()
        self.deliveries: list[tuple[ChangeKind, int]] = []
        self.calls = 0
        self._bulk = bulk

    def capabilities(self) -> Capabilities:
        """Return that everything is offered."""
        return Capabilities({c: Offer(Support.NATIVE) for c in Capability})

    def bulk(self, kind: ChangeKind) -> int:
        """Return how many changes one call carries."""
        return self._bulk if kind in {ChangeKind.MUTE, ChangeKind.BLOCK} else 1

    def keyed(self, kind: ChangeKind) -> bool:
        """Return whether the server knows a change id again."""
        return self.server.keyed

    async def deliver(
        self, changes: Sequence[Change], uploads: Uploads
    ) -> Sequence[Delivered]:
        """Act, or go wrong as the test said."""
        self._reach()
        self.deliveries.append((changes[0].kind, len(changes)))
        fault = self.faults.popleft() if self.faults else None
        if fault in _ERRORS:
            raise _ERRORS[fault]()
        if fault is Fault.LIMITED:
            until = self.server.clock.now() + timedelta(seconds=30)
            raise RateLimited(until=until)
        # What is left arrives: all of it, or the first half, or all unanswered.
        reach = len(changes) // 2 if fault is Fault.HALF else len(changes)
        answers = [self.server.act(change) for change in changes[:reach]]
        if fault is not None:
            raise TimedOut
        return answers

    async def person(self, handle: str) -> Person:
        """Look a person up."""
        self._reach()
        return self.server.person(PersonRef(id=PersonId(""), handle=handle))

    async def protection(self) -> ProtectionFact:
        """Read whether the account is protected."""
        self._reach()
        return ProtectionFact(self.server.protected)

    async def consequences(self, protected: bool) -> Consequences:
        """Read what switching would do."""
        self._reach()
        return Consequences(
            protected=protected, known=True, followers=len(self.server.followers)
        )

    async def requests(self, cursor: str) -> Page[RequestFact]:
        """Read the follow requests."""
        self._reach()
        return Page(tuple(self.server.requests.values()))

    async def followers(self, cursor: str) -> Page[FollowerFact]:
        """Read the followers."""
        self._reach()
        return Page(tuple(self.server.followers.values()))

    async def entries(self, kind: ListKind, cursor: str) -> Page[EntryFact]:
        """Read a page of a list."""
        self._reach()
        rows = list(self.server.lists[kind].values())
        start = int(cursor or 0)
        more = len(rows) > start + PAGE
        return Page(
            tuple(rows[start : start + PAGE]), str(start + PAGE) if more else ""
        )

    async def entries_mark(self, kind: ListKind) -> str:
        """Return where the feed is, or nothing."""
        self._reach()
        return str(len(self.server.feed) + 1) if self.server.marks else ""

    async def entries_since(self, kind: ListKind, mark: str) -> ListDelta:
        """Read what changed."""
        self._reach()
        moved = {p for k, p in self.server.feed[int(mark) - 1 :] if k is kind}
        rows = self.server.lists[kind]
        return ListDelta(
            changed=tuple(rows[p] for p in sorted(moved) if p in rows),
            removed=tuple(
                EntryGone(kind, PersonId(p)) for p in sorted(moved) if p not in rows
            ),
            mark=str(len(self.server.feed) + 1),
        )

    async def own_posts(self, cursor: str) -> Page[PostFact]:
        """Read own posts."""
        self._reach()
        return Page(tuple(self.server.posts.values()))

    async def spaces(self) -> Sequence[SpaceFact]:
        """Read no Spaces."""
        self._reach()
        return ()

    async def look_up(self, ref: SubjectRef) -> SubjectSnapshot:
        """Look a subject up."""
        self._reach()
        return SubjectSnapshot(ref=ref, url="", taken=self.server.clock.now())

    def parse_address(self, text: str) -> SubjectRef | None:
        """Return the account of `https://fake/@handle`."""
        _, _, handle = text.partition("https://fake/@")
        return SubjectRef(SubjectKind.ACCOUNT, handle) if handle else None

    async def cases(self, cursor: str) -> Page[CaseFact]:
        """Read the cases."""
        self._reach()
        return Page(tuple(self.server.cases.values()))

    async def operation(self, key: ChangeId) -> bool | None:
        """Return whether a change was done."""
        self._reach()
        return key in self.server.answers if self.server.keyed else None

    async def sign_out(self) -> None:
        """End the session."""
        self._reach()

    async def aclose(self) -> None:
        """Close nothing."""

    def _reach(self) -> None:
        self.calls += 1
        if self.server.down:
            raise Offline


class FakeNetworks:
    """Gives every account the one network of the test."""

    def __init__(self, network: Network) -> None:
        self.network = network

    def open(self, account: Account, credential: Credential) -> Network:
        """Return the network."""
        return self.network

    async def sign_in(
        self, network: NetworkKind, server: str, handle: str, password: str
    ) -> tuple[Account, Credential]:
        """Sign in with any password."""
        return replace(account(), handle=handle), Credential("https://fake", "token")


def account() -> Account:
    """Return the account that tests act as."""
    return Account(
        id=ALICE,
        network=NetworkKind.REFERENCE,
        server="https://fake",
        remote_id=PersonId("1"),
        handle="alice",
        name="Alice",
    )
