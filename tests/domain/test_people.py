"""Handles have one spelling; foreign names cannot fool."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safetyclient.domain.errors import BadInput
from safetyclient.domain.ids import PersonId
from safetyclient.domain.people import (
    Person,
    display_name,
    mixed_scripts,
    parse_handle,
)

FSI, PDI = "\u2068", "\u2069"


@pytest.mark.parametrize("text", ["alice", "@alice", "  @Alice ", "ALICE"])
def test_a_handle_has_one_spelling(text: str) -> None:
    assert parse_handle(text) == "alice"


@pytest.mark.parametrize("text", ["", "@", "a b", "-a", "a-", "a/../b", "x" * 64, "é"])
def test_what_cannot_be_a_handle_is_bad_input(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_handle(text)
    assert caught.value.field == "handle"


@given(st.from_regex(r"[a-z0-9_]([a-z0-9_.-]{0,20}[a-z0-9_])?", fullmatch=True))
def test_parsing_a_handle_twice_changes_nothing(handle: str) -> None:
    assert parse_handle(parse_handle("@" + handle)) == handle


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("Bob", "Bob"),
        ("User \u202egnp.exe", "User gnp.exe"),
        ("a\u2069b\u2066c", "abc"),
        ("a\nb\tc", "abc"),
        ("zero\u200bwidth", "zerowidth"),
        ("\u3164\u115f\u2800", ""),
        ("e\u0301\u0301\u0301\u0301", "e\u0301\u0301"),
        ("a\ufe0f", "a"),
        ("many   spaces", "many spaces"),
    ],
)
def test_a_name_is_shown_as_what_it_is(name: str, seen: str) -> None:
    assert display_name(name) == (f"{FSI}{seen}{PDI}" if seen else "")


def test_a_long_name_is_cut() -> None:
    shown = display_name("x" * 1000)
    assert len(shown) == 80 + len("…") + 2


@given(st.text())
def test_a_name_never_holds_a_control(name: str) -> None:
    inner = display_name(name).removeprefix(FSI).removesuffix(PDI)
    assert all(unicodedata.category(char)[0] != "C" for char in inner)


def test_alphabets_that_look_alike_are_noticed() -> None:
    assert mixed_scripts("p\u0430ypal")
    assert not mixed_scripts("paypal")
    assert not mixed_scripts("Дмитрий")


def test_a_person_knows_their_reference() -> None:
    person = Person(id=PersonId("7"), handle="bob")
    assert person.ref.key == "account:7"
