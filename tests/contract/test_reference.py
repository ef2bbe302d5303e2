"""The port Network on a running reference server, every capability of it."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from safetyclient.adapters.networks.reference.offers import CAPABILITIES
from safetyclient.domain.capabilities import Capability, Support
from tests.contract.proofs import PROOFS
from tests.contract.world import backend, world

PROVEN = Path(__file__).with_name("proven.json")
SECRETS = ["he wrote to my sister", "please look", "@bob", "a post"]
"""What the proofs send and read; passwords and tokens are added as they run."""
LINES: list[str] = []


class Keeper(logging.Handler):
    """Keeps every line of every logger."""

    def emit(self, record: logging.LogRecord) -> None:
        LINES.append(f"{record.name} {record.getMessage()} {record.args}")


Outcomes = dict[Capability, BaseException | None]


@pytest.fixture(scope="module")
def ready() -> Iterator[dict[str, Any]]:
    with backend() as said:
        yield said


@pytest.fixture(scope="module")
def outcomes(ready: dict[str, Any]) -> Outcomes:
    """Try every proof on the one server; a failure does not stop the others."""
    found: Outcomes = {}

    async def work() -> None:
        async with world(ready) as w:
            SECRETS.extend(known["password"] for known in ready["accounts"])
            SECRETS.extend(item[1].token for item in w.people.values())
            for capability, proof in PROOFS.items():
                try:
                    async with asyncio.timeout(30):
                        await proof(w)
                except Exception as error:  # noqa: BLE001 # told below, one by one
                    found[capability] = error
                else:
                    found[capability] = None

    handler = Keeper()
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        asyncio.run(work())
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    return found


@pytest.mark.parametrize("capability", list(Capability), ids=lambda c: c.value)
def test_a_capability_is_written_and_read_back(
    outcomes: Outcomes, capability: Capability
) -> None:
    if CAPABILITIES.offer(capability).support is not Support.NATIVE:
        assert capability not in PROOFS
        return
    error = outcomes[capability]
    if error is not None:
        raise error


def test_the_record_says_what_was_proven(outcomes: Outcomes) -> None:
    proven = {
        capability.value: {
            "support": CAPABILITIES.offer(capability).support.value,
            "proof": PROOFS[capability].__name__,
        }
        for capability, error in outcomes.items()
        if error is None
    }
    record = json.loads(PROVEN.read_text("utf-8"))
    assert record["reference"] == proven


def test_h9_no_line_of_the_whole_run_holds_a_secret(outcomes: Outcomes) -> None:
    assert len(outcomes) == len(PROOFS)
    assert len([line for line in LINES if line.startswith("safetyclient.http")]) > 100
    assert len(SECRETS) > 8
    text = "\n".join(LINES)
    assert [secret for secret in SECRETS if secret in text] == []
