"""Bridge and Job: coroutines go down to the core thread, results come up as signals."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from safetyclient.application.touched import Touched
from safetyclient.domain.errors import SafetyError

T = TypeVar("T")
COALESCE_MS = 200


class Bug(Exception):
    """Something that nobody expected; `__cause__` is what was raised."""


Problem = SafetyError | Bug


class Submit(Protocol):
    """Hands a coroutine to the core thread's loop."""

    def __call__(self, coroutine: Coroutine[Any, Any, T], /) -> Future[T]:
        """Start the coroutine and return its future."""
        ...


class Job(QObject):
    """One piece of work under way; it dies with its owner, and its work with it."""

    def __init__(self, owner: QObject, cancel: Callable[[], None]) -> None:
        super().__init__(owner)
        self._cancel = cancel
        # Not a bound method: Python methods of a dying QObject are not called.
        self.destroyed.connect(lambda: cancel())

    def cancel(self) -> None:
        """Stop the work silently: neither `done` nor `failed` will be called."""
        self._cancel()


@dataclass(slots=True)
class _Pending(Generic[T]):
    """What waits for one future; only the Qt thread touches it."""

    future: Future[T]
    job: Job | None
    done: Callable[[T], object] | None
    failed: Callable[[Problem], object] | None


class Bridge(QObject):
    """The only crossing between the Qt thread and the core thread.

    - `done` and `failed` are called on the Qt thread, never after `owner` died.
    - The bridge, not the widget, owns the completion signal.
    - `changed` says what has to be read again, at most once in 200 ms.

    Danger: never call Qt from inside the coroutine.
    """

    changed = Signal(object)
    """Touched: kinds of things to read again."""
    crashed = Signal(object)
    """Bug: shown by the window as the crash page."""
    _finished = Signal(int)
    _dirty = Signal()

    def __init__(self, submit: Submit, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._submit = submit
        self._numbers = itertools.count(1)
        self._pending: dict[int, _Pending[Any]] = {}
        self._lock = threading.Lock()
        self._touched = Touched.NOTHING
        self._open = True
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(COALESCE_MS)
        self._timer.timeout.connect(self._flush)
        self._finished.connect(self._on_finished)
        self._dirty.connect(self._on_dirty)

    @property
    def busy(self) -> int:
        """Return how many pieces of work are under way."""
        return len(self._pending)

    def run(
        self,
        coroutine: Coroutine[Any, Any, T],
        *,
        owner: QObject,
        done: Callable[[T], object] | None = None,
        failed: Callable[[Problem], object] | None = None,
    ) -> Job:
        """Start a coroutine on the core thread.

        Args:
            coroutine: the work; closed unstarted when the bridge has closed.
            owner: when it is destroyed, the work is cancelled.
            done: called with the result.
            failed: called with the expected error, or with a `Bug`; a bug is
                announced by `crashed` as well.
        """
        number = next(self._numbers)
        job = Job(owner, lambda: self._drop(number))
        if not self._open:
            coroutine.close()
            return job
        future = self._submit(coroutine)
        self._pending[number] = _Pending(future, job, done, failed)
        future.add_done_callback(lambda _future: self._announce(number))
        return job

    def touch(self, touched: Touched) -> None:
        """Note what changed; may be called from any thread, as often as you like."""
        with self._lock:
            first = self._touched is Touched.NOTHING
            self._touched |= touched
        if first and touched is not Touched.NOTHING:
            self._emit(lambda: self._dirty.emit())

    def close(self) -> None:
        """Take no more work and cancel what is under way."""
        self._open = False
        self._timer.stop()
        for number in list(self._pending):
            self._drop(number)

    def _announce(self, number: int) -> None:
        self._emit(lambda: self._finished.emit(number))

    def _emit(self, send: Callable[[], None]) -> None:
        if not self._open:
            return
        try:
            send()
        except RuntimeError:
            # The window is gone between the look at `_open` and the signal.
            self._open = False

    def _drop(self, number: int) -> None:
        pending = self._pending.pop(number, None)
        if pending is not None:
            pending.future.cancel()

    def _on_finished(self, number: int) -> None:
        pending = self._pending.pop(number, None)
        if pending is None:
            return
        if pending.job is not None:
            pending.job.deleteLater()
        try:
            result = pending.future.result()
        except (CancelledError, TimeoutError) as error:
            if isinstance(error, TimeoutError):
                self._fail(pending, _bug(error))
        except SafetyError as error:
            self._fail(pending, error)
        except Exception as error:  # noqa: BLE001 - the one place where bugs surface
            self._fail(pending, _bug(error))
        else:
            if pending.done is not None:
                pending.done(result)

    def _fail(self, pending: _Pending[Any], problem: Problem) -> None:
        if pending.failed is not None:
            pending.failed(problem)
        if isinstance(problem, Bug):
            self.crashed.emit(problem)

    def _on_dirty(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _flush(self) -> None:
        with self._lock:
            touched, self._touched = self._touched, Touched.NOTHING
        if touched is not Touched.NOTHING:
            self.changed.emit(touched)


def _bug(error: BaseException) -> Bug:
    bug = Bug(type(error).__name__)
    bug.__cause__ = error
    return bug
