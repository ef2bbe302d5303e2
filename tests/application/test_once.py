"""Once: what would double a report or a post, or lose its file."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from safetyclient.application.lane import KEY_LIFE
from safetyclient.application.ports import Network
from safetyclient.domain.accounts import Credential, NetworkKind, SignInState
from safetyclient.domain.changes import ChangeStatus
from safetyclient.domain.errors import BadInput
from safetyclient.domain.ids import AccountId, SpoolId, batch_of_request, batches_of
from safetyclient.domain.lists import ListKind
from safetyclient.domain.media import Audience, PublishFile
from tests.application.kit import change, play, report
from tests.fakes.clock import quiet
from tests.fakes.network import ALICE, Fault, account
from tests.fakes.world import World, person


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


def test_a_file_that_waits_in_a_window_outlives_another_account(
    tmp_path: Path,
) -> None:
    async def scene(world: World) -> None:
        file = await _file(world, tmp_path)
        other = replace(account(), id=AccountId("bob-here"), handle="bob")
        world.store.accounts.put(other, Credential("https://fake", "token"))
        world.server.down = True
        waiting = replace(file, spool=SpoolId("of-bob"))
        world.spool.kept[waiting.spool] = b"of bob"
        await world.core.media.publish(
            other.id, text="", files=[waiting], audience=Audience.FOLLOWERS
        )
        await world.core.accounts.sign_out(other.id, discard=True)
        assert set(world.spool.kept) == {file.spool}

    play(scene)


def test_undo_of_a_mute_lifts_it_when_the_timed_one_before_it_has_ended() -> None:
    async def scene(world: World) -> None:
        lists, people = world.core.lists, [person(10)]
        soon = world.clock.now() + timedelta(hours=1)
        await lists.mute(ALICE, people=people, until=soon)
        await quiet()
        made = await lists.mute(ALICE, people=people)
        await quiet()
        await world.clock.advance(7200)
        undone = await world.core.history.undo(made.batch)
        await world.drain()
        assert (undone.inverted, undone.impossible) == (1, 0)
        assert world.server.lists[ListKind.MUTES] == {}

    play(scene)


def test_a_new_token_is_used_even_if_somebody_acts_during_the_sign_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scene(world: World) -> None:
        left, stop = [1], world.network.aclose

        async def act_meanwhile() -> None:
            await asyncio.sleep(0)
            if left[0]:
                left[0] -= 1
                world.core.sync.kick(ALICE)
            await stop()

        monkeypatch.setattr(world.network, "aclose", act_meanwhile)
        opened = list[str]()
        pool, get = world.core.pool, world.core.pool.get

        def noted(id_: AccountId) -> Network:
            opened.append(world.store.accounts.credential(id_).token)
            return get(id_)

        monkeypatch.setattr(pool, "get", noted)
        world.store.accounts.put(account(), Credential("https://fake", "old"))
        await world.core.accounts.add(
            NetworkKind.REFERENCE, server="https://fake", handle="alice", password="p"
        )
        await quiet()
        assert opened[-1] == "token"

    play(scene)


@pytest.mark.parametrize("state", SignInState)
def test_signing_in_again_leaves_no_second_token_behind(
    monkeypatch: pytest.MonkeyPatch, state: SignInState
) -> None:
    async def scene(world: World) -> None:
        ended: list[str] = []

        async def sign_out() -> None:
            ended.append(world.store.accounts.credential(ALICE).token)

        monkeypatch.setattr(world.network, "sign_out", sign_out)
        world.store.accounts.put(account(), Credential("https://fake", "old"))
        world.store.accounts.set_state(ALICE, state)
        await world.core.accounts.add(
            NetworkKind.REFERENCE, server="https://fake", handle="alice", password="p"
        )
        assert ended == ([] if state is SignInState.EXPIRED else ["old"])
        made = await world.core.protection.set(ALICE, protected=True)
        await quiet()
        assert change(world, made.changes[0]).status is ChangeStatus.ACCEPTED

    play(scene)
