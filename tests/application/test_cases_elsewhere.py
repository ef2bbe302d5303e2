"""Cases that were reported from somewhere else are shown, and can be appealed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from safetyclient.adapters.store import Store
from safetyclient.domain.errors import BadInput
from safetyclient.domain.facts import CaseFact
from safetyclient.domain.ids import (
    AccountId,
    CaseId,
    ChangeId,
    SubjectKind,
    SubjectRef,
)
from safetyclient.domain.reports import Case, CaseState

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
ME = AccountId("me")
POST = SubjectRef(SubjectKind.POST, "7")
FACT = CaseFact(
    "900",
    CaseState.IN_REVIEW,
    (),
    change="c" * 32,
    subject=POST,
    reasons=("spam.bulk",),
    created=NOW,
    url="https://example.org/@bob/posts/7",
)
OURS = Case(
    id=CaseId("ours"),
    account=ME,
    subject=POST,
    title="Bob",
    reasons=("spam.bulk",),
    state=CaseState.WAITING_TO_SEND,
    created=NOW - timedelta(days=1),
    change=ChangeId("d" * 32),
)


@pytest.fixture
def store() -> Store:
    return Store.open(None, bytes(32))


def test_a_case_from_elsewhere_is_shown(store: Store) -> None:
    store.cases.add(OURS)
    store.mirrors.apply(ME, [FACT])
    assert [case.id for case in store.cases.all(ME)] == ["900@me", "ours"]
    case = store.cases.get(CaseId("900@me"))
    assert (case.subject, case.state) == (POST, CaseState.IN_REVIEW)
    assert case.url == FACT.url


def test_a_case_of_ours_is_not_shown_twice(store: Store) -> None:
    store.cases.add(OURS)
    store.mirrors.apply(ME, [replace(FACT, change="d" * 32)])
    (case,) = store.cases.all(ME)
    assert (case.id, case.state) == ("ours", CaseState.IN_REVIEW)
    with pytest.raises(BadInput):
        store.cases.get(CaseId("900@me"))


def test_another_account_does_not_see_it(store: Store) -> None:
    store.mirrors.apply(ME, [FACT])
    assert store.cases.all(AccountId("other")) == ()
    with pytest.raises(BadInput):
        store.cases.get(CaseId("900@other"))


def test_a_case_whose_subject_is_not_told_is_not_invented(store: Store) -> None:
    store.mirrors.apply(ME, [replace(FACT, subject=None)])
    assert store.cases.all(ME) == ()
