"""H10: odd and lying JSON is a BadAnswer and nothing else."""

from __future__ import annotations

import time

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safetyclient.adapters.http.client import Answer
from safetyclient.adapters.http.decode import MAX_NESTING, decode, too_deep
from safetyclient.domain.errors import BadAnswer


class Row(msgspec.Struct, frozen=True):
    """What these tests expect."""

    id: str
    count: int = 0
    ratio: float = 0.0
    rows: tuple[Row, ...] = ()


ROW = msgspec.json.Decoder(Row)
DEEP = 100_000
ODD = [
    b"",
    b"null",
    b"[]",
    b"{",
    b'{"id":1}',
    b'{"id":null}',
    b'{"id":"1","count":1e999}',
    b'{"id":"1","count":' + b"9" * 5000 + b"}",
    b'{"id":"1","ratio":1e999}',
    b'{"id":"1","ratio":NaN}',
    b'{"id":"\\ud800"}',
    b'{"id":"\xff"}',
    b'{"id":"\xed\xa0\x80"}',
    b'\xef\xbb\xbf{"id":"1"}',
    b'{"id":"1"}{"id":"2"}',
    b'{"id":"1",}',
    b'{"id":"1\n"}',
    b"[" * DEEP,
    b"[" * DEEP + b"]" * DEEP,
    b'{"x":' * DEEP + b"1" + b"}" * DEEP,
    b'{"id":"1","rows":[' * 100 + b"]}" * 100,
    b"<html><title>Sign in</title></html>",
]


@pytest.mark.parametrize("body", ODD, ids=range(len(ODD)))
def test_h10_odd_json_is_a_bad_answer(body: bytes) -> None:
    begun = time.monotonic()
    with pytest.raises(BadAnswer):
        decode(body, ROW)
    assert time.monotonic() - begun < 0.5


def test_h10_a_mask_of_brackets_in_texts_does_not_hide_depth() -> None:
    mask = b'["]",' * DEEP + b"1" + b',"["]' * DEEP
    with pytest.raises(BadAnswer):
        decode(b'{"id":"1","x":' + mask + b"}", ROW)


def test_h10_nesting_is_counted_outside_texts() -> None:
    limit = MAX_NESTING
    assert not too_deep(b"[" * limit + b"]" * limit)
    assert too_deep(b"[" * (limit + 1) + b"]" * (limit + 1))
    assert not too_deep(b'{"id":"' + b"[" * 500 + b'"}')
    assert not too_deep(b'{"id":"\\"' + b"[{" * 500 + b'\\\\"}')
    assert decode(b'{"id":"[[[[{{{{","new":{"a":[1]}}', ROW).id == "[[[[{{{{"


@pytest.mark.parametrize("kind", ["", "text/html", "text/plain", "application/xml"])
def test_h10_only_json_is_read_as_json(kind: str) -> None:
    with pytest.raises(BadAnswer):
        Answer(200, {"content-type": kind}, b'{"id":"1"}').json(ROW)
    fine = {"content-type": "Application/JSON; charset=utf-8"}
    assert Answer(200, fine, b'{"id":"1"}').json(ROW).id == "1"


@pytest.mark.parametrize("status", [200, 201, 202])
def test_h10_a_page_that_says_200_is_no_empty_success(status: int) -> None:
    with pytest.raises(BadAnswer):
        Answer(status, {"content-type": "text/html"}, b"").nothing()
    Answer(204, {}, b"").nothing()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["id", "count", "rows", "x"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(json_values)
def test_h10_any_json_gives_a_row_or_a_bad_answer(value: object) -> None:
    try:
        found = decode(msgspec.json.encode(value), ROW)
    except BadAnswer:
        return
    assert isinstance(found, Row)


@given(st.binary(max_size=200) | st.text('[]{}",:\\01e', max_size=200).map(str.encode))
def test_h10_any_bytes_give_a_row_or_a_bad_answer(body: bytes) -> None:
    try:
        found = decode(body, ROW)
    except BadAnswer:
        return
    assert isinstance(found, Row)
