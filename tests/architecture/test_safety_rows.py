"""Every threat of the list that this version owns has a test with its id."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
ROWS = (
    [f"q{n}" for n in (1, 2, 3, 4, 5, 7)]
    + [f"h{n}" for n in range(1, 11)]
    + ["d1", "d2", "d3", "d5", "d6", "f3", "b1", "s1"]
)


def test_every_row_has_a_test() -> None:
    names = " ".join(
        match
        for path in TESTS.rglob("test_*.py")
        for match in re.findall(r"def (test_[a-z]\d+_\w+)", path.read_text("utf-8"))
    )
    missing = [row for row in ROWS if f"test_{row}_" not in names]
    assert not missing
