"""Two names of one person: by handle, and by the id that an answer brought."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from safetyclient.application.ports import Delivered, Uploads
from safetyclient.domain.changes import Change, ChangeStatus
from safetyclient.domain.lists import ListKind
from tests.application.kit import change, play
from tests.fakes.clock import quiet
from tests.fakes.network import ALICE
from tests.fakes.world import World, person


def test_undo_of_a_block_by_handle_that_is_under_way_is_seen_and_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scene(world: World) -> None:
        deliver, go_on = world.network.deliver, asyncio.Event()

        async def slow(
            changes: Sequence[Change], uploads: Uploads
        ) -> Sequence[Delivered]:
            await go_on.wait()
            answer = await deliver(changes, uploads)
            world.server.down = not world.server.down
            return answer

        monkeypatch.setattr(world.network, "deliver", slow)
        made = await world.core.lists.block(ALICE, people=[person(10, known=False)])
        await quiet()
        assert change(world, made.changes[0]).status is ChangeStatus.SENDING
        undone = await world.core.history.undo(made.batch)
        go_on.set()
        await quiet()
        assert change(world, made.changes[0]).status is ChangeStatus.ACCEPTED
        assert change(world, undone.receipt.changes[0]).status is ChangeStatus.QUEUED
        assert world.on_server(ListKind.BLOCKS) == {"person10"}
        assert await world.seen(ListKind.BLOCKS) == {}
        assert change(world, undone.receipt.changes[0]).subject == "account:10"
        world.server.down = False
        await world.drain()
        assert world.on_server(ListKind.BLOCKS) == set()

    play(scene)
