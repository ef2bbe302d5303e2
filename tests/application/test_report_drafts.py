"""Drafts on the real store: evidence first, every answer kept, pages, search."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from safetyclient.application import report_drafts
from safetyclient.domain.errors import BadInput, Gone, SignInExpired, TimedOut
from safetyclient.domain.evidence import EvidenceItem, EvidenceKind, broken_at
from safetyclient.domain.facts import SpaceFact
from safetyclient.domain.ids import PersonId, SpaceId, SubjectKind, SubjectRef
from safetyclient.domain.people import Person
from safetyclient.domain.reports import Answer, ReportDraft
from safetyclient.domain.spaces import (
    Participant,
    Space,
    SpaceRole,
    SpaceState,
)
from tests.flows.desk import (
    CANARY,
    HARASS,
    KEY,
    ME,
    NOW,
    ORIGIN,
    POST,
    SPACE,
    Desk,
    begin,
    open_desk,
)


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = open_desk(None)
    yield made
    made.store.close()


def test_what_was_seen_is_kept_before_anything_is_queued(desk: Desk) -> None:
    draft = begin(desk)
    assert desk.network.looked == [POST]
    kept = desk.store.drafts.evidence(draft.id)
    assert [item.kind for item in kept] == [
        EvidenceKind.ADDRESS,
        EvidenceKind.TEXT,
        EvidenceKind.PEOPLE,
    ]
    assert CANARY in kept[1].text
    assert broken_at(kept) is None
    assert desk.changes() == ()


@pytest.mark.parametrize("how", ["offline", "silent", "trouble", "gone", "expired"])
def test_without_the_server_a_report_begins_with_address_id_and_time(
    tmp_path: Path, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_drafts, "LOOK_UP_SECONDS", 0.02)
    desk = open_desk(tmp_path / "store", online=how != "offline")
    desk.network.silent = how == "silent"
    troubles = {"trouble": TimedOut(), "gone": Gone(), "expired": SignInExpired()}
    desk.network.trouble = troubles.get(how)
    address = f"{ORIGIN}/@mallory/posts/12"

    async def work() -> ReportDraft:
        ref = await desk.reports.resolve(ME, text=address)
        return await desk.reports.start(ME, ref=ref)

    draft = asyncio.run(work())
    assert draft.subject.ref == POST
    assert draft.subject.url == address
    assert draft.subject.taken == NOW
    assert draft.subject.text == ""
    assert bool(desk.network.looked) == (how != "offline")
    desk.store.close()


def test_a_space_is_known_from_the_mirror_when_the_server_is_not_there(
    tmp_path: Path,
) -> None:
    desk = open_desk(tmp_path / "store", online=False)
    desk.store.mirrors.apply(ME, [SpaceFact(KNOWN)])
    draft = begin(desk, SPACE)
    assert draft.subject.summary == "Evening talk"
    assert draft.subject.people == (("host", "31", "hanna"),)
    desk.store.close()


KNOWN = Space(
    id=SpaceId("7"),
    url=f"{ORIGIN}/spaces/7",
    title="Evening talk",
    topic="news",
    state=SpaceState.LIVE,
    starts=None,
    participants=(
        Participant(
            Person(id=PersonId("31"), handle="hanna"),
            SpaceRole.HOST,
        ),
    ),
)


@pytest.mark.parametrize(
    ("text", "ref"),
    [
        ("post:12", POST),
        (" space:7 ", SPACE),
        ("account:@mallory", SubjectRef(SubjectKind.ACCOUNT, "@mallory")),
        ("media:9", SubjectRef(SubjectKind.MEDIA, "9")),
        (f"{ORIGIN}/@mallory/posts/12", POST),
    ],
)
def test_a_reference_is_read(desk: Desk, text: str, ref: SubjectRef) -> None:
    assert asyncio.run(desk.reports.resolve(ME, text=text)) == ref


@pytest.mark.parametrize("text", ["", "post:", "post:../x", "thing:1", "https://x.y/1"])
def test_what_is_no_reference_is_refused(desk: Desk, text: str) -> None:
    with pytest.raises(BadInput) as caught:
        asyncio.run(desk.reports.resolve(ME, text=text))
    assert (caught.value.field, caught.value.reason) == ("ref", "ref")


def test_each_answer_is_on_the_disk_before_the_next_question(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "store")
    draft = begin(desk)
    given: dict[str, Answer] = {}
    for node, value in [*HARASS.items(), ("often", "repeated"), ("comment", "words")]:
        asyncio.run(desk.reports.answer(draft.id, node=node, value=value))
        given[node] = value
        other = open_desk(tmp_path / "store")
        assert dict(other.store.drafts.get(draft.id).answers) == given
        other.store.close()
    desk.store.close()


def test_pages_go_forward_and_back_and_answers_stay(desk: Desk) -> None:
    async def work() -> None:
        reports = desk.reports
        draft = (await reports.start(ME, ref=POST)).id
        view = await reports.view(draft)
        assert [node.id for node in view.page] == ["danger", "whom"]
        assert view.progress == (1, 4)
        assert not view.can_go_back
        assert view.node.answer == "no"
        assert not view.node.answered
        view = await reports.forward(draft)
        assert view.page_id == "what"
        assert dict(view.draft.answers) == {"danger": "no", "whom": "unsure"}
        with pytest.raises(BadInput) as caught:
            await reports.forward(draft)
        assert (caught.value.field, caught.value.reason) == ("symptoms", "missing")
        view = await reports.answer(draft, node="symptoms", value=("targeted", "spam"))
        assert view.page_id == "what"
        view = await reports.forward(draft)
        assert view.page_id == "how"
        ids = [option.id for option in view.node.options]
        assert ids[0] == "harass.targeted"
        assert "spam.bulk" in ids
        await reports.answer(draft, node="leaves", value=("spam.bulk",))
        view = await reports.forward(draft)
        assert view.page_id == "check"
        assert view.finished
        view = await reports.back(draft)
        assert view.page_id == "how"
        assert view.node.answer == ("spam.bulk",)
        view = await reports.back(draft)
        assert view.page_id == "what"
        assert (await reports.forward(draft)).page_id == "how"

    asyncio.run(work())


def test_a_single_reason_skips_its_page(desk: Desk) -> None:
    async def work() -> str:
        draft = (await desk.reports.start(ME, ref=POST)).id
        await desk.reports.forward(draft)
        await desk.reports.answer(draft, node="symptoms", value=("goods",))
        return (await desk.reports.forward(draft)).page_id

    assert asyncio.run(work()) == "check"


def test_an_answers_file_may_stand_in_any_order(desk: Desk) -> None:
    mixed = dict(reversed(HARASS.items())) | {"often": "once"}
    draft = begin(desk, **mixed)
    assert dict(draft.answers) == mixed
    assert asyncio.run(desk.reports.view(draft.id)).finished


@pytest.mark.parametrize(
    ("node", "value", "reason"),
    [
        ("nonsense", "x", "question"),
        ("leaves", ("harass.nonsense",), "answer"),
        ("leaves", "harass.targeted", "answer"),
        ("danger", "perhaps", "answer"),
        ("danger", True, "answer"),
        ("comment", "x" * 1901, "too_long"),
        ("posts", ("not a post",), "ref"),
        ("posts", tuple(str(n) for n in range(21)), "too_many"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused_and_nothing_is_kept(
    desk: Desk, node: str, value: Answer, reason: str
) -> None:
    draft = begin(desk)
    answers = {**HARASS, node: value}
    with pytest.raises(BadInput) as caught:
        asyncio.run(desk.reports.answer_all(draft.id, answers=answers))
    assert (caught.value.field, caught.value.reason) == (node, reason)
    assert desk.store.drafts.get(draft.id).answers == ()


def test_an_empty_answer_takes_the_answer_back(desk: Desk) -> None:
    draft = begin(desk, **HARASS, comment="words")
    asyncio.run(desk.reports.answer(draft.id, node="comment", value=""))
    assert dict(desk.store.drafts.get(draft.id).answers) == HARASS


def test_wiping_leaves_no_draft_and_no_evidence(desk: Desk) -> None:
    draft = begin(desk, **HARASS, comment="secret words")
    asyncio.run(desk.reports.wipe(draft.id))
    assert asyncio.run(desk.reports.drafts()) == ()
    left = desk.dump()
    assert CANARY not in left
    assert "secret words" not in left


def test_a_changed_removed_or_added_item_breaks_the_chain(desk: Desk) -> None:
    kept: tuple[EvidenceItem, ...] = desk.store.drafts.evidence(begin(desk).id)
    assert broken_at([]) is None
    assert broken_at([replace(kept[0], text="other"), *kept[1:]]) == 1
    assert broken_at([kept[0], *kept[2:]]) == 2
    assert broken_at([*kept, replace(kept[-1], number=4)]) == 4
    assert broken_at([kept[0], replace(kept[1], digest="0" * 64), kept[2]]) == 2


@pytest.mark.parametrize(
    ("words", "leaf"),
    [
        ("he keeps writing me", "harass.unwanted"),
        ("naked picture of me", "sexual.ncii"),
        ("crypto scam", "spam.scam"),
        ("wants to die", "selfharm.risk"),
        ("grooming", "child.groom"),
    ],
)
def test_own_words_find_the_reason(desk: Desk, words: str, leaf: str) -> None:
    draft = begin(desk)
    hits = asyncio.run(desk.reports.search(draft.id, words=words))
    assert leaf in [hit.leaf for hit in hits[:3]]
    view = asyncio.run(desk.reports.pick(draft.id, leaf=leaf))
    answers = dict(view.draft.answers)
    assert answers["leaves"] == (leaf,)
    assert answers["symptoms"] == (hits[[h.leaf for h in hits].index(leaf)].symptom,)


def test_words_that_nobody_uses_find_nothing(desk: Desk) -> None:
    draft = begin(desk)
    assert asyncio.run(desk.reports.search(draft.id, words="xyzzy")) == ()
    assert asyncio.run(desk.reports.search(draft.id, words="  ")) == ()


def test_the_key_of_the_store_is_needed(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "store")
    begin(desk)
    desk.store.close()
    raw = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert CANARY.encode() not in raw
    assert KEY not in raw
