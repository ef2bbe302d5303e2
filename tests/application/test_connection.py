"""When a lane may send again after the server was away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from safetyclient.application.connection import Gate


class StillClock:
    """A clock that stands still."""

    def now(self) -> datetime:
        return datetime(2030, 1, 1, tzinfo=UTC)

    def monotonic(self) -> float:
        return 100.0

    async def sleep(self, seconds: float) -> None:
        raise AssertionError(seconds)


def gate() -> Gate:
    return Gate(StillClock(), lambda: 0.0)


def test_waits_grow_while_a_server_is_away() -> None:
    found: list[float] = []
    here = gate()
    for _ in range(4):
        here.back_off()
        found.append(here.delay())
    assert found == sorted(set(found))


def test_many_acts_while_a_server_is_away_do_not_make_the_wait_long() -> None:
    here = gate()
    here.back_off()
    first = here.delay()
    for _ in range(30):
        here.forgive()
        assert here.delay() == 0
        here.back_off()
    assert here.delay() == first


def test_an_act_does_not_shorten_what_the_server_asked_for() -> None:
    here = gate()
    here.wait_until(StillClock().now() + timedelta(seconds=40))
    here.forgive()
    assert here.delay() == 40
