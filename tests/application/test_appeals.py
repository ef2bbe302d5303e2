"""Appeals: one for each decision, within its time, guided or in one go."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest

from safetyclient.domain.changes import ChangeKind
from safetyclient.domain.errors import BadInput
from safetyclient.domain.facts import CaseFact
from safetyclient.domain.ids import CaseId, DecisionId
from safetyclient.domain.reports import (
    CaseEvent,
    CaseEventKind,
    CaseState,
    Decision,
    Outcome,
)
from safetyclient.domain.wishes import SubmitAppeal
from tests.flows.desk import ME, NOW, POST, Desk, open_desk


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = open_desk(None)
    yield made
    made.store.close()


def decided(desk: Desk, *, days: int | None = 20) -> CaseId:
    """Send a report and let the server decide it."""

    async def work() -> CaseId:
        draft = (await desk.reports.start(ME, ref=POST)).id
        await desk.reports.answer_all(
            draft, answers={"symptoms": ("spam",), "leaves": ("spam.bulk",)}
        )
        receipt = await desk.reports.submit(draft)
        assert receipt.case is not None
        return receipt.case

    case = asyncio.run(work())
    change = desk.store.cases.get(case).change
    assert change is not None
    until = None if days is None else NOW + timedelta(days=days)
    decision = Decision(
        id=DecisionId("5"),
        at=NOW,
        outcome=Outcome.NONE,
        rule="spam",
        facts="We see no spam.",
        scope="this server",
        days=None,
        automated=False,
        redress="You can appeal.",
        appeal_until=until,
    )
    event = CaseEvent(CaseEventKind.DECISION, NOW, decision=decision)
    fact = CaseFact("900", CaseState.DECIDED, (event,), change=change)
    desk.store.mirrors.apply(ME, [fact])
    return case


def appeals(desk: Desk) -> list[SubmitAppeal]:
    """Return the appeals in the outbox."""
    return [c.wish for c in desk.changes() if isinstance(c.wish, SubmitAppeal)]


def refused(desk: Desk, case: CaseId, text: str = "Look again.") -> str:
    """Return why an appeal is refused."""
    with pytest.raises(BadInput) as caught:
        asyncio.run(desk.reports.appeal(case, text=text))
    return caught.value.reason


def test_an_appeal_is_a_batch_of_its_own(desk: Desk) -> None:
    case = decided(desk)
    receipt = asyncio.run(desk.reports.appeal(case, text=" Look again. "))
    assert appeals(desk) == [SubmitAppeal(case, DecisionId("5"), "Look again.")]
    (change,) = [c for c in desk.changes() if c.kind is ChangeKind.APPEAL]
    assert receipt.changes == (change.id,)


def test_one_appeal_for_each_decision(desk: Desk) -> None:
    case = decided(desk)
    asyncio.run(desk.reports.appeal(case, text="Look again."))
    assert refused(desk, case) == "appeal_used"
    with pytest.raises(BadInput):
        asyncio.run(desk.reports.start_appeal(case))
    assert len(appeals(desk)) == 1


def test_the_time_to_appeal_ends(desk: Desk) -> None:
    case = decided(desk)
    desk.clock.present = NOW + timedelta(days=20)
    assert refused(desk, case) == "appeal_late"


def test_where_no_appeal_is_open_none_is_sent(desk: Desk) -> None:
    assert refused(desk, decided(desk, days=None)) == "appeal_late"


@pytest.mark.parametrize("text", ["", "  ", "x" * 4001])
def test_an_appeal_needs_words_but_not_too_many(desk: Desk, text: str) -> None:
    assert refused(desk, decided(desk), text) == "appeal_text"


def test_a_case_without_decision_has_no_appeal(desk: Desk) -> None:
    async def work() -> CaseId:
        draft = (await desk.reports.start(ME, ref=POST)).id
        await desk.reports.answer_all(
            draft, answers={"symptoms": ("spam",), "leaves": ("spam.bulk",)}
        )
        receipt = await desk.reports.submit(draft)
        assert receipt.case is not None
        return receipt.case

    assert refused(desk, asyncio.run(work())) == "no_decision"


def test_the_guided_appeal_begins_from_the_decision(desk: Desk) -> None:
    case = decided(desk)

    async def work() -> None:
        draft = await desk.reports.start_appeal(case)
        assert (draft.flow, draft.case) == ("appeal", case)
        view = await desk.reports.view(draft.id)
        assert [node.id for node in view.page] == ["appeal.ground"]
        assert view.node.notices == ("flow.appeal.appeal.about.text",)
        grounds: tuple[str, ...] = ("facts", "elsewhere")
        await desk.reports.answer(draft.id, node="appeal.ground", value=grounds)
        await desk.reports.forward(draft.id)
        view = await desk.reports.answer(
            draft.id, node="appeal.text", value="It was spam."
        )
        assert view.finished
        check = await desk.reports.check(draft.id)
        assert check.sentence == (
            "You ask the moderators to look at their decision again."
        )
        assert check.ready
        fields = {field.name: field.value for field in check.fields}
        await desk.reports.submit(draft.id)
        (wish,) = appeals(desk)
        # What was shown is what is sent, and nothing else is.
        assert fields == {"decision": wish.decision, "text": wish.text}

    asyncio.run(work())
    (wish,) = appeals(desk)
    assert wish.text == (
        "What happened is described wrongly. Something else\n\nIt was spam."
    )
    assert desk.store.drafts.all() == ()
