"""What undo does with a change in each state."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from safetyclient.domain.changes import (
    LEFT,
    PENDING,
    ROW_STATES,
    Change,
    ChangeKind,
    ChangeStatus,
    Delivery,
    delivery_of,
    inverse,
    reversibility_of,
    undo_plan,
)
from safetyclient.domain.ids import (
    OWN_ACCOUNT,
    AccountId,
    MediaId,
    PersonId,
    PersonRef,
    PostId,
    SubjectKind,
    SubjectRef,
    new_batch_id,
    new_case_id,
    new_change_id,
    new_draft_id,
)
from safetyclient.domain.media import MediaType, MediaWarning
from safetyclient.domain.wishes import (
    AnswerRequest,
    RemoveFollower,
    SetBlock,
    SetMute,
    SetProtection,
    SetWarnings,
    Wish,
)

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
BOB = PersonRef(id=PersonId("7"), handle="bob")
WARNED = SetWarnings(
    post=PostId("1"), media=MediaId("2"), warnings=frozenset({MediaWarning.NUDITY})
)


def change(
    wish: Wish, *, kind: ChangeKind = ChangeKind.MUTE, before: Wish | None = None
) -> Change:
    """Return a queued change."""
    return Change(
        id=new_change_id(),
        batch=new_batch_id(),
        account=AccountId("a"),
        kind=kind,
        subject=BOB.key,
        wish=wish,
        before=before,
        created=NOW,
    )


def test_a_queued_change_is_withdrawn() -> None:
    queued = change(SetMute(person=BOB, muted=True))
    assert undo_plan(queued) == replace(queued, status=ChangeStatus.WITHDRAWN)


@pytest.mark.parametrize(
    "status",
    [
        ChangeStatus.SENDING,
        ChangeStatus.RESEND,
        ChangeStatus.ACCEPTED,
        ChangeStatus.UNSURE,
    ],
)
def test_what_may_have_been_sent_gets_an_inverse(status: ChangeStatus) -> None:
    sent = replace(change(SetMute(person=BOB, muted=True)), status=status)
    assert undo_plan(sent) == SetMute(person=BOB, muted=False)


@pytest.mark.parametrize("status", [ChangeStatus.REJECTED, ChangeStatus.WITHDRAWN])
def test_what_never_happened_needs_no_undo(status: ChangeStatus) -> None:
    ended = replace(change(SetMute(person=BOB, muted=True)), status=status)
    assert undo_plan(ended) is None


@pytest.mark.parametrize(
    ("wish", "before", "back"),
    [
        (SetProtection(protected=True), None, SetProtection(protected=False)),
        (
            SetProtection(protected=True),
            SetProtection(protected=True),
            SetProtection(protected=True),
        ),
        (
            SetBlock(person=BOB, blocked=False, note="why"),
            None,
            SetBlock(person=BOB, blocked=True, note="why"),
        ),
        (
            SetBlock(person=BOB, blocked=True),
            SetBlock(person=BOB, blocked=True, until=NOW),
            SetBlock(person=BOB, blocked=True, until=NOW),
        ),
        (WARNED, None, None),
        (
            WARNED,
            replace(WARNED, warnings=frozenset[MediaWarning]()),
            replace(WARNED, warnings=frozenset[MediaWarning]()),
        ),
        (RemoveFollower(person=BOB), None, None),
        (AnswerRequest(person=BOB, accept=True), None, None),
    ],
)
def test_an_inverse_restores_what_was_seen(
    wish: Wish, before: Wish | None, back: Wish | None
) -> None:
    assert inverse(change(wish, before=before)) == back


def test_every_kind_says_how_it_is_delivered_and_undone() -> None:
    once = {kind for kind in ChangeKind if delivery_of(kind) is Delivery.ONCE}
    assert once == {ChangeKind.PUBLISH, ChangeKind.REPORT, ChangeKind.APPEAL}
    assert all(reversibility_of(kind) for kind in ChangeKind)
    report = change(SetMute(person=BOB, muted=True), kind=ChangeKind.REPORT)
    assert report.delivery is Delivery.ONCE


def test_states_are_covered() -> None:
    assert set(ROW_STATES) == set(ChangeStatus) - {ChangeStatus.WITHDRAWN}
    assert {ChangeStatus.RESEND} == PENDING & LEFT


def test_ids_are_fresh_and_subjects_have_one_key() -> None:
    assert len({new_change_id() for _ in range(100)}) == 100
    assert len(new_draft_id()) == len(new_case_id()) == 12
    ref = SubjectRef(SubjectKind.POST, "12")
    assert ref.key == str(ref) == "post:12"
    assert PersonRef(id=PersonId(""), handle="Bob").key == "account:@bob"
    assert OWN_ACCOUNT == "self"
    assert MediaType.MP4.is_video
    assert not MediaType.PNG.is_video
