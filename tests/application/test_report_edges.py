"""Reports at their edges: names nobody knows, what was not seen, picks, cards."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest

from safetyclient.domain.errors import BadInput
from safetyclient.domain.facts import CaseFact
from safetyclient.domain.ids import DecisionId, SubjectKind, SubjectRef
from safetyclient.domain.reports import (
    Answer,
    Appeal,
    CaseEvent,
    CaseEventKind,
    CaseState,
    Decision,
    Outcome,
)
from tests.flows.desk import (
    HARASS,
    ME,
    NOW,
    ORIGIN,
    POST,
    SPACE,
    Desk,
    begin,
    open_desk,
)
from tests.flows.desk import sent_report as sent


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = open_desk(None)
    yield made
    made.store.close()


SPEAKER: dict[str, Answer] = {**HARASS, "space.part": "speaker"}


def test_a_speaker_who_was_not_seen_stays_a_name(desk: Desk) -> None:
    draft = begin(desk, SPACE, **SPEAKER, **{"space.who": ("@Stranger",)})
    check = asyncio.run(desk.reports.check(draft.id))
    assert "You mean \u2068@Stranger\u2069." in check.sentence
    assert check.person == "stranger"
    asyncio.run(desk.reports.submit(draft.id))
    report = sent(desk).report
    assert report.person == ""
    assert report.details == (("space.who", "Stranger"),)


def test_a_speaker_who_is_not_named_is_not_said(desk: Desk) -> None:
    draft = begin(desk, SPACE, **SPEAKER)
    check = asyncio.run(desk.reports.check(draft.id))
    assert "a person in this Space" in check.sentence
    assert "You mean" not in check.sentence


def test_the_people_of_a_space_are_offered_for_a_speaker(desk: Desk) -> None:
    draft = begin(desk, SPACE)

    async def work() -> list[str]:
        await desk.reports.answer(draft.id, node="space.part", value="speaker")
        view = await desk.reports.view(draft.id)
        return [
            o.id for node in view.page if node.id == "space.who" for o in node.options
        ]

    assert asyncio.run(work()) == ["@hanna", "@sam", "@lee"]


def test_a_name_that_is_too_long_is_refused(desk: Desk) -> None:
    draft = begin(desk, SPACE, **SPEAKER)
    answer = desk.reports.answer
    asyncio.run(answer(draft.id, node="space.who", value=("x" * 64,)))
    with pytest.raises(BadInput) as caught:
        asyncio.run(answer(draft.id, node="space.who", value=("x" * 65,)))
    assert (caught.value.field, caught.value.reason) == ("space.who", "answer")
    assert dict(desk.store.drafts.get(draft.id).answers)["space.who"] == ("x" * 64,)


def test_a_reason_that_breaks_no_written_rule_names_none(desk: Desk) -> None:
    draft = begin(desk, symptoms=("else",), leaves=("other",))
    said = asyncio.run(desk.reports.check(draft.id)).sentence
    ruled = begin(desk, **HARASS)
    assert "rule" not in said
    assert "rule" in asyncio.run(desk.reports.check(ruled.id)).sentence


@pytest.mark.parametrize(
    ("ref", "person"),
    [
        (SubjectRef(SubjectKind.ACCOUNT, "@Mallory"), "mallory"),
        (SubjectRef(SubjectKind.ACCOUNT, "66"), "66"),
        (POST, ""),
        (SPACE, ""),
    ],
)
def test_who_is_meant_is_known_offline_from_the_subject_alone(
    ref: SubjectRef, person: str
) -> None:
    desk = open_desk(None, online=False)
    draft = begin(desk, ref, **HARASS)
    assert (draft.subject.url, draft.subject.text, draft.subject.people) == ("", "", ())
    check = asyncio.run(desk.reports.check(draft.id))
    assert check.person == person
    assert bool(check.offers) is bool(person)
    desk.store.close()


def test_a_word_that_is_no_kind_is_read_as_an_address(desk: Desk) -> None:
    with pytest.raises(BadInput):
        asyncio.run(desk.reports.resolve(ME, text="planet:12"))
    found = asyncio.run(desk.reports.resolve(ME, text=f"{ORIGIN}/@mallory/posts/12"))
    assert found == POST


def test_a_reason_that_was_searched_for_is_picked_with_a_symptom(desk: Desk) -> None:
    draft = begin(desk, symptoms=("spam",), leaves=("spam.bulk",))

    async def picked(leaf: str) -> dict[str, Answer]:
        view = await desk.reports.pick(draft.id, leaf=leaf)
        return dict(view.draft.answers)

    async def work() -> None:
        # Its symptom was chosen before: nothing is added but the reason.
        found = await picked("spam.scam")
        assert found["symptoms"] == ("spam",)
        assert found["leaves"] == ("spam.bulk", "spam.scam")
        found = await picked("harass.targeted")
        assert found["symptoms"] == ("spam", "targeted")
        assert found["leaves"] == ("spam.bulk", "spam.scam", "harass.targeted")
        with pytest.raises(BadInput) as caught:
            await picked("no.such")
        assert (caught.value.field, caught.value.reason) == ("leaves", "answer")
        kept = await desk.reports.draft(draft.id)
        assert dict(kept.answers) == found

    asyncio.run(work())


def test_every_card_that_a_page_shows_can_be_opened(desk: Desk) -> None:
    draft = begin(desk, danger="yes")
    view = asyncio.run(desk.reports.view(draft.id))
    shown = [card for node in view.page for card in node.cards]
    assert shown
    assert set(shown) <= set(desk.reports.cards)
    assert all(desk.reports.cards[card].id == card for card in shown)


def test_a_decision_that_was_appealed_elsewhere_takes_no_second_appeal(
    desk: Desk,
) -> None:
    draft = begin(desk, **HARASS)
    case = asyncio.run(desk.reports.submit(draft.id)).case
    assert case is not None
    decision = Decision(
        id=DecisionId("5"),
        at=NOW,
        outcome=Outcome.NONE,
        rule="",
        facts="",
        scope="",
        days=None,
        automated=False,
        redress="",
        appeal_until=NOW + timedelta(days=20),
    )
    event = CaseEvent(CaseEventKind.DECISION, NOW, decision=decision)
    change = desk.store.cases.get(case).change
    assert change is not None

    def told(appeal: Appeal | None) -> None:
        fact = CaseFact(
            "900", CaseState.DECIDED, (event,), appeal=appeal, change=change
        )
        desk.store.mirrors.apply(ME, [fact])

    told(Appeal(DecisionId("5"), text="From my phone.", sent=NOW))
    with pytest.raises(BadInput) as caught:
        asyncio.run(desk.reports.appeal(case, text="Look again."))
    assert (caught.value.field, caught.value.reason) == ("case", "appeal_used")
    # An appeal against an earlier decision uses up nothing.
    told(Appeal(DecisionId("4"), text="From my phone.", sent=NOW))
    receipt = asyncio.run(desk.reports.appeal(case, text="Look again."))
    assert len(receipt.changes) == 1
