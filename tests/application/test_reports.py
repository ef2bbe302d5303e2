"""Reports on the real store: drafts, evidence, check page, sending, hand-off."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from safetyclient.application import report_drafts
from safetyclient.application.report_views import AlsoAct, CheckPage
from safetyclient.domain.accounts import NetworkKind
from safetyclient.domain.changes import ChangeKind, ChangeStatus
from safetyclient.domain.errors import BadInput, Gone, SignInExpired, TimedOut
from safetyclient.domain.evidence import EvidenceItem, EvidenceKind, broken_at
from safetyclient.domain.facts import SpaceFact
from safetyclient.domain.flow_nodes import OutcomeKind
from safetyclient.domain.ids import PersonId, SpaceId, SubjectKind, SubjectRef
from safetyclient.domain.people import Person
from safetyclient.domain.reports import Answer, Case, CaseState, ReportDraft
from safetyclient.domain.spaces import (
    Moment,
    Participant,
    Space,
    SpacePart,
    SpaceRole,
    SpaceState,
)
from safetyclient.domain.wishes import SetBlock, SetMute, SubmitReport
from tests.flows.desk import CANARY, KEY, ME, NOW, ORIGIN, POST, SPACE, Desk, open_desk

HARASS: dict[str, Answer] = {
    "danger": "no",
    "whom": "me",
    "symptoms": ("targeted",),
    "leaves": ("harass.targeted",),
}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = open_desk(tmp_path / "store")
    yield made
    made.store.close()


def begin(desk: Desk, ref: SubjectRef = POST, /, **answers: Answer) -> ReportDraft:
    """Begin a draft and give it answers."""

    async def work() -> ReportDraft:
        draft = await desk.reports.start(ME, ref=ref)
        if answers:
            await desk.reports.answer_all(draft.id, answers=answers)
        return await desk.reports.draft(draft.id)

    return asyncio.run(work())


def sent_report(desk: Desk) -> SubmitReport:
    """Return the one report in the outbox."""
    wishes = [c.wish for c in desk.changes() if isinstance(c.wish, SubmitReport)]
    assert len(wishes) == 1
    return wishes[0]


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
