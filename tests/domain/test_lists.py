"""Ends of mutes and blocks are read as people write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safetyclient.domain.errors import BadInput
from safetyclient.domain.lists import parse_end

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("30m", NOW + timedelta(minutes=30)),
        ("6h", NOW + timedelta(hours=6)),
        ("7d", NOW + timedelta(days=7)),
        ("2w", NOW + timedelta(weeks=2)),
        ("2026-02-01", datetime(2026, 2, 2, tzinfo=UTC)),
        ("2026-02-01T10:00", datetime(2026, 2, 1, 10, tzinfo=UTC)),
        ("2026-02-01T10:00+02:00", datetime(2026, 2, 1, 8, tzinfo=UTC)),
    ],
)
def test_an_end_is_read(text: str, end: datetime) -> None:
    assert parse_end(text, now=NOW) == end


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "end"),
        ("soon", "end"),
        ("7", "end"),
        ("-7d", "end"),
        ("2026-13-01", "end"),
        ("99999d", "end"),
        ("0d", "end_past"),
        ("2025-01-01", "end_past"),
        ("9999-12-31", "end"),
        ("0001-01-01T00:00+10:00", "end"),
        ("\u0667d", "end"),
    ],
)
def test_what_is_no_end_is_bad_input(text: str, reason: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_end(text, now=NOW)
    assert (caught.value.field, caught.value.reason) == ("until", reason)


@given(st.text(max_size=30))
def test_any_text_is_an_end_or_bad_input(text: str) -> None:
    try:
        end = parse_end(text, now=NOW)
    except BadInput:
        return
    assert end > NOW
    assert end.tzinfo is UTC
