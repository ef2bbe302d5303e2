"""Q5: no name can look like somebody else's handle."""

from __future__ import annotations

import itertools
import unicodedata

import pytest
from PySide6.QtGui import QFont, QTextLayout, QTextOption
from pytestqt.qtbot import QtBot

from safetyclient.domain.people import Person, display_name
from safetyclient.ui.models.rows import person_text
from safetyclient.ui.safe_text import (
    foreign,
    handle_text,
    identity_text,
    looks_mixed,
    name_text,
)

TRUE = "mallory"
CONTROLS = [
    "\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068",
    "\u2069", "\u200e", "\u200f", "\u061c", "\u200b", "\u200c", "\u200d", "\u2060",
    "\ufeff", "\u00ad", "\u180e", "\u115f", "\u1160", "\u3164", "\uffa0", "\u2800",
    "\u034f", "\u2028", "\u2029", "\n", "\r", "\t", "\x00", "\x1b", "\x85",
    "\U000e0041", "\ufe0f",
]  # fmt: skip
SHAPES = [
    "@alice{c}",
    "{c}@alice",
    "User {c}ecila@",
    "alice{c}{c}{c} is @alice",
    "\u05d0\u05d1 {c}@alice",
    "{c}\u0645\u0631\u062d\u0628\u0627 @alice{c}",
]
CORPUS = [
    shape.format(c=control) for shape, control in itertools.product(SHAPES, CONTROLS)
]


def visual_end(text: str) -> str:
    """Return the character that stands last, left to right, in a laid out line."""
    layout = QTextLayout(text, QFont())
    layout.setTextOption(QTextOption())
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(100_000)
    layout.endLayout()
    places: dict[int, float] = {}
    for number, char in enumerate(text):
        if unicodedata.category(char) == "Cf":
            continue
        places[number] = max(_x(line.cursorToX(number)), _x(line.cursorToX(number + 1)))
    return text[max(places, key=lambda number: (places[number], number))]


def _x(found: object) -> float:
    return float(found[0] if isinstance(found, tuple) else found)  # type: ignore[arg-type] # stubs


def test_q5_the_corpus_is_large_enough() -> None:
    assert len(CORPUS) >= 200


@pytest.mark.parametrize("name", CORPUS, ids=ascii)
def test_q5_a_row_ends_with_the_true_handle(qtbot: QtBot, name: str) -> None:
    person = Person(id="", handle=TRUE, name=name)  # type: ignore[arg-type] # id
    shown = person_text(person)
    assert visual_end(shown) == TRUE[-1]
    assert shown.endswith(handle_text(TRUE))


@pytest.mark.parametrize("name", CORPUS, ids=ascii)
def test_q5_a_name_keeps_no_control(name: str) -> None:
    shown = display_name(name)
    inner = shown.removeprefix("\u2068").removesuffix("\u2069")
    assert shown == f"\u2068{inner}\u2069"
    for char in inner:
        assert unicodedata.category(char)[0] != "C"
        assert unicodedata.category(char) not in {"Zl", "Zp"}


def test_q5_the_oracle_sees_a_reordered_row(qtbot: QtBot) -> None:
    naive = f"User \u202eecila@ @{TRUE}"
    assert visual_end(naive) != TRUE[-1]


def test_q5_name_and_identity_are_separate_paragraphs() -> None:
    assert "\n" not in name_text("a\nb", TRUE)
    assert identity_text("ma\u202ellory", "12\u202e3").count("\u202e") == 0


def test_q5_alphabets_that_look_alike_are_told() -> None:
    assert looks_mixed("p\u0430ypal", "x")
    assert not looks_mixed("Паша", "x")


def test_q5_foreign_text_is_capped_and_cleaned() -> None:
    assert len(foreign("x" * 1_000_000)) == 2001
    assert foreign("e" + "\u0301" * 50).count("\u0301") == 2
    assert foreign("a\u202eb\u2066c", lines=True) == "abc"
