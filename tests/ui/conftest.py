"""What tests of the window share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.ui.stage import Fill, Stage

MakeStage = Callable[..., Stage]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[MakeStage]:
    """Return a maker of stages that are taken down after the test."""
    made: list[Stage] = []

    def make(fill: Fill | None = None, *, signed_in: bool = True) -> Stage:
        made.append(Stage(tmp_path, fill=fill, signed_in=signed_in))
        return made[-1]

    yield make
    for each in made:
        each.end()
