"""A reports service on the real store, with a network that only lets things be seen."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from safetyclient.adapters.store import Store
from safetyclient.application.notify import Notifier
from safetyclient.application.pool import NetworkPool
from safetyclient.application.ports import Network
from safetyclient.application.recorder import Recorder
from safetyclient.application.reports import ReportsService
from safetyclient.application.texts import Texts
from safetyclient.domain.accounts import Account, Credential, NetworkKind
from safetyclient.domain.capabilities import Capabilities, Offer, Support
from safetyclient.domain.changes import Change
from safetyclient.domain.errors import SafetyError
from safetyclient.domain.ids import AccountId, PersonId, SubjectKind, SubjectRef
from safetyclient.domain.reports import Answer, ReportDraft, SubjectSnapshot
from safetyclient.domain.wishes import SubmitReport
from tests.flows.kit import FLOWS, TAKEN

TEXTS = Texts.load(strict=True)
KEY = bytes(range(32))
ME = AccountId("me")
ORIGIN = "https://social.example"
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
POST = SubjectRef(SubjectKind.POST, "12")
SPACE = SubjectRef(SubjectKind.SPACE, "7")
CANARY = "CANARY"
PEOPLE = (("host", "31", "hanna"), ("speaker", "32", "sam"), ("listener", "33", "lee"))


class HandClock:
    """A clock that a test moves by hand."""

    def __init__(self) -> None:
        self.present = NOW

    def now(self) -> datetime:
        return self.present

    def monotonic(self) -> float:
        return self.present.timestamp()

    async def sleep(self, seconds: float) -> None:
        self.present += timedelta(seconds=seconds)


@dataclass
class Seeing:
    """A network that can be looked at; it delivers nothing."""

    kind: NetworkKind = NetworkKind.REFERENCE
    clock: HandClock = field(default_factory=HandClock)
    trouble: SafetyError | None = None
    silent: bool = False
    has_video: bool = False
    looked: list[SubjectRef] = field(default_factory=list[SubjectRef])

    def capabilities(self) -> Capabilities:
        offers = {each: Offer(Support.NATIVE) for each in TAKEN[self.kind]}
        return Capabilities(offers)

    def parse_address(self, text: str) -> SubjectRef | None:
        if not text.startswith(ORIGIN):
            return None
        parts = text.removeprefix(ORIGIN).strip("/").split("/")
        if len(parts) == 3:
            return SubjectRef(SubjectKind.POST, parts[2])
        if parts[0] == "spaces":
            return SubjectRef(SubjectKind.SPACE, parts[1])
        return SubjectRef(SubjectKind.ACCOUNT, parts[0])

    async def look_up(self, ref: SubjectRef) -> SubjectSnapshot:
        self.looked.append(ref)
        if self.silent:
            await asyncio.Event().wait()
        if self.trouble is not None:
            raise self.trouble
        seen = SubjectSnapshot(
            ref=ref,
            url=f"{ORIGIN}/{ref.kind.value}/{ref.id}",
            taken=self.clock.now(),
            author="mallory",
            author_id="66",
            summary=f"{CANARY} summary",
            text=f"{CANARY} text",
        )
        if ref.kind is SubjectKind.SPACE:
            return replace(
                seen, author="", author_id="", people=PEOPLE, has_video=self.has_video
            )
        return seen

    async def aclose(self) -> None:
        """Nothing is open."""


class Opener:
    """Hands out the one network."""

    def __init__(self, network: Seeing) -> None:
        self.network = network

    def open(self, account: Account, credential: Credential) -> Network:
        return cast("Network", self.network)

    async def sign_in(
        self, network: NetworkKind, server: str, handle: str, password: str
    ) -> tuple[Account, Credential]:
        raise AssertionError("nobody signs in here")


@dataclass
class Desk:
    """The service and what a test looks at behind it."""

    store: Store
    network: Seeing
    reports: ReportsService
    kicked: list[AccountId]
    clock: HandClock
    pool: NetworkPool

    def changes(self) -> Sequence[Change]:
        return self.store.outbox.listed(ME, limit=100)

    def dump(self) -> str:
        """Return every value of every table, as text."""
        connection = self.store.database.connection
        names = connection.execute(
            "SELECT name FROM sqlite_schema WHERE type='table'"
        ).fetchall()
        rows = [
            repr(row)
            for (name,) in names
            if not name.startswith("entry_index")
            for row in connection.execute(f'SELECT * FROM "{name}"').fetchall()
        ]
        return "\n".join(rows)


def open_desk(
    path: Path | None,
    *,
    kind: NetworkKind = NetworkKind.REFERENCE,
    online: bool = True,
    has_video: bool = False,
) -> Desk:
    """Build the service over a store at a path (None: in memory)."""
    clock = HandClock()
    store = Store.open(path, KEY)
    network = Seeing(kind=kind, clock=clock, has_video=has_video)
    if not store.accounts.all():
        account = Account(
            id=ME,
            network=kind,
            server=ORIGIN,
            remote_id=PersonId("1"),
            handle="alice",
            name="Alice",
        )
        store.accounts.put(account, Credential(origin=ORIGIN, token="t"))
    pool = NetworkPool(store=store, networks=Opener(network), online=online)
    notifier = Notifier()
    kicked: list[AccountId] = []
    recorder = Recorder(store=store, clock=clock, notifier=notifier, kick=kicked.append)
    reports = ReportsService(
        store=store,
        pool=pool,
        clock=clock,
        notifier=notifier,
        recorder=recorder,
        texts=TEXTS,
        flows=FLOWS,
    )
    return Desk(store, network, reports, kicked, clock, pool)


HARASS: dict[str, Answer] = {
    "danger": "no",
    "whom": "me",
    "symptoms": ("targeted",),
    "leaves": ("harass.targeted",),
}


def begin(desk: Desk, ref: SubjectRef = POST, /, **answers: Answer) -> ReportDraft:
    """Begin a draft and give it answers."""

    async def work() -> ReportDraft:
        draft = await desk.reports.start(ME, ref=ref)
        if answers:
            await desk.reports.answer_all(draft.id, answers=answers)
        return await desk.reports.draft(draft.id)

    return asyncio.run(work())


def sent_report(desk: Desk) -> SubmitReport:
    """Return the one report in the outbox."""
    wishes = [c.wish for c in desk.changes() if isinstance(c.wish, SubmitReport)]
    assert len(wishes) == 1
    return wishes[0]
