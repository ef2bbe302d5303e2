"""A computer's time that is set back must not hold delivery for a day."""

from __future__ import annotations

from datetime import datetime, timedelta

from safetyclient.adapters.http.budget import Budget
from safetyclient.application.connection import Gate
from safetyclient.application.lane import key_may_be_gone
from safetyclient.domain.changes import Change, ChangeKind, ChangeStatus
from safetyclient.domain.ids import AccountId, BatchId, ChangeId, DecisionId, SubjectKey
from safetyclient.domain.wishes import SubmitAppeal
from tests.fakes.clock import START

DAY = timedelta(days=1)


class SetBack:
    """A clock whose wall time can be moved alone."""

    def __init__(self) -> None:
        self.wall = START
        self.passed = 0.0

    def now(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.passed

    async def sleep(self, seconds: float) -> None:
        raise AssertionError(seconds)


def test_a_lane_waits_no_longer_than_the_server_asked() -> None:
    clock = SetBack()
    gate = Gate(clock, lambda: 0.0)
    gate.wait_until(clock.wall + timedelta(seconds=60))
    clock.wall -= DAY
    assert gate.delay() == 60
    clock.passed += 61
    assert gate.delay() == 0
    assert gate.until is None


def test_a_budget_waits_no_longer_than_the_server_asked() -> None:
    clock = SetBack()
    budget = Budget(clock)
    budget.note("https://one.example", "", 429, {"retry-after": "60"})
    clock.wall -= DAY
    clock.passed += 61
    budget.check("https://one.example", "")


def test_a_key_from_a_time_that_is_yet_to_come_may_be_gone() -> None:
    change = Change(
        id=ChangeId("0" * 32),
        batch=BatchId("1" * 32),
        account=AccountId("a"),
        kind=ChangeKind.APPEAL,
        subject=SubjectKey("case:1"),
        wish=SubmitAppeal(case="1", decision=DecisionId("2"), text="words"),
        created=START,
        status=ChangeStatus.RESEND,
    )
    assert key_may_be_gone(change, START + 10 * DAY, START)
    assert not key_may_be_gone(change, START + DAY / 24, START)
    assert not key_may_be_gone(change, START - DAY, START)
    assert key_may_be_gone(change, START - 8 * DAY, START)
