"""The outbox under every order of acts, faults, crashes and undos."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    precondition,
    rule,
)

from safetyclient.application.recorder import Planned
from safetyclient.domain.accounts import SignInState
from safetyclient.domain.changes import ChangeKind, ChangeStatus
from safetyclient.domain.facts import EntryFact
from safetyclient.domain.ids import (
    BatchId,
    ChangeId,
    SubjectKey,
    SubjectKind,
    SubjectRef,
)
from safetyclient.domain.lists import ListKind
from safetyclient.domain.reports import Report
from safetyclient.domain.wishes import SetBlock, SubmitReport
from tests.fakes.clock import quiet
from tests.fakes.network import ALICE, Fault
from tests.fakes.world import World, person

# Crashes here lose a process, not a disk: a file in memory spares thousands of syncs.
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None

T = TypeVar("T")
View = tuple[frozenset[str], frozenset[str], bool | None]

numbers = st.lists(
    st.integers(min_value=10, max_value=15), min_size=1, max_size=4, unique=True
)
kinds = st.sampled_from(list(ListKind))
# A refusal and an expired token are drawn by rules of their own.
faults = st.sampled_from([f for f in Fault if f not in {Fault.EXPIRED, Fault.INVALID}])


class Outbox(RuleBasedStateMachine):
    """One account; what is seen must be what the server ends up with."""

    keyed: ClassVar[bool] = True
    batches: Bundle[BatchId] = Bundle("batches")

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp(prefix="outbox-", dir=MEMORY))
        self.world = self.run(self._begin())
        self.reports: set[ChangeId] = set()
        self.refused = False

    async def _begin(self) -> World:
        world = World(self.folder / "profile" / "store.db", keyed=self.keyed)
        await world.start()
        return world

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    def teardown(self) -> None:
        try:
            self.run(self._arrive())
        finally:
            self.run(self.world.end())
            self.run(quiet())
            self.loop.close()
            shutil.rmtree(self.folder)

    # --- acts -------------------------------------------------------------------

    @rule(
        target=batches, kind=kinds, who=numbers, on=st.booleans(), known=st.booleans()
    )
    def set_list(
        self, kind: ListKind, who: list[int], on: bool, known: bool
    ) -> BatchId:
        return self.run(self._set_list(kind, who, on, known))

    async def _set_list(
        self, kind: ListKind, who: list[int], on: bool, known: bool
    ) -> BatchId:
        lists = self.world.core.lists
        if known:
            people = [person(number) for number in who]
        else:
            people = [await lists.resolve(ALICE, who=f"@person{n}") for n in who]
        before = await self.world.names(kind)
        if kind is ListKind.MUTES:
            act = lists.mute if on else lists.unmute
        else:
            act = lists.block if on else lists.unblock
        receipt = await act(ALICE, people=people)
        handles = {p.handle for p in people}
        assert await self.world.names(kind) == (
            before | handles if on else before - handles
        )
        return receipt.batch

    @rule(target=batches, on=st.booleans())
    def protect(self, on: bool) -> BatchId:
        receipt = self.run(self.world.core.protection.set(ALICE, protected=on))
        assert self.run(self._view())[2] is on
        return receipt.batch

    @rule(target=batches, who=st.integers(min_value=10, max_value=15))
    def report_then_block(self, who: int) -> Any:
        recorder = self.world.core.recorder
        subject = SubjectRef(SubjectKind.ACCOUNT, str(who))
        report = Report(
            subject=subject, reasons=("spam",), behalf="me", comment="", language="en"
        )
        sent = recorder.write(
            ALICE,
            title="report",
            planned=[
                Planned(
                    ChangeKind.REPORT,
                    SubjectKey(f"report:{len(self.reports)}"),
                    SubmitReport(report, "case"),
                )
            ],
        )
        self.reports |= set(sent.changes)
        block = recorder.write(
            ALICE,
            title="block",
            planned=[
                Planned(
                    ChangeKind.BLOCK,
                    person(who).key,
                    SetBlock(person(who), blocked=True),
                    before=SetBlock(person(who), blocked=False),
                    after_ids=sent.changes,
                    after_limit=60,
                )
            ],
        )
        return multiple(block.batch)

    @rule(batch=batches)
    def undo(self, batch: BatchId) -> None:
        self.run(self.world.core.history.undo(batch))

    @rule(
        kind=kinds,
        who=numbers,
        on=st.booleans(),
        wait=st.booleans(),
        fault=st.none() | faults,
    )
    def undo_gives_back(
        self, kind: ListKind, who: list[int], on: bool, wait: bool, fault: Fault | None
    ) -> None:
        """Apply and undo is nothing, however far delivery got in between."""
        before = self.run(self._view())
        batch = self.run(self._set_list(kind, who, on, known=True))
        if fault is not None:
            self.world.network.faults.append(fault)
        if wait:
            self.run(quiet())
        self.run(self.world.core.history.undo(batch))
        assert self.run(self._view()) == before

    # --- the world --------------------------------------------------------------

    @rule(fault=faults)
    def go_wrong(self, fault: Fault) -> None:
        self.world.network.faults.append(fault)

    @rule()
    def token_ends(self) -> None:
        self.world.network.faults.append(Fault.EXPIRED)

    @rule(down=st.booleans())
    def network(self, down: bool) -> None:
        self.world.server.down = down

    @rule(seconds=st.sampled_from([0.5, 3.0, 61.0, 400.0]))
    def time_passes(self, seconds: float) -> None:
        self.run(self.world.clock.advance(seconds))

    @rule()
    def crash(self) -> None:
        self.run(self._crash())

    async def _crash(self) -> None:
        await self.world.crash()
        await self.world.start()

    @rule(kind=kinds, who=st.integers(min_value=20, max_value=25))
    @precondition(lambda self: not self.world.server.down)
    def another_device_adds(self, kind: ListKind, who: int) -> None:
        server = self.world.server
        found = server.person(person(who))
        server.put(kind, EntryFact(kind, found, self.world.clock.now()))
        self.run(self._refresh())

    # --- what must hold ---------------------------------------------------------

    @invariant()
    def nothing_arrives_twice(self) -> None:
        keys = [key for key, _, _ in self.world.server.ledger]
        if self.keyed:
            assert len(keys) == len(set(keys))
        sent = [key for key in keys if key in self.reports]
        assert len(sent) == len(set(sent))

    @rule()
    def arrive(self) -> None:
        self.run(self._arrive())

    async def _arrive(self) -> None:
        """Drain; then what was seen before, is seen now, and stands on the server."""
        world = self.world
        await self._sign_in()
        world.server.down = False
        world.network.faults.clear()
        seen = await self._view()
        await world.drain()
        await self._refresh()
        assert await self._view() == seen
        assert seen[0] == world.on_server(ListKind.MUTES)
        assert seen[1] == world.on_server(ListKind.BLOCKS)
        assert seen[2] in {None, world.server.protected}
        self._reports_arrived()

    def _reports_arrived(self) -> None:
        arrived = {key for key, _, _ in self.world.server.ledger}
        for change in self.world.store.outbox.many(list(self.reports)).values():
            if change.status is ChangeStatus.ACCEPTED:
                assert change.id in arrived
            elif self.keyed:
                assert change.status is ChangeStatus.WITHDRAWN
                assert change.id not in arrived

    async def _refresh(self) -> None:
        await self._sign_in()
        await asyncio.wait_for(self.world.core.sync.refresh(ALICE), 5)

    async def _sign_in(self) -> None:
        accounts = self.world.store.accounts
        self.world.network.faults = type(self.world.network.faults)(
            f for f in self.world.network.faults if f is not Fault.EXPIRED
        )
        if accounts.get(ALICE).state is SignInState.EXPIRED:
            accounts.set_state(ALICE, SignInState.SIGNED_IN)
            await self.world.core.sync.leave(ALICE)
        self.world.core.sync.kick()
        await quiet()

    async def _view(self) -> View:
        shown = self.world.store.people.protection(ALICE)
        return (
            frozenset(await self.world.names(ListKind.MUTES)),
            frozenset(await self.world.names(ListKind.BLOCKS)),
            None if shown is None else shown.protected,
        )


class KeylessOutbox(Outbox):
    """The same without keys: a report in doubt is put to the person, never resent."""

    keyed = False


EXAMPLES = settings().max_examples
TestOutbox = pytest.mark.timeout(600)(Outbox.TestCase)
TestOutbox.settings = settings(stateful_step_count=20, max_examples=EXAMPLES)
# The second machine differs in what happens to a report in doubt only.
TestKeylessOutbox = pytest.mark.timeout(600)(KeylessOutbox.TestCase)
TestKeylessOutbox.settings = settings(
    stateful_step_count=20, max_examples=EXAMPLES // 3
)
