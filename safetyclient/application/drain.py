"""AccountSync: drains one account's outbox in lanes and keeps its mirrors fresh."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from safetyclient.application.connection import Connection, Gate, Link, first_of
from safetyclient.application.lane import (
    Lane,
    is_final,
    is_over,
    key_may_be_gone,
    log_bug,
)
from safetyclient.application.ports import Clock, Delivered, Network, Uploads
from safetyclient.application.recorder import touched_by
from safetyclient.application.refresh import Refresher
from safetyclient.application.retry import Hold, Plan, plan
from safetyclient.application.store_ports import Settled, Store
from safetyclient.application.touched import Touched
from safetyclient.domain.accounts import SignInState
from safetyclient.domain.changes import Change, ChangeKind, ChangeStatus
from safetyclient.domain.errors import (
    BadAnswer,
    NetworkTrouble,
    Offline,
    RateLimited,
    SafetyError,
    SignInExpired,
)
from safetyclient.domain.ids import AccountId, ChangeId

REFRESH_SECONDS = 300.0
"""Between two reads of the mirrors."""
_SETTLE_AT_ONCE = 500
_LOOK_AGAIN_SECONDS = 1.0


class AccountSync:
    """One account's way to its server.

    Guarantees: a change is `sending` on disk before its request begins; what the
    server said is on disk before anybody is told; one request per lane at a time,
    so that changes of one subject keep their order. The one danger: to count a
    change as not sent that may have been.
    """

    def __init__(
        self,
        *,
        account: AccountId,
        store: Store,
        network: Network,
        uploads: Uploads,
        clock: Clock,
        announce: Callable[[Touched], None],
        settled: Callable[[Sequence[Settled]], None],
        jitter: Callable[[], float],
    ) -> None:
        self.account = account
        self._store = store
        self._network = network
        self._uploads = uploads
        self._clock = clock
        self._announce = announce
        self._settled = settled
        expired = store.accounts.get(account).state is SignInState.EXPIRED
        self._link = Link(clock, jitter, expired=expired)
        self._gates = {lane: Gate(clock, jitter) for lane in Lane}
        self._wakes = {lane: asyncio.Event() for lane in Lane}
        self._unsettled: dict[Lane, list[Settled]] = {lane: [] for lane in Lane}
        self._seen: dict[ChangeId, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._writes = 0
        self._reading = asyncio.Lock()
        self._refresher = Refresher(
            account=account,
            store=store,
            network=network,
            clock=clock,
            settled=self._while_quiet,
            announce=announce,
        )

    def start(self) -> None:
        """Begin to drain and to refresh."""
        self._tasks = {asyncio.create_task(self._run(lane)) for lane in Lane}
        self._tasks.add(asyncio.create_task(self._keep_fresh()))

    async def stop(self) -> None:
        """Stop; what was under way is `sending` on disk and recovered at the start."""
        tasks, self._tasks = self._tasks, set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def wake(self) -> None:
        """Look at the outbox now; what failed is tried again at once."""
        for gate in (self._link.gate, *self._gates.values()):
            gate.forgive()
        self._wake_all()

    @property
    def reading(self) -> bool:
        """Return whether the mirrors are being read."""
        return self._reading.locked()

    @property
    def connection(self) -> Connection:
        """Return how the network is."""
        paused = ""
        if self._link.expired:
            paused = "sign_in_expired"
        else:
            limits = [g.until for g in self._gates.values() if g.until is not None]
            if limits and max(limits) > self._clock.now():
                paused = f"rate_limited:{max(limits).isoformat()}"
        return Connection(self._link.reachable, self._link.last_heard, paused)

    async def refresh(self) -> None:
        """Read the mirrors again; raises what stopped it, `Offline` after `stop`."""
        task = asyncio.create_task(self._read())
        # Nothing may be written any more once the account has stopped.
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            await task
        except asyncio.CancelledError:
            me = asyncio.current_task()
            if me is None or me.cancelling():
                raise
            raise Offline from None

    async def _read(self) -> None:
        async with self._reading:
            try:
                await self._refresher.all()
            except SafetyError as error:
                self._note(error)
                raise
            self._note(None)

    # --- lanes -----------------------------------------------------------------

    async def _run(self, lane: Lane) -> None:
        wake = self._wakes[lane]
        while True:
            wake.clear()
            try:
                delay = await self._turn(lane)
            except SafetyError:  # the store's: the disk may have room again later
                self._gates[lane].back_off()
                delay = 0.0
            except Exception as error:  # noqa: BLE001 - a lane must not end unseen
                log_bug(error)
                self._gates[lane].back_off()
                delay = 0.0
            if delay == 0.0:
                await asyncio.sleep(0)
            else:
                await first_of(self._clock, wake, delay)

    async def _turn(self, lane: Lane) -> float | None:
        """Do one step; returns seconds to wait before the next, None for a wake."""
        if self._link.expired:
            return None
        delay = max(self._link.gate.delay(), self._gates[lane].delay())
        if delay > 0:
            return delay
        self._settle_rest(lane)
        changes = self._store.outbox.ready(
            self.account, lane.value, limit=self._bulk, alone=self._may_go_alone
        )
        if not changes:
            waits = self._store.outbox.waits_for_others(self.account)
            return _LOOK_AGAIN_SECONDS if waits else None
        try:
            sendable = [c for c in changes if await self._prepared(lane, c)]
        except SafetyError as error:
            self._hold(lane, plan(error, changes[0], keyed=True), error)
            return 0.0
        if sendable:
            sendable = [self._store.outbox.get(change.id) for change in sendable]
            await self._deliver(lane, sendable)
        return 0.0

    def _bulk(self, kind: ChangeKind) -> int:
        return max(1, self._network.bulk(kind))

    def _may_go_alone(self, change: Change) -> bool:
        if change.after_limit is None:
            return False
        first = self._seen.setdefault(change.id, self._clock.monotonic())
        return self._link.reachable_for(first) >= change.after_limit

    async def _prepared(self, lane: Lane, change: Change) -> bool:
        """Return whether a change can be sent now; settle it when it cannot."""
        now, outbox = self._clock.now(), self._store.outbox
        if is_over(change, now):
            outbox.withdraw([change.id], by=None)
            self._announce(touched_by(frozenset({change.kind})))
            return False
        if key_may_be_gone(change, outbox.first_sent(change.id), now):
            await self._reconcile(lane, change)
            return False
        person = change.person
        nameless = person is not None and not person.id and not change.attempts
        if person is None or not nameless or self._bulk(change.kind) > 1:
            # A network that takes many at once takes handles too, and answers
            # with the person that it found.
            return True
        try:
            found = await self._network.person(person.handle)
        except SafetyError as error:
            if not is_final(error, change):
                raise
            # Nobody was blocked, and that must be said.
            self._settle(
                lane, [Settled(change, ChangeStatus.REJECTED, problem=error.code)]
            )
            return False
        outbox.resolve(change.id, found)
        return True

    async def _reconcile(self, lane: Lane, change: Change) -> None:
        """Ask what became of a change that is too old to be sent again."""
        try:
            done = await self._network.operation(change.id)
        except SafetyError as error:
            if not is_final(error, change):
                raise
            done = None
        status = ChangeStatus.ACCEPTED if done else ChangeStatus.UNSURE
        problem = "" if done else "timed_out"
        self._settle(lane, [Settled(change, status, problem=problem)])

    async def _deliver(self, lane: Lane, changes: Sequence[Change]) -> None:
        # What was read before this write must not be kept after it.
        self._refresher.flush()
        self._store.outbox.sending(changes, now=self._clock.now())
        self._announce(touched_by(frozenset(change.kind for change in changes)))
        under_way = [
            replace(c, status=ChangeStatus.SENDING, attempts=c.attempts + 1)
            for c in changes
        ]
        if lane is Lane.QUICK:
            self._writes += 1
            self._quiet.clear()
        try:
            results = await self._exchange(under_way)
            await self._take(lane, changes, results)
        finally:
            if lane is Lane.QUICK:
                self._quiet.set()

    async def _exchange(self, changes: Sequence[Change]) -> dict[ChangeId, Delivered]:
        try:
            results = await self._network.deliver(changes, self._uploads)
        except SafetyError as error:
            return {c.id: Delivered(c.id, error=error) for c in changes}
        except Exception as error:  # noqa: BLE001 - it may have been sent all the same
            log_bug(error)
            return {}
        return {result.change: result for result in results}

    async def _take(
        self,
        lane: Lane,
        changes: Sequence[Change],
        results: dict[ChangeId, Delivered],
    ) -> None:
        outcomes: list[Settled] = []
        holds: list[tuple[Plan, SafetyError | None]] = []
        for change in changes:
            # No word about a change that was sent: it may have been done.
            result = results.get(change.id) or Delivered(change.id, error=BadAnswer())
            keyed = self._network.keyed(change.kind)
            what = plan(result.error, change, keyed=keyed)
            holds.append((what, result.error))
            outcomes.append(
                Settled(
                    change=change,
                    status=what.status,
                    problem=what.problem,
                    facts=result.facts,
                    result=result.result,
                )
            )
        self._settle(lane, outcomes)
        await self._after(lane, changes[0].kind, holds)

    def _settle(self, lane: Lane, outcomes: Sequence[Settled]) -> None:
        self._unsettled[lane] += outcomes
        self._settle_rest(lane)

    def _settle_rest(self, lane: Lane) -> None:
        """Write results down; what the disk has no room for is kept and tried again."""
        left = self._unsettled[lane]
        if not left:
            return
        kinds = frozenset(outcome.change.kind for outcome in left)
        while left:
            part = left[:_SETTLE_AT_ONCE]
            self._store.outbox.settle(self.account, part, now=self._clock.now())
            del left[:_SETTLE_AT_ONCE]
            self._settled(part)
        self._announce(touched_by(kinds))
        for other in Lane:
            if other is not lane:
                self._wakes[other].set()

    async def _after(
        self,
        lane: Lane,
        kind: ChangeKind,
        holds: Sequence[tuple[Plan, SafetyError | None]],
    ) -> None:
        """Hold the lane or the account as the worst result asks."""
        done = any(error is None for _, error in holds)
        if done:
            self._note(None)
            self._gates[lane].open()
        for hold in Hold:
            for what, error in holds:
                if what.hold is hold and error is not None:
                    self._hold(lane, what, error)
                    break
        if any(what.hold is Hold.READ_AGAIN for what, _ in holds):
            self._quiet.set()
            try:
                await self._refresher.after_conflict(kind)
            except SafetyError as error:
                self._note(error)
                self._gates[lane].back_off()

    def _hold(self, lane: Lane, what: Plan, error: SafetyError) -> None:
        self._note(error)
        if what.hold is Hold.BACK_OFF:
            self._gates[lane].back_off()
        elif what.hold is Hold.UNTIL and what.until is not None:
            self._gates[lane].wait_until(what.until)

    def _note(self, error: SafetyError | None) -> None:
        """Keep what an exchange told about the way to the server."""
        before = self.connection
        match error:
            case Offline():
                self._link.lost()
            case SignInExpired():
                self._link.heard()
                self._link.refuse()
                self._store.accounts.set_state(self.account, SignInState.EXPIRED)
                self._announce(Touched.ACCOUNTS)
            case RateLimited():
                self._link.heard()
            case NetworkTrouble() if error.in_doubt:
                self._link.doubtful()
            case _:
                self._link.heard()
        after = self.connection
        if (before.reachable, before.paused) != (after.reachable, after.paused):
            self._announce(Touched.CONNECTION)
            if after.reachable:
                self._wake_all()

    def _wake_all(self) -> None:
        for wake in self._wakes.values():
            wake.set()

    # --- mirrors ---------------------------------------------------------------

    async def _while_quiet(self, call: Callable[[], Awaitable[object]]) -> object:
        """Read between writes: an answer from before a write must not follow it."""
        while True:
            await self._quiet.wait()
            writes = self._writes
            answer = await call()
            if writes == self._writes and self._quiet.is_set():
                return answer

    async def _keep_fresh(self) -> None:
        wake = asyncio.Event()
        while True:
            if not self._link.expired:
                # What stops it is noted on the link; the next round tries again.
                try:
                    await self.refresh()
                except SafetyError:
                    pass
                except Exception as error:  # noqa: BLE001 - it must not end unseen
                    log_bug(error)
            delay = self._link.gate.delay() or REFRESH_SECONDS
            await first_of(self._clock, wake, delay)
