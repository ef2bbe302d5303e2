"""Asks the picture helper for pixels, without ever waiting for it."""

from __future__ import annotations

import itertools
import json
import os
import stat
import struct
import sys
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from PySide6.QtCore import QByteArray, QObject, QProcess, QSize, QTimer, Signal
from PySide6.QtGui import QImage

from safetyclient.ui.decode import (
    LIMITS,
    MIB,
    MOST_HEAD,
    MOST_SIDE,
    NETWORK,
    PICKED,
    WORDS,
)

START_MS = 15_000
"""How long a helper may take until it is ready."""
IDLE_MS = 60_000
"""How long a helper stays when there is nothing to do."""
END_MS = 1000
"""How long a killed helper may take to be gone, at the end of the program."""
_PIECE = MIB // 4
_MOST_ANSWER = 4 + MOST_HEAD + MOST_SIDE * MOST_SIDE * 4


def helper_command() -> list[str]:
    """Return how the helper is started: this program, with its hidden verb."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "_decode"]
    # -P: nothing that lies in the current folder is imported.
    return [sys.executable, "-P", "-m", "safetyclient", "_decode"]


@dataclass(slots=True)
class _Request:
    number: int
    source: bytes | Path
    box: QSize
    blur: bool


class PictureDecoder(QObject):
    """Pixels for bytes that come from a network or from a file that was picked.

    `decoded` carries the number that `ask` returned and a picture that fits into the
    box; `refused` carries the number and one word: type, size, pixels, damaged,
    unreadable, late, crashed, helper. Exactly one of them follows each `ask`, always
    later and never from within it, unless the request is cancelled.
    """

    decoded = Signal(int, QImage)
    refused = Signal(int, str)

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        command: Sequence[str] | None = None,
        deadline_ms: int | None = None,
        idle_ms: int = IDLE_MS,
    ) -> None:
        super().__init__(parent)
        words = list(command or helper_command())
        self._numbers = itertools.count(1)
        self._helpers = {
            kind: _Helper(
                self,
                [*words, kind],
                deadline_ms=deadline_ms or LIMITS[kind].deadline_ms,
                idle_ms=idle_ms,
            )
            for kind in (NETWORK, PICKED)
        }

    def ask(
        self,
        source: bytes | Path,
        *,
        box: QSize,
        picked: bool = False,
        blur: bool = False,
    ) -> int:
        """Ask for a picture; return the number of the request."""
        request = _Request(next(self._numbers), source, box, blur)
        self._helpers[PICKED if picked else NETWORK].add(request)
        return request.number

    def cancel(self, number: int) -> None:
        """Forget a request; nothing will be heard of it."""
        for helper in self._helpers.values():
            helper.cancel(number)

    def processes(self) -> int:
        """Return how many helpers are there now."""
        return sum(helper.alive() for helper in self._helpers.values())

    def close(self) -> None:
        """End the helpers (a few milliseconds); what was asked stays unanswered."""
        for helper in self._helpers.values():
            helper.close()


class _Helper(QObject):
    """One helper process and the requests that wait for it, one at a time."""

    def __init__(
        self,
        owner: PictureDecoder,
        command: list[str],
        *,
        deadline_ms: int,
        idle_ms: int,
    ) -> None:
        super().__init__(owner)
        self._owner = owner
        self._command = command
        self._deadline_ms = deadline_ms
        self._idle_ms = idle_ms
        self._most = LIMITS[command[-1]].most_bytes
        self._waiting: deque[_Request] = deque()
        self._now: _Request | None = None
        self._file: BinaryIO | None = None
        self._process: QProcess | None = None
        self._ready = False
        self._got = bytearray()
        self._deadline = self._timer(self._on_deadline_over)
        self._idle = self._timer(self._end)
        self._next = self._timer(self._step)

    def add(self, request: _Request) -> None:
        """Let a request wait for its turn."""
        self._waiting.append(request)
        self._next.start(0)

    def cancel(self, number: int) -> None:
        """Forget a request, also the one that is under way."""
        left = [each for each in self._waiting if each.number != number]
        self._waiting = deque(left)
        if self._now is not None and self._now.number == number:
            self._settle()
            self._end()
            self._next.start(0)

    def alive(self) -> bool:
        """Return whether there is a process."""
        return self._process is not None

    def close(self) -> None:
        """End the process; forget everything."""
        self._waiting.clear()
        self._next.stop()
        self._settle()
        self._end(wait=True)

    def _timer(self, called: object) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(called)
        return timer

    def _step(self) -> None:
        """Do the next thing: start a process, or send it a request."""
        if self._now is not None or not self._waiting:
            return
        self._idle.stop()
        if self._process is None:
            self._start()
        elif self._ready:
            self._send(self._waiting.popleft())

    def _start(self) -> None:
        process = QProcess(self)
        self._process = process
        self._ready = False
        self._got.clear()
        process.setStandardErrorFile(QProcess.nullDevice())
        process.readyReadStandardOutput.connect(self._on_output_ready)
        process.bytesWritten.connect(self._on_bytes_written)
        process.finished.connect(self._on_process_ended)
        process.errorOccurred.connect(self._on_process_failed)
        self._deadline.start(START_MS)
        process.start(self._command[0], self._command[1:])

    def _send(self, request: _Request) -> None:
        self._now = request
        try:
            size = self._open(request.source)
        except OSError:
            self._refuse("unreadable")
            return
        if size > self._most:
            self._refuse("size")
            return
        head = json.dumps(
            {
                "bytes": size,
                "width": request.box.width(),
                "height": request.box.height(),
                "blur": request.blur,
            }
        ).encode()
        self._deadline.start(self._deadline_ms)
        self._write(struct.pack("<I", len(head)) + head)
        if isinstance(request.source, bytes):
            self._write(request.source)

    def _open(self, source: bytes | Path) -> int:
        """Return how many bytes will follow; a file is sent piece by piece."""
        if isinstance(source, bytes):
            return len(source)
        handle = os.open(source, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        self._file = os.fdopen(handle, "rb")
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise OSError
        return found.st_size

    def _write(self, data: bytes) -> None:
        if self._process is not None:
            self._process.write(QByteArray(data))

    def _on_bytes_written(self) -> None:
        if self._file is None or self._process is None:
            return
        if self._process.bytesToWrite():
            return
        try:
            piece = self._file.read(_PIECE)
        except OSError:
            piece = b""
        if piece:
            self._write(piece)
        else:  # a file that became shorter leaves the helper waiting: the deadline ends
            self._file.close()
            self._file = None

    def _on_output_ready(self) -> None:
        if self._process is None:
            return
        self._got += cast(bytes, self._process.readAllStandardOutput().data())
        try:
            found = _parsed(self._got)
        except (ValueError, KeyError, TypeError, struct.error):
            self._fail("crashed")
            return
        if found is None:
            return
        self._got.clear()
        self._take(*found)

    def _take(self, word: str, image: QImage | None) -> None:
        request = self._now
        if word == "ready" and not self._ready:
            self._deadline.stop()
            self._ready = True
            self._next.start(0)
        elif request is None or word == "ready":
            self._fail("crashed")
        elif image is None:
            self._refuse(word)
        else:
            self._settle()
            self._owner.decoded.emit(request.number, image)
            self._rest()

    def _refuse(self, word: str) -> None:
        request = self._now
        self._settle()
        if request is not None:
            self._owner.refused.emit(request.number, word)
        self._rest()

    def _rest(self) -> None:
        if self._waiting:
            self._next.start(0)
        else:
            self._idle.start(self._idle_ms)

    def _on_deadline_over(self) -> None:
        self._fail("late")

    def _on_process_ended(self) -> None:
        if self._is_over():
            self._fail("crashed")

    def _on_process_failed(self, error: QProcess.ProcessError) -> None:
        if self._is_over():
            never = error is QProcess.ProcessError.FailedToStart
            self._fail("helper" if never else "crashed")

    def _is_over(self) -> bool:
        """Return whether it is the present process that ended, not a killed one."""
        process = self._process
        return (
            process is not None and process.state() is QProcess.ProcessState.NotRunning
        )

    def _fail(self, word: str) -> None:
        """End the process; what it was at, or was started for, is refused."""
        if self._now is None and not self._ready and self._waiting:
            self._now = self._waiting.popleft()
        self._end()
        self._refuse(word)

    def _settle(self) -> None:
        """Nothing is under way any more."""
        self._deadline.stop()
        self._now = None
        if self._file is not None:
            self._file.close()
            self._file = None

    def _end(self, *, wait: bool = False) -> None:
        """Let go of the process; it is killed and removes itself when it is gone."""
        process, self._process = self._process, None
        self._ready = False
        self._deadline.stop()
        self._idle.stop()
        if process is None:
            return
        if process.state() is not QProcess.ProcessState.NotRunning:
            process.finished.connect(process.deleteLater)
            process.kill()
            if wait:
                process.waitForFinished(END_MS)
        else:
            process.deleteLater()


def _parsed(got: bytearray) -> tuple[str, QImage | None] | None:
    """Return an answer when all of it has come.

    Raises:
        ValueError: this is not what a helper says.
    """
    if len(got) > _MOST_ANSWER:
        raise ValueError
    if len(got) < 4:
        return None
    (length,) = struct.unpack_from("<I", got)
    if length > MOST_HEAD:
        raise ValueError
    if len(got) < 4 + length:
        return None
    head = cast("dict[str, object]", json.loads(bytes(got[4 : 4 + length])))
    if "width" not in head:
        word = "ready" if head.get("ready") is True else str(head["error"])
        if len(got) > 4 + length or word not in WORDS | {"ready"}:
            raise ValueError
        return word, None
    width, height = int(str(head["width"])), int(str(head["height"]))
    if not (0 < width <= MOST_SIDE and 0 < height <= MOST_SIDE):
        raise ValueError
    start, end = 4 + length, 4 + length + width * height * 4
    if len(got) > end:
        raise ValueError
    if len(got) < end:
        return None
    kind = QImage.Format.Format_RGBA8888
    return "", QImage(bytes(got[start:]), width, height, width * 4, kind).copy()
