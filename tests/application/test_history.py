"""History and undo: withdraw, invert, leave what was overtaken, and redo."""

from __future__ import annotations

from pathlib import Path

import pytest

from safetyclient.domain.changes import ChangeStatus, Reversibility
from safetyclient.domain.errors import BadInput
from safetyclient.domain.ids import BatchId, CaseId
from safetyclient.domain.lists import ListKind
from safetyclient.domain.media import Audience, PublishFile
from safetyclient.domain.reports import CaseState
from tests.application.kit import change, play, report
from tests.fakes.clock import quiet
from tests.fakes.network import ALICE
from tests.fakes.world import World, person


def test_undo_withdraws_what_waits_inverts_what_went_and_leaves_the_overtaken() -> None:
    async def scene(world: World) -> None:
        lists, history = world.core.lists, world.core.history
        batch = await lists.block(ALICE, people=[person(n) for n in range(10, 14)])
        await quiet()
        await lists.unblock(ALICE, people=[person(13)])
        await quiet()
        world.server.down = True
        result = await history.undo(batch.batch)
        numbers = (result.withdrawn, result.inverted, result.overtaken)
        assert (*numbers, result.impossible) == (0, 3, 1, 0)
        assert await world.names(ListKind.BLOCKS) == set()
        redo = await history.undo(result.receipt.batch)
        assert (redo.withdrawn, redo.inverted) == (3, 0)
        assert await world.names(ListKind.BLOCKS) == {
            "person10",
            "person11",
            "person12",
        }
        world.server.down = False
        await world.clock.advance(400)
        assert world.on_server(ListKind.BLOCKS) == {"person10", "person11", "person12"}

    play(scene)


def test_redo_wishes_again_what_was_withdrawn() -> None:
    async def scene(world: World) -> None:
        world.server.down = True
        history = world.core.history
        batch = await world.core.lists.mute(ALICE, people=[person(10)], note="why")
        undone = await history.undo(batch.batch)
        assert undone.withdrawn == 1
        assert await world.names(ListKind.MUTES) == set()
        redone = await history.undo(undone.receipt.batch)
        assert redone.inverted == 1
        rows = await world.seen(ListKind.MUTES)
        assert rows["person10"].note == "why"
        window = await history.window(ALICE)
        assert [row.batch.title for row in window.rows] == ["undo", "undo", "mute"]
        assert window.rows[2].undone_by == undone.receipt.batch
        assert not window.rows[2].undoable

    play(scene)


def test_a_report_that_left_cannot_be_taken_back() -> None:
    async def scene(world: World) -> None:
        sent = change(world, report(world))
        await quiet()
        result = await world.core.history.undo(sent.batch)
        assert (result.impossible, result.inverted, result.withdrawn) == (1, 0, 0)
        (row,) = (await world.core.history.window(search="report")).rows
        assert row.undone_by is None
        assert not row.undoable
        assert row.reversibility is Reversibility.UNTIL_SENT
        world.server.down = True
        waiting = change(world, report(world, "case-2"))
        result = await world.core.history.undo(waiting.batch)
        assert result.withdrawn == 1
        assert world.store.cases.get(CaseId("case-2")).state is CaseState.WITHDRAWN
        again = await world.core.history.undo(result.receipt.batch)
        assert (again.impossible, again.inverted) == (1, 0)

    play(scene)


def test_undoing_a_waiting_post_lets_its_files_go(tmp_path: Path) -> None:
    picture = tmp_path / "picture"
    picture.write_bytes(b"picture")

    async def scene(world: World) -> None:
        world.server.down = True
        staged = await world.core.media.stage(path=picture)
        file = PublishFile(
            spool=staged.spool,
            name=staged.name,
            type=staged.type,
            size=staged.size,
            sha256=staged.sha256,
        )
        receipt = await world.core.media.publish(
            ALICE, text="", files=[file], audience=Audience.FOLLOWERS
        )
        await world.core.media.discard(spool=staged.spool)
        await world.core.sync.sweep()
        assert world.spool.kept
        (post,) = (await world.core.media.posts(ALICE)).rows
        assert post.change == receipt.changes[0]
        await world.core.history.undo(receipt.batch)
        assert not world.spool.kept
        assert (await world.core.media.posts(ALICE)).rows == ()

    play(scene)


def test_an_end_that_is_over_is_not_restored() -> None:
    async def scene(world: World) -> None:
        end = world.clock.now().replace(minute=1)
        await world.core.lists.block(ALICE, people=[person(10)], until=end)
        await quiet()
        batch = await world.core.lists.unblock(ALICE, people=[person(10)])
        await quiet()
        await world.clock.advance(120)
        result = await world.core.history.undo(batch.batch)
        assert (result.inverted, result.impossible) == (0, 1)

    play(scene)


def test_history_is_read_in_windows_and_searched() -> None:
    async def scene(world: World) -> None:
        for n in range(10, 15):
            await world.core.lists.block(ALICE, people=[person(n)])
        await quiet()
        first = await world.core.history.window(ALICE, limit=3)
        rest = await world.core.history.window(ALICE, after=first.next, limit=3)
        names = [dict(r.batch.params)["who"] for r in (*first.rows, *rest.rows)]
        assert names == [f"person{n}" for n in range(14, 9, -1)]
        assert rest.next is None
        (row,) = (await world.core.history.window(search="person12")).rows
        assert row.counts == ((ChangeStatus.ACCEPTED, 1),)
        assert (row.total, row.undoable) == (1, True)
        assert len(await world.core.history.changes(row.batch.id)) == 1
        with pytest.raises(BadInput):
            await world.core.history.undo(BatchId("no"))

    play(scene)


def test_a_crash_between_undo_and_delivery_changes_nothing(tmp_path: Path) -> None:
    async def scene(world: World) -> None:
        batch = await world.core.lists.block(ALICE, people=[person(10), person(11)])
        await quiet()
        world.server.down = True
        await world.core.history.undo(batch.batch)
        await world.crash()
        assert await world.names(ListKind.BLOCKS) == set()
        world.server.down = False
        await world.start()
        await world.drain()
        assert world.on_server(ListKind.BLOCKS) == set()

    play(scene, path=tmp_path / "profile" / "store.db")
