"""The process that is killed: the real core, store on disk, real requests.

Every act that was acknowledged is written to a file at once, so that the harness
knows what was promised however the process ends.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from safetyclient.adapters.http.client import Door, Pinned
from safetyclient.adapters.store import Store
from safetyclient.application.assembly import Core, assemble
from safetyclient.application.clock import SystemClock
from safetyclient.application.ports import Networks
from safetyclient.application.receipts import Receipt
from safetyclient.application.recorder import Planned
from safetyclient.bootstrap.profile import AllNetworks
from safetyclient.domain.accounts import NetworkKind
from safetyclient.domain.changes import ChangeKind
from safetyclient.domain.ids import (
    AccountId,
    PersonId,
    PersonRef,
    SubjectKey,
    SubjectKind,
    SubjectRef,
    new_case_id,
)
from safetyclient.domain.media import Audience
from safetyclient.domain.reports import Report
from safetyclient.domain.wishes import SubmitReport
from tests.crash.fake_server import FarNetwork
from tests.crash.hooks import Points
from tests.crash.mutants import Mutant
from tests.fakes.network import FakeNetworks
from tests.fakes.spool import MemorySpool

KEY = bytes(range(32))
Act = Callable[[Core, AccountId], Awaitable[Receipt]]


@dataclass(frozen=True)
class Order:
    """What one run of the process does, and where it ends."""

    folder: Path
    people: tuple[str, ...]
    """Ids of people that can be blocked; the last one is named by handle."""
    handle: str
    port: int = 0
    """Port of the keyless server; zero means the account's own server."""
    die_at: int = 0
    mutant: Mutant | None = None


async def protect(core: Core, account: AccountId) -> Receipt:
    """Go protected."""
    return await core.protection.set(account, protected=True)


async def undo_protect(core: Core, account: AccountId) -> Receipt:
    """Take the first batch back."""
    window = await core.history.window(account)
    return (await core.history.undo(window.rows[-1].batch.id)).receipt


async def publish(core: Core, account: AccountId) -> Receipt:
    """Publish a post without files."""
    return await core.media.publish(
        account, text="hello", files=(), audience=Audience.EVERYONE
    )


def block(people: tuple[str, ...], *, on: bool) -> Act:
    """Return the act that blocks or unblocks people by id."""

    async def act(core: Core, account: AccountId) -> Receipt:
        refs = [PersonRef(PersonId(id_), "") for id_ in people]
        lists = core.lists
        return await (lists.block if on else lists.unblock)(account, people=refs)

    return act


def mute(handle: str) -> Act:
    """Return the act that mutes somebody by handle."""

    async def act(core: Core, account: AccountId) -> Receipt:
        who = PersonRef(PersonId(""), handle)
        return await core.lists.mute(account, people=[who])

    return act


def report(person: str) -> Act:
    """Return the act that reports an account."""

    async def act(core: Core, account: AccountId) -> Receipt:
        subject = SubjectRef(SubjectKind.ACCOUNT, person)
        said = Report(
            subject=subject,
            reasons=("harass.targeted",),
            behalf="me",
            comment="from the harness",
            language="en",
        )
        wish = SubmitReport(said, new_case_id())
        plan = Planned(ChangeKind.REPORT, SubjectKey(f"report:{wish.case}"), wish)
        return core.recorder.write(account, title="report", planned=[plan])

    return act


def acts(order: Order) -> list[Act]:
    """Return what a run does, in order; one batch each."""
    if order.port:
        people = order.people
        return [
            report(people[0]),
            block(people[:2], on=True),
            report(people[1]),
            mute(order.handle),
            report(people[0]),
            block(people[:1], on=False),
        ]
    return [
        protect,
        block(order.people, on=True),
        report(order.people[0]),
        mute(order.handle),
        publish,
        undo_protect,
        block(order.people[:1], on=False),
    ]


def networks(order: Order) -> Networks:
    """Return the way to the order's server."""
    if order.port:
        return FakeNetworks(FarNetwork(order.port))
    clock = SystemClock()
    return AllNetworks(Door(clock=clock, version="crash"), clock)


def build(order: Order) -> Core:
    """Build the shipped core on the order's file."""
    return assemble(
        store=Store.open(order.folder / "profile" / "store.db", KEY),
        networks=networks(order),
        spool=MemorySpool(),
        clock=SystemClock(),
        erase=_nothing,
    )


async def sign_in(order: Order, url: str, handle: str, password: str) -> None:
    """Prepare a profile."""
    core = build(order)
    await core.accounts.add(
        NetworkKind.REFERENCE, server=url, handle=handle, password=password
    )
    await core.sync.stop()
    core.store.close()


def main(order: Order) -> None:
    """Do what is left to do, deliver it, and say so; or die on the way."""
    if order.mutant is not None:
        order.mutant.apply()
    points = Points(die_at=order.die_at)
    points.around_statements()
    points.around_requests(Pinned, "ask")
    points.around_requests(FarNetwork, "exchange")
    asyncio.run(_live(order, points))


async def _live(order: Order, points: Points) -> None:
    core = build(order)
    account = core.store.accounts.all()[0].id
    points.armed = True
    left = acts(order)[len((await core.history.window(account)).rows) :]
    await core.sync.start()
    for act in left:
        receipt = await act(core, account)
        _say(order.folder / "promised", {"changes": receipt.changes})
        # Nobody clicks faster; so delivery and acts are mixed.
        await asyncio.sleep(0.015)
    made = [
        change.id
        for row in (await core.history.window(account)).rows
        for change in await core.history.changes(row.batch.id)
    ]
    await core.sync.settle(made, seconds=30)
    points.armed = False
    changes = [
        {
            "id": c.id,
            "kind": c.kind.value,
            "status": c.status.value,
            "problem": c.problem,
        }
        for row in (await core.history.window(account)).rows
        for c in await core.history.changes(row.batch.id)
    ]
    await core.sync.stop()
    core.store.close()
    _say(order.folder / "done", {"points": points.passed, "changes": changes})


def _say(path: Path, line: object) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(handle, json.dumps(line).encode() + b"\n")
    os.close(handle)


async def _nothing() -> None:
    """Erase nothing."""
