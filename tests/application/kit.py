"""Runs one scene on a world of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from safetyclient.application.recorder import Planned
from safetyclient.domain.changes import Change, ChangeKind
from safetyclient.domain.ids import (
    CaseId,
    ChangeId,
    SubjectKey,
    SubjectKind,
    SubjectRef,
)
from safetyclient.domain.reports import Case, CaseState, Report
from safetyclient.domain.wishes import SubmitReport
from tests.fakes.clock import START, quiet
from tests.fakes.network import ALICE
from tests.fakes.world import World

Scene = Callable[[World], Awaitable[None]]


def play(scene: Scene, *, path: Path | None = None, keyed: bool = True) -> None:
    """Play a scene; the world is started and ended around it."""

    async def run() -> None:
        world = World(path, keyed=keyed)
        try:
            await world.start()
            await scene(world)
        finally:
            await world.end()
            await quiet()

    asyncio.run(run())


def change(world: World, id_: ChangeId) -> Change:
    """Return a change as it stands."""
    return world.store.outbox.get(id_)


def report(world: World, name: str = "case-1") -> ChangeId:
    """Put a report and its case into the outbox, the way the report service does."""
    subject = SubjectRef(SubjectKind.ACCOUNT, "10")
    said = Report(
        subject=subject, reasons=("spam.fake",), behalf="me", comment="", language="en"
    )
    recorder = world.core.recorder
    with world.store.transaction():
        receipt = recorder.enter(
            ALICE,
            title="report",
            planned=[
                Planned(
                    ChangeKind.REPORT,
                    SubjectKey(f"report:{name}"),
                    SubmitReport(said, name),
                )
            ],
        )
        world.store.cases.add(
            Case(
                id=CaseId(name),
                account=ALICE,
                subject=subject,
                title="somebody",
                reasons=said.reasons,
                state=CaseState.WAITING_TO_SEND,
                created=START,
                change=receipt.changes[0],
            )
        )
    recorder.publish(ALICE, receipt)
    return receipt.changes[0]
