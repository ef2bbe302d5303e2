"""L1: a `safetyclient://` address can show a page, and nothing else."""

from __future__ import annotations

import random

import pytest
from pytestqt.qtbot import QtBot

from safetyclient.ui.navigation import PAGE_IDS, page_of_address
from tests.ui.conftest import MakeStage

PIECES = [
    "home", "lists", "..", "/", "?", "#", "&", "=", "token", "server", "account",
    "https://evil.example", "block", "erase", "%2e%2e", "%00", "\n", "\x00", "@",
    "report?ref=post:1", "sign_in", ":", "safetyclient://", "<img>", "'", '"', ";",
]  # fmt: skip


def hostile_links(count: int) -> list[str]:
    """Return addresses that name no page, however much they look like one."""
    dice = random.Random(20260301)
    made: list[str] = []
    while len(made) < count:
        tail = "".join(dice.choices(PIECES, k=dice.randint(2, 6)))
        if tail.removesuffix("/") not in PAGE_IDS:
            made.append(f"safetyclient://{tail}")
    return [*made, "safetyclient://" + "home" * 2000, "https://home", "home", ""]


def test_l1_five_hundred_hostile_links_name_no_page() -> None:
    assert [link for link in hostile_links(500) if page_of_address(link)] == []


@pytest.mark.parametrize("page", sorted(PAGE_IDS))
def test_l1_a_page_is_named_by_its_id_alone(page: str) -> None:
    assert page_of_address(f"safetyclient://{page}") == page
    assert page_of_address(f"safetyclient://{page}/") == page


def test_l1_links_neither_ask_a_server_nor_change_anything(
    stage: MakeStage, qtbot: QtBot
) -> None:
    shown = stage()
    running = shown.show(qtbot)
    calls = shown.network.calls
    for link in hostile_links(500):
        shown.ask(link)
    shown.ask("safetyclient://history")
    qtbot.waitUntil(lambda: running.window.current == "history")
    qtbot.waitUntil(lambda: not running.bridge.busy)
    assert shown.network.calls == calls
    assert shown.core is not None
    assert not shown.core.store.outbox.counts(None)
