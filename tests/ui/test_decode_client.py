"""The client of the picture helper: never waits, kills in time, tells one word."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from safetyclient.ui import decode_client
from safetyclient.ui.decode_client import PictureDecoder
from tests.domain import pictures as p
from tests.ui.test_decode import bilevel, encoded, plain

BOX = QSize(256, 256)
LIES = ["huge", "words", "none", "rich", "sizes", "twice", "both", "flood"]
SCRIPT = [sys.executable, "-m", "tests.ui.decode_scripts"]
WAIT = 20_000


class Heard:
    """What a decoder said."""

    def __init__(self, decoder: PictureDecoder) -> None:
        self.pictures: dict[int, tuple[int, int]] = {}
        self.words: dict[int, str] = {}
        decoder.decoded.connect(self._on_decoded)
        decoder.refused.connect(self._on_refused)

    def _on_decoded(self, number: int, image: QImage) -> None:
        assert number not in self.pictures
        self.pictures[number] = (image.width(), image.height())

    def _on_refused(self, number: int, word: str) -> None:
        assert number not in self.words
        self.words[number] = word

    def count(self) -> int:
        return len(self.pictures) + len(self.words)


@pytest.fixture
def decoders(qapp: object) -> Iterator[list[PictureDecoder]]:
    made: list[PictureDecoder] = []
    yield made
    for each in made:
        each.close()
        shiboken6.delete(each)  # here, not in whatever thread collects it


def started(
    decoders: list[PictureDecoder],
    command: Sequence[str] | None = None,
    *,
    deadline_ms: int | None = None,
    idle_ms: int = 60_000,
) -> tuple[PictureDecoder, Heard]:
    decoder = PictureDecoder(command=command, deadline_ms=deadline_ms, idle_ms=idle_ms)
    decoders.append(decoder)
    return decoder, Heard(decoder)


def resident() -> int:
    words = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in words if line.startswith("VmHWM"))


def test_q4_pictures_come_back_in_order(
    qtbot: QtBot, decoders: list[PictureDecoder], tmp_path: Path
) -> None:
    decoder, heard = started(decoders)
    photo = tmp_path / "photo.png"
    photo.write_bytes(encoded(plain(4000, 3000), "PNG"))
    asked = {
        decoder.ask(p.png(), box=BOX): (2, 2),
        decoder.ask(p.gif(), box=BOX): (1, 1),
        decoder.ask(encoded(plain(640, 320), "JPG"), box=BOX): (256, 128),
        decoder.ask(photo, box=BOX, picked=True): (256, 192),
        decoder.ask(photo, box=BOX, picked=True, blur=True): (256, 192),
    }
    qtbot.waitUntil(lambda: heard.count() == len(asked), timeout=WAIT)
    assert heard.pictures == asked
    assert heard.words == {}


def test_q4_bombs_are_one_word_and_the_window_does_not_grow(
    qtbot: QtBot, decoders: list[PictureDecoder], tmp_path: Path
) -> None:
    decoder, heard = started(decoders)
    os.mkfifo(tmp_path / "pipe")
    svg = f"<svg><image href='{tmp_path}/pipe'/></svg>".encode()
    corpus = {
        bilevel(16384): "pixels",
        svg: "type",
        b"%PDF-1.7": "type",
        p.png()[:40]: "damaged",
        b"GIF89a" + svg: "damaged",
        bytes(8 * 1024 * 1024 + 1): "size",
        b"": "type",
    }
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
    before = resident()
    asked = {decoder.ask(data, box=BOX): word for data, word in corpus.items()}
    good = decoder.ask(p.png(), box=BOX)
    qtbot.waitUntil(lambda: heard.count() == len(asked) + 1, timeout=WAIT)
    assert heard.words == asked
    assert heard.pictures == {good: (2, 2)}
    assert resident() - before < 64 * 1024


def test_q4_a_helper_is_killed_at_its_limit_and_the_next_one_works(
    qtbot: QtBot,
    decoders: list[PictureDecoder],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("ONCE", str(tmp_path / "mark"))
    decoder, heard = started(decoders, [*SCRIPT, "once"], deadline_ms=WAIT)
    first = decoder.ask(p.png(), box=BOX)
    second = decoder.ask(p.png(), box=BOX)
    qtbot.waitUntil(lambda: heard.count() == 2, timeout=WAIT)
    assert heard.words == {first: "crashed"}
    assert heard.pictures == {second: (2, 2)}


def test_q4_a_helper_that_does_not_answer_is_killed_at_the_deadline(
    qtbot: QtBot, decoders: list[PictureDecoder]
) -> None:
    decoder, heard = started(decoders, [*SCRIPT, "silent"], deadline_ms=100)
    beats: list[int] = []
    timer = QTimer(decoder)
    timer.timeout.connect(lambda: beats.append(1))
    timer.start(5)
    asked = [decoder.ask(p.png(), box=BOX) for _ in range(2)]
    qtbot.waitUntil(lambda: heard.count() == 2, timeout=WAIT)
    assert heard.words == dict.fromkeys(asked, "late")
    assert len(beats) > 10


@pytest.mark.parametrize("what", LIES)
def test_q4_a_captured_helper_is_not_believed(
    qtbot: QtBot, decoders: list[PictureDecoder], what: str
) -> None:
    decoder, heard = started(decoders, [*SCRIPT, what])
    first = decoder.ask(p.png(), box=BOX)
    qtbot.waitUntil(lambda: heard.words == {first: "crashed"}, timeout=WAIT)
    assert heard.pictures == {}


def test_q4_a_helper_that_cannot_start_is_said(
    qtbot: QtBot, decoders: list[PictureDecoder], tmp_path: Path
) -> None:
    decoder, heard = started(decoders, [str(tmp_path / "nothing")])
    asked = [decoder.ask(p.png(), box=BOX) for _ in range(2)]
    qtbot.waitUntil(lambda: heard.count() == 2, timeout=WAIT)
    assert heard.words == dict.fromkeys(asked, "helper")


def test_a_file_that_cannot_be_read_is_said(
    qtbot: QtBot, decoders: list[PictureDecoder], tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "pipe")
    decoder, heard = started(decoders)
    paths = [tmp_path / "none", tmp_path / "pipe", tmp_path]
    asked = [decoder.ask(path, box=BOX, picked=True) for path in paths]
    qtbot.waitUntil(lambda: heard.count() == 3, timeout=WAIT)
    assert heard.words == dict.fromkeys(asked, "unreadable")


def test_a_cancelled_request_is_not_heard_of(
    qtbot: QtBot, decoders: list[PictureDecoder]
) -> None:
    decoder, heard = started(decoders)
    first, second, third = (decoder.ask(p.png(), box=BOX) for _ in range(3))
    decoder.cancel(second)
    qtbot.waitUntil(lambda: heard.count() == 2, timeout=WAIT)
    assert set(heard.pictures) == {first, third}
    decoder.cancel(third)  # too late, and no harm
    assert decoder.processes() == 1


def test_a_request_under_way_can_be_cancelled(
    qtbot: QtBot, decoders: list[PictureDecoder]
) -> None:
    decoder, heard = started(decoders, [*SCRIPT, "silent"], deadline_ms=4000)
    taken = decoder.ask(bytes(8 * 1024 * 1024), box=BOX)
    qtbot.waitUntil(lambda: decoder.processes() == 1, timeout=WAIT)
    following = decoder.ask(bytes(8 * 1024 * 1024 + 1), box=BOX)
    beats: list[int] = []
    timer = QTimer(decoder)
    timer.timeout.connect(lambda: beats.append(1))
    timer.start(10)
    qtbot.waitUntil(lambda: len(beats) > 150, timeout=WAIT)
    decoder.cancel(taken)
    qtbot.waitUntil(lambda: heard.count() == 1, timeout=WAIT)
    assert heard.words == {following: "size"}


def test_an_idle_helper_ends(qtbot: QtBot, decoders: list[PictureDecoder]) -> None:
    decoder, heard = started(decoders, idle_ms=10)
    decoder.ask(p.png(), box=BOX)
    qtbot.waitUntil(lambda: heard.count() == 1, timeout=WAIT)
    qtbot.waitUntil(lambda: decoder.processes() == 0, timeout=WAIT)
    decoder.ask(p.png(), box=BOX)
    qtbot.waitUntil(lambda: heard.count() == 2, timeout=WAIT)


def test_a_frozen_program_is_its_own_helper(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert decode_client.helper_command() == [sys.executable, "_decode"]
