"""Sending: the check page, one transaction, extras in their order, hand-off."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from safetyclient.application.report_views import AlsoAct, CheckPage
from safetyclient.domain.accounts import NetworkKind
from safetyclient.domain.changes import ChangeKind, ChangeStatus
from safetyclient.domain.errors import BadInput
from safetyclient.domain.evidence import broken_at
from safetyclient.domain.flow_nodes import OutcomeKind
from safetyclient.domain.ids import SubjectKind, SubjectRef
from safetyclient.domain.reports import Answer, Case, CaseState
from safetyclient.domain.spaces import (
    Moment,
    SpacePart,
)
from safetyclient.domain.wishes import SetBlock, SetMute
from tests.flows.desk import (
    HARASS,
    ME,
    ORIGIN,
    POST,
    SPACE,
    Desk,
    begin,
    open_desk,
    sent_report,
)


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = open_desk(None)
    yield made
    made.store.close()


def test_the_check_page_is_exactly_what_is_sent(desk: Desk) -> None:
    more = f"{ORIGIN}/@mallory/posts/13"
    draft = begin(
        desk,
        **HARASS,
        often="repeated",
        posts=(more, "14"),
        comment="Please look.",
        language="de",
    )
    check = asyncio.run(desk.reports.check(draft.id))
    assert check.ready
    assert check.receiver == "social.example"
    shown = {field.name: field.value for field in check.fields}
    assert shown == {
        "subject": "post:12",
        "url": f"{ORIGIN}/post/12",
        "reasons": "harass.targeted",
        "behalf": "me",
        "posts": "13, 14",
        "language": "de",
        "comment": "Please look.",
        "details.often": "repeated",
    }
    asyncio.run(desk.reports.submit(draft.id))
    report = sent_report(desk).report
    assert report.posts == ("13", "14")
    assert (report.comment, report.language) == ("Please look.", "de")
    assert report.details == (("often", "repeated"),)
    assert not report.danger


def sentence(desk: Desk, ref: SubjectRef = POST, /, **answers: Answer) -> str:
    draft = begin(desk, ref, **answers)
    return asyncio.run(desk.reports.check(draft.id)).sentence


def test_the_sentence_says_what_and_why(desk: Desk) -> None:
    said = sentence(desk, **HARASS)
    assert said == (
        "You report this post by \u2068mallory\u2069 because someone keeps going after"
        " one person. It may break the rules about abuse and harassment."
        " You say that it happens to you."
    )


def test_the_sentence_counts_and_joins(desk: Desk) -> None:
    leaves: dict[str, Answer] = {
        "symptoms": ("targeted", "spam"),
        "leaves": ("harass.troll", "spam.bulk", "harass.pileon"),
        "danger": "yes",
        "whom": "unsure",
    }
    said = sentence(desk, **leaves, posts=("13",))
    assert "because they are rude or tease someone, it is spam and they send" in said
    assert "about abuse and harassment and spam and scams." in said
    assert "You say that someone is in danger now. You add 1 more post." in said
    assert said.endswith("1 more post.")
    assert "You add 2 more posts." in sentence(desk, **leaves, posts=("13", "14"))


def test_a_speaker_of_a_space_is_meant_by_id(desk: Desk) -> None:
    answers: dict[str, Answer] = {
        **HARASS,
        "space.part": "speaker",
        "space.who": ("@sam",),
        "moments": ("12:30 @sam: the words", "1:00:05"),
    }
    draft = begin(desk, SPACE, **answers)
    check = asyncio.run(desk.reports.check(draft.id))
    assert "a person in this Space" in check.sentence
    assert "You mean \u2068@sam\u2069." in check.sentence
    assert "You add 2 moments." in check.sentence
    assert check.person == "sam"
    asyncio.run(desk.reports.submit(draft.id, also=[AlsoAct.MUTE]))
    report = sent_report(desk).report
    assert report.space_part is SpacePart.SPEAKER
    assert report.person == "32"
    assert report.moments == (Moment(750, "the words", "sam"), Moment(3605))
    muted = [c.wish for c in desk.changes() if isinstance(c.wish, SetMute)]
    assert [(wish.person.id, wish.person.handle) for wish in muted] == [("32", "sam")]


def test_the_host_is_meant_by_id(desk: Desk) -> None:
    draft = begin(desk, SPACE, **HARASS, **{"space.part": "host"})
    asyncio.run(desk.reports.submit(draft.id))
    report = sent_report(desk).report
    assert (report.space_part, report.person) == (SpacePart.HOST, "31")


def test_a_report_is_one_batch_a_case_and_no_draft_any_more(desk: Desk) -> None:
    draft = begin(desk, **HARASS)
    receipt = asyncio.run(desk.reports.submit(draft.id))
    assert receipt.outcome is OutcomeKind.SEND
    assert receipt.report is not None
    assert receipt.also is None
    assert receipt.case is not None
    (change,) = desk.changes()
    assert change.kind is ChangeKind.REPORT
    assert change.status is ChangeStatus.QUEUED
    assert (change.id,) == receipt.report.changes
    case = asyncio.run(desk.reports.case(receipt.case))
    assert case.state is CaseState.WAITING_TO_SEND
    assert case.change == change.id
    assert case.reasons == ("harass.targeted",)
    assert desk.store.drafts.all() == ()
    kept = desk.store.drafts.evidence(receipt.case)
    assert len(kept) == 3
    assert broken_at(kept) is None
    assert desk.store.drafts.evidence(draft.id) == ()
    assert desk.kicked == [ME]


def test_a_second_send_of_one_draft_finds_nothing_to_send(desk: Desk) -> None:
    draft = begin(desk, **HARASS)
    asyncio.run(desk.reports.submit(draft.id))
    with pytest.raises(BadInput):
        asyncio.run(desk.reports.submit(draft.id))
    assert len(desk.changes()) == 1


def test_extras_wait_for_the_report_a_minute_at_most(desk: Desk) -> None:
    draft = begin(desk, **HARASS)
    acts = [AlsoAct.REMOVE_FOLLOWER, AlsoAct.BLOCK, AlsoAct.MUTE]
    receipt = asyncio.run(desk.reports.submit(draft.id, also=acts))
    assert receipt.report is not None
    assert receipt.also is not None
    assert receipt.also.batch != receipt.report.batch
    by_kind = {change.kind: change for change in desk.changes()}
    for kind, limit in [
        (ChangeKind.MUTE, 60),
        (ChangeKind.BLOCK, 60),
        (ChangeKind.REMOVE_FOLLOWER, None),
    ]:
        change = by_kind[kind]
        assert change.batch == receipt.also.batch
        assert change.after_ids == receipt.report.changes
        assert change.after_limit == limit
        assert change.subject == "account:66"
    block = by_kind[ChangeKind.BLOCK]
    assert isinstance(block.wish, SetBlock)
    assert block.wish.blocked
    assert isinstance(block.before, SetBlock)
    assert not block.before.blocked


def test_block_now_waits_for_nothing(desk: Desk) -> None:
    draft = begin(desk, **HARASS)
    asyncio.run(
        desk.reports.submit(draft.id, also=[AlsoAct.BLOCK], block_after_report=False)
    )
    (block,) = [c for c in desk.changes() if c.kind is ChangeKind.BLOCK]
    assert block.after_ids == ()
    assert block.after_limit is None


def test_the_report_of_an_account_does_not_hold_its_block_back(desk: Desk) -> None:
    account = SubjectRef(SubjectKind.ACCOUNT, "66")
    draft = begin(desk, account, **HARASS)
    asyncio.run(desk.reports.submit(draft.id, also=[AlsoAct.BLOCK]))
    subjects = [change.subject for change in desk.changes()]
    assert len(set(subjects)) == 2


@pytest.mark.parametrize("leaves", [("selfharm.risk",), ("selfharm.risk", "spam.bulk")])
def test_a_block_is_never_offered_for_somebody_one_is_worried_about(
    desk: Desk, leaves: tuple[str, ...]
) -> None:
    answers: dict[str, Answer] = {
        "symptoms": ("selfharm", "spam"),
        "leaves": leaves,
    }
    draft = begin(desk, **answers)
    check = asyncio.run(desk.reports.check(draft.id))
    assert AlsoAct.BLOCK not in check.offers
    assert AlsoAct.MUTE in check.offers
    with pytest.raises(BadInput) as caught:
        asyncio.run(desk.reports.submit(draft.id, also=[AlsoAct.BLOCK]))
    assert caught.value.reason == "not_offered"
    assert desk.changes() == ()
    receipt = asyncio.run(desk.reports.submit(draft.id))
    assert "report.next.worried" in receipt.next_keys


def test_a_report_is_not_sent_while_a_needed_answer_is_missing(desk: Desk) -> None:
    draft = begin(desk, symptoms=("sexual",), leaves=("sexual.ncii",))
    assert not asyncio.run(desk.reports.check(draft.id)).ready
    with pytest.raises(BadInput) as caught:
        asyncio.run(desk.reports.submit(draft.id))
    assert (caught.value.field, caught.value.reason) == ("under18", "missing")


def test_all_of_a_report_is_kept_or_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = begin(desk, **HARASS)

    def full(case: Case) -> None:
        raise OSError

    monkeypatch.setattr(desk.store.cases, "add", full)
    with pytest.raises(OSError):  # noqa: PT011 - nothing else raises it here
        asyncio.run(desk.reports.submit(draft.id, also=[AlsoAct.BLOCK]))
    assert desk.changes() == ()
    assert desk.store.drafts.get(draft.id) == draft
    assert desk.kicked == []


@pytest.mark.parametrize(
    ("kind", "ref"),
    [
        (NetworkKind.MASTODON, SPACE),
        (NetworkKind.BLUESKY, SPACE),
        (NetworkKind.X, POST),
    ],
)
def test_where_a_network_takes_no_such_report_the_person_is_handed_the_text(
    tmp_path: Path, kind: NetworkKind, ref: SubjectRef
) -> None:
    desk = open_desk(tmp_path / "store", kind=kind)
    draft = begin(desk, ref, **HARASS, comment="Please look.")
    check: CheckPage = asyncio.run(desk.reports.check(draft.id))
    assert check.outcome is OutcomeKind.HANDOFF
    assert check.fields == ()
    receipt = asyncio.run(desk.reports.submit(draft.id))
    assert receipt.report is None
    assert receipt.url == f"{ORIGIN}/{ref.kind.value}/{ref.id}"
    for part in (receipt.url, "Please look.", "Abuse & harassment"):
        assert part in receipt.handoff_text
    assert receipt.case is not None
    case = asyncio.run(desk.reports.case(receipt.case))
    assert case.state is CaseState.REPORTED_ELSEWHERE
    assert case.change is None
    assert desk.changes() == ()
    assert desk.store.drafts.all() == ()
    desk.store.close()


def test_what_one_only_dislikes_sends_nothing(desk: Desk) -> None:
    draft = begin(desk, symptoms=("dislike",))
    check = asyncio.run(desk.reports.check(draft.id))
    assert check.outcome is OutcomeKind.NOTHING
    assert check.fields == ()
    assert check.offers == (AlsoAct.MUTE,)
    receipt = asyncio.run(desk.reports.submit(draft.id, also=[AlsoAct.MUTE]))
    assert receipt.report is None
    assert receipt.case is None
    (change,) = desk.changes()
    assert change.kind is ChangeKind.MUTE
    assert change.after_ids == ()
    assert asyncio.run(desk.reports.cases(ME)) == ()


def test_what_stands_by_default_needs_no_answer(desk: Desk) -> None:
    draft = begin(desk, symptoms=("spam",), leaves=("spam.scam",))
    view = asyncio.run(desk.reports.view(draft.id))
    assert view.finished
    asyncio.run(desk.reports.submit(draft.id))
    report = sent_report(desk).report
    assert (report.behalf, report.danger) == ("unsure", False)


def test_reports_of_one_thing_keep_their_order(desk: Desk) -> None:
    for _ in range(2):
        draft = begin(desk, symptoms=("spam",), leaves=("spam.scam",))
        asyncio.run(desk.reports.submit(draft.id))
    assert [change.subject for change in desk.changes()] == ["post:12", "post:12"]


def test_what_a_case_keeps_can_be_wiped_and_the_case_stays(desk: Desk) -> None:
    draft = begin(desk, **HARASS)
    receipt = asyncio.run(desk.reports.submit(draft.id))
    assert receipt.case is not None
    assert len(asyncio.run(desk.reports.evidence(receipt.case))) == 3
    asyncio.run(desk.reports.wipe_evidence(receipt.case))
    assert asyncio.run(desk.reports.evidence(receipt.case)) == ()
    assert len(asyncio.run(desk.reports.cases(ME))) == 1
