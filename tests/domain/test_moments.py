"""Moments: one line says when, who and what; it is read back as it was written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safetyclient.domain.errors import BadInput
from safetyclient.domain.moments import moment_line, parse_moment
from safetyclient.domain.spaces import Moment


@pytest.mark.parametrize(
    ("line", "moment"),
    [
        ("0:05", Moment(5)),
        ("12:30", Moment(750)),
        ("90:00", Moment(5400)),
        ("1:02:30 @sam: the words", Moment(3750, "the words", "sam")),
        ("  7:09 @sam  ", Moment(429, "", "sam")),
        ("7:09 only words: these", Moment(429, "only words: these")),
        ("168:00:00", Moment(604_800)),
    ],
)
def test_a_line_is_read(line: str, moment: Moment) -> None:
    assert parse_moment(line) == moment


@pytest.mark.parametrize(
    "line",
    ["", "words", "12", "12:60", "-1:00", "1:2:3", "168:00:01", "999:999:59"],
)
def test_a_line_without_a_time_of_a_week_is_bad_input(line: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_moment(line)
    assert (caught.value.field, caught.value.reason) == ("moments", "moment")


def test_too_many_words_are_bad_input() -> None:
    assert parse_moment("1:00 " + "x" * 500).quote == "x" * 500
    with pytest.raises(BadInput):
        parse_moment("1:00 " + "x" * 501)


@given(
    st.builds(
        Moment,
        seconds=st.integers(0, 604_800),
        quote=st.text("abc äß.,:@", max_size=40).map(
            lambda text: text.strip().lstrip("@ ")
        ),
        who=st.text("abcä_.", max_size=12),
    )
)
def test_a_written_moment_is_read_back(moment: Moment) -> None:
    assert parse_moment(moment_line(moment)) == moment
