"""Once: what would double a report or a post, or lose its file."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from safetyclient.application.lane import KEY_LIFE
from safetyclient.domain.changes import ChangeStatus
from safetyclient.domain.errors import BadInput
from safetyclient.domain.ids import batch_of_request, batches_of
from safetyclient.domain.media import Audience, PublishFile
from tests.application.kit import change, play, report
from tests.fakes.clock import quiet
from tests.fakes.network import ALICE, Fault
from tests.fakes.world import World


async def _file(world: World, tmp_path: Path) -> PublishFile:
    path = tmp_path / "photo.jpg"
    path.write_bytes(b"a picture")
    kept = await world.core.media.stage(path=path)
    return PublishFile(
        spool=kept.spool,
        name=kept.name,
        type=kept.type,
        size=kept.size,
        sha256=kept.sha256,
    )


def test_a_second_click_on_send_again_sends_no_second_report() -> None:
    async def scene(world: World) -> None:
        world.network.faults.append(Fault.LOST)
        first = report(world)
        await quiet()
        assert change(world, first).status is ChangeStatus.UNSURE
        await world.core.outbox.send_again(first)
        with pytest.raises(BadInput):
            await world.core.outbox.send_again(first)
        await quiet()
        await world.clock.advance(400)
        assert len(world.server.ledger) == 1

    play(scene, keyed=False)


def test_a_second_click_on_retry_sends_no_second_report() -> None:
    async def scene(world: World) -> None:
        world.network.faults.append(Fault.INVALID)
        first = report(world)
        await quiet()
        await world.core.outbox.retry(first)
        with pytest.raises(BadInput):
            await world.core.outbox.retry(first)
        await quiet()
        assert len(world.server.ledger) == 1

    play(scene)


def test_what_was_sent_again_cannot_lose_its_file_to_the_old_change(
    tmp_path: Path,
) -> None:
    async def scene(world: World) -> None:
        file = await _file(world, tmp_path)
        world.network.faults.append(Fault.INVALID)
        made = await world.core.media.publish(
            ALICE, text="", files=[file], audience=Audience.FOLLOWERS
        )
        await quiet()
        world.server.down = True
        again = await world.core.outbox.retry(made.changes[0])
        with pytest.raises(BadInput):
            await world.core.outbox.drop(made.changes[0])
        assert file.spool in world.spool.kept
        await world.core.outbox.drop(again.changes[0])
        assert file.spool not in world.spool.kept

    play(scene)


def test_a_report_that_waited_for_days_is_resent_when_its_first_answer_is_lost() -> (
    None
):
    async def scene(world: World) -> None:
        world.server.down = True
        first = report(world)
        await quiet()
        await world.clock.advance((KEY_LIFE + timedelta(days=2)).total_seconds())
        world.server.down = False
        world.network.faults.append(Fault.LOST)
        await world.drain()
        assert change(world, first).status is ChangeStatus.ACCEPTED
        assert len(world.server.ledger) == 1

    play(scene)


def test_a_repeated_request_finds_the_post_that_it_published() -> None:
    async def scene(world: World) -> None:
        with batches_of("request-1"):
            made = await world.core.media.publish(
                ALICE, text="words", files=[], audience=Audience.EVERYONE
            )
        assert made.batch == batch_of_request("request-1")

    play(scene)
