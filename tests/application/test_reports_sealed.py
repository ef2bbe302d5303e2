"""Where a child is sexualised or approached: address, id and time, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from safetyclient.application.report_views import AlsoAct
from safetyclient.domain.evidence import EvidenceKind, Keeping, keeping
from safetyclient.domain.ids import SubjectKind, SubjectRef
from safetyclient.domain.reports import Answer, SubjectSnapshot
from safetyclient.domain.wishes import SubmitReport
from tests.flows.desk import CANARY, ME, NOW, ORIGIN, POST, Desk, open_desk

_KNOWN: list[dict[str, Answer]] = [
    {"symptoms": ("child",), "leaves": ("child.csam",)},
    {"symptoms": ("child",), "leaves": ("child.groom",)},
    {"symptoms": ("child", "spam"), "leaves": ("spam.scam", "child.groom")},
]
SEXUAL = ("ncii", "deepfake", "unlabeled", "abuse", "animal", "other")


def young(leaf: str, said: str) -> dict[str, Answer]:
    """Return answers that say that somebody was, or may have been, under 18."""
    return {
        "symptoms": ("sexual",),
        "leaves": (f"sexual.{leaf}",),
        "under18": said,
    }


SEALED = _KNOWN + [young(leaf, said) for leaf in SEXUAL for said in ("yes", "unsure")]
KINDS = [
    SubjectKind.POST,
    SubjectKind.ACCOUNT,
    SubjectKind.MEDIA,
    SubjectKind.SPACE,
]
TYPED: dict[str, Answer] = {
    "symptoms": ("targeted",),
    "leaves": ("harass.pileon", "harass.other"),
    "call": f"{CANARY} call",
    "accounts": (f"@{CANARY}",),
    "posts": (CANARY,),
    "comment": f"{CANARY} comment",
}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = open_desk(tmp_path / "store", has_video=True)
    yield made
    made.store.close()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("answers", SEALED, ids=lambda a: "-".join(a["leaves"]))
def test_nothing_but_address_id_and_time_is_kept_or_sent(
    desk: Desk, answers: dict[str, Answer], kind: SubjectKind
) -> None:
    ref = SubjectRef(kind, "12")

    async def work() -> None:
        reports = desk.reports
        draft = (await reports.start(ME, ref=ref)).id
        await reports.answer_all(draft, answers=TYPED if kind is not SPACE else {})
        assert CANARY in desk.dump()
        await reports.answer_all(draft, answers=answers)
        kept = await reports.draft(draft)
        url = f"{ORIGIN}/{kind.value}/12"
        assert kept.subject == SubjectSnapshot(ref=ref, url=url, taken=NOW)
        items = desk.store.drafts.evidence(draft)
        assert [item.kind for item in items] == [EvidenceKind.ADDRESS]
        assert CANARY not in desk.dump()
        for name in ("comment", "posts", "accounts", "call"):
            await reports.answer_all(draft, answers={name: TYPED[name]})
        assert CANARY not in desk.dump()
        receipt = await reports.submit(draft)
        assert receipt.case is not None
        assert [item.kind for item in desk.store.drafts.evidence(receipt.case)] == [
            EvidenceKind.ADDRESS
        ]

    asyncio.run(work())
    assert CANARY not in desk.dump()
    assert "mallory" not in desk.dump()
    (change,) = desk.changes()
    assert isinstance(change.wish, SubmitReport)
    report = change.wish.report
    assert (report.subject, report.url) == (ref, f"{ORIGIN}/{kind.value}/12")
    assert report.comment == report.language == report.person == ""
    assert (report.posts, report.moments) == ((), ())
    assert report.space_part is None
    assert {name for name, _ in report.details} <= {"under18"}


SPACE = SubjectKind.SPACE


@pytest.mark.parametrize("leaf", ["child.privacy", "child.bully", "child.other"])
def test_for_other_reasons_about_a_child_text_stays_and_media_do_not(
    desk: Desk, leaf: str
) -> None:
    async def work() -> str:
        draft = (await desk.reports.start(ME, ref=POST)).id
        answers: dict[str, Answer] = {"symptoms": ("child",), "leaves": (leaf,)}
        await desk.reports.answer_all(draft, answers=answers)
        return draft

    kept = desk.store.drafts.evidence(asyncio.run(work()))
    assert [item.kind for item in kept][:2] == [EvidenceKind.ADDRESS, EvidenceKind.TEXT]
    assert EvidenceKind.MEDIA not in {item.kind for item in kept}
    assert keeping({"leaves": (leaf,)}) is Keeping.NO_MEDIA


def test_an_adult_keeps_what_was_seen(desk: Desk) -> None:
    answers: dict[str, Answer] = {
        "symptoms": ("sexual",),
        "leaves": ("sexual.ncii",),
        "under18": "no",
    }

    async def work() -> str:
        draft = (await desk.reports.start(ME, ref=POST)).id
        await desk.reports.answer_all(draft, answers=answers)
        return draft

    assert CANARY in repr(desk.store.drafts.evidence(asyncio.run(work())))


def test_who_approached_a_child_can_still_be_blocked(desk: Desk) -> None:
    """The name is known while the program runs; the report does not tell it."""

    async def work() -> None:
        draft = (await desk.reports.start(ME, ref=POST)).id
        await desk.reports.answer_all(
            draft, answers={"symptoms": ("child",), "leaves": ("child.groom",)}
        )
        check = await desk.reports.check(draft)
        assert AlsoAct.BLOCK in check.offers
        await desk.reports.submit(draft, also=[AlsoAct.BLOCK])

    asyncio.run(work())
    report, block = desk.changes()
    assert "mallory" not in repr(report)
    assert block.subject == "account:66"
