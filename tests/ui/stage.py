"""Stage: the real window on the real store, with a fake network behind it."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from safetyclient.adapters.store import Store
from safetyclient.application.assembly import Core, assemble
from safetyclient.application.clock import SystemClock
from safetyclient.application.facade import SafetyClient
from safetyclient.application.flows import load_flows
from safetyclient.application.launch import Launch, Opened, OpenRequest
from safetyclient.application.reports import ReportsService
from safetyclient.application.texts import Texts
from safetyclient.domain.accounts import Account, Credential
from safetyclient.domain.facts import (
    CaseFact,
    EntryFact,
    FollowerFact,
    MediaFact,
    PostFact,
    ProtectionFact,
    RequestFact,
    SpaceFact,
)
from safetyclient.domain.ids import (
    CaseId,
    ChangeId,
    DecisionId,
    DraftId,
    MediaId,
    PersonId,
    PostId,
    SpaceId,
    SubjectKind,
    SubjectRef,
)
from safetyclient.domain.lists import ListKind
from safetyclient.domain.media import Audience, MediaType, MediaWarning
from safetyclient.domain.people import Person
from safetyclient.domain.reports import (
    Case,
    CaseEvent,
    CaseEventKind,
    CaseState,
    Decision,
    Outcome,
    ReportDraft,
    SubjectSnapshot,
)
from safetyclient.domain.spaces import Participant, Space, SpaceRole, SpaceState
from safetyclient.ui.app import build, shut_down
from safetyclient.ui.look import Theme
from safetyclient.ui.navigation import PAGES
from safetyclient.ui.running import Running
from tests.fakes.network import ALICE, FakeNetwork, FakeNetworks, FakeServer, account
from tests.fakes.spool import MemorySpool

KEY = bytes(range(32))
WHEN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
WAIT_MS = 8000
Fill = Callable[[Store], None]


class Stage:
    """One profile, one window; `open_page` brings a page to rest."""

    def __init__(
        self, folder: Path, *, fill: Fill | None = None, signed_in: bool = True
    ) -> None:
        self._fill = fill
        self._signed_in = signed_in
        self.server = FakeServer(SystemClock())
        self.network = FakeNetwork(self.server)
        self.spool = MemorySpool()
        self.core: Core | None = None
        self.erased = False
        self.asked: list[OpenRequest] = []
        self.refuse: list[Exception] = []
        self.launch = Launch(
            profile=folder, open=self._open, close=self._close, listen=self._listen
        )
        self.running: Running | None = None

    async def _open(self, request: OpenRequest) -> Opened:
        self.asked.append(request)
        if self.refuse:
            raise self.refuse.pop(0)
        store = Store.open(None, KEY)
        if self._signed_in:
            store.accounts.put(self.account(), Credential("https://fake", "token"))
        if self._fill is not None:
            self._fill(store)
        core = assemble(
            store=store,
            networks=FakeNetworks(self.network),
            spool=self.spool,
            clock=SystemClock(),
            erase=self._erase,
            dice=random.Random(7),
        )
        self.core = core
        reports = ReportsService(
            store=store,
            pool=core.pool,
            clock=core.clock,
            notifier=core.notifier,
            recorder=core.recorder,
            texts=Texts.load(),
            flows=load_flows(),
        )
        client = SafetyClient(
            accounts=core.accounts,
            protection=core.protection,
            lists=core.lists,
            media=core.media,
            spaces=core.spaces,
            reports=reports,
            history=core.history,
            outbox=core.outbox,
            sync=core.sync,
        )
        return Opened(client, core.notifier, "session", True)

    def account(self) -> Account:
        """Return the account that is signed in."""
        return account()

    async def _close(self) -> None:
        if self.core is not None:
            await self.core.sync.stop()
            if isinstance(self.core.store, Store):
                self.core.store.close()

    async def _erase(self) -> None:
        self.erased = True

    def _listen(self, callback: Callable[[str], None]) -> None:
        self.ask = callback

    def show(self, qtbot: QtBot, *, theme: Theme = Theme.LIGHT) -> Running:
        """Show the window and wait until its first page stands."""
        running = build(self.launch, theme=theme)
        self.running = running
        with qtbot.waitSignal(running.conductor.ready, timeout=WAIT_MS):
            running.window.show()
        return running

    def open_page(self, qtbot: QtBot, page: str, target: object = None) -> None:
        """Show a page and wait until it is painted with what it read."""
        running = self.running
        assert running is not None
        window = running.window
        running.ctx.go(page, target)
        qtbot.waitUntil(
            lambda: window.pages[page].settled and not running.bridge.busy,
            timeout=WAIT_MS,
        )
        window.grab()

    def end(self) -> None:
        """Close the window and everything under it."""
        if self.running is None:
            return
        window = self.running.window
        window.close()
        shut_down(self.running, self.launch)
        window.deleteLater()
        self.running.ctx.deleteLater()
        self.running.bridge.deleteLater()
        app = QApplication.instance()
        assert app is not None
        app.sendPostedEvents(None, QEvent.Type.DeferredDelete)


PAGE_IDS = [spec.id for spec in PAGES]


def people(text: str, count: int) -> list[Person]:
    """Return people whose name, handle and bio are a text."""
    return [
        Person(
            id=PersonId(str(number)),
            handle=f"{text}{number}",
            name=f"{text} {number}",
            bio=text,
        )
        for number in range(100, 100 + count)
    ]


def hostile(text: str) -> Fill:
    """Return a filler that writes a text wherever somebody else could."""

    def fill(store: Store) -> None:
        store.accounts.put(
            Account(
                id=ALICE,
                network=account().network,
                server=f"https://fake/{text}",
                remote_id=PersonId("1"),
                handle=text,
                name=text,
            ),
            Credential("https://fake", "token"),
        )
        crowd = people(text, 4)
        later = WHEN + timedelta(days=4000)
        store.mirrors.apply(
            ALICE,
            [
                ProtectionFact(protected=True),
                *(RequestFact(p, WHEN) for p in crowd),
                *(FollowerFact(p, WHEN) for p in crowd),
                *(EntryFact(k, p, WHEN, None, text) for k in ListKind for p in crowd),
                PostFact(
                    PostId("7"),
                    f"https://fake/{text}",
                    text,
                    Audience.EVERYONE,
                    WHEN,
                    (
                        MediaFact(
                            MediaId("8"),
                            MediaType.PNG,
                            text,
                            frozenset({MediaWarning.NUDITY}),
                        ),
                    ),
                ),
                SpaceFact(
                    Space(
                        SpaceId("9"),
                        "",
                        text,
                        text,
                        SpaceState.LIVE,
                        WHEN,
                        (Participant(crowd[0], SpaceRole.HOST, WHEN),),
                    )
                ),
            ],
        )
        decision = Decision(
            id=DecisionId("5"),
            at=WHEN,
            outcome=Outcome.WARN,
            rule=text,
            facts=text,
            scope=text,
            days=None,
            automated=False,
            redress=text,
            appeal_until=later,
        )
        subject = SubjectRef(SubjectKind.POST, "7")
        store.cases.add(
            Case(
                id=CaseId("c1"),
                account=ALICE,
                subject=subject,
                title=text,
                reasons=(text,),
                state=CaseState.DECIDED,
                created=WHEN,
                remote_id="77",
                change=ChangeId("f" * 32),
                url="https://fake.example/case",
            )
        )
        store.mirrors.apply(
            ALICE,
            [
                CaseFact(
                    remote_id="77",
                    state=CaseState.DECIDED,
                    events=(
                        CaseEvent(CaseEventKind.RECEIVED, WHEN, text),
                        CaseEvent(CaseEventKind.DECISION, WHEN, text, decision),
                    ),
                    change="f" * 32,
                )
            ],
        )
        store.drafts.save(
            ReportDraft(
                id=DraftId("d1"),
                account=ALICE,
                subject=SubjectSnapshot(
                    ref=subject,
                    url="",
                    taken=WHEN,
                    author=text,
                    summary=text,
                    text=text,
                ),
                answers=(),
                created=WHEN,
                changed=WHEN,
            )
        )

    return fill
