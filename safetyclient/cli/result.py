"""What a command comes to: a document, lines for people, and an exit code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from safetyclient.cli.documents import Document, Problem
from safetyclient.cli.inputs import Exit
from safetyclient.domain.changes import Change, ChangeStatus
from safetyclient.domain.ids import ChangeId

_WORST: Final = (Exit.UNSURE, Exit.REFUSED, Exit.YOURS, Exit.QUEUED, Exit.DONE)
_OF_STATUS: Final[Mapping[ChangeStatus, Exit]] = {
    ChangeStatus.QUEUED: Exit.QUEUED,
    ChangeStatus.SENDING: Exit.QUEUED,
    ChangeStatus.RESEND: Exit.QUEUED,
    ChangeStatus.ACCEPTED: Exit.DONE,
    ChangeStatus.REJECTED: Exit.REFUSED,
    ChangeStatus.UNSURE: Exit.UNSURE,
    ChangeStatus.WITHDRAWN: Exit.DONE,
}


def worst(exits: Iterable[Exit]) -> Exit:
    """Return the worst of several outcomes: 5 > 4 > 6 > 3 > 0."""
    found = set(exits)
    return next((each for each in _WORST if each in found), Exit.DONE)


def exit_of(change: Change) -> Exit:
    """Return the exit code that a change's state stands for."""
    return _OF_STATUS[change.status]


def exit_of_all(changes: Mapping[ChangeId, Change]) -> Exit:
    """Return the exit code of several changes."""
    return worst(exit_of(change) for change in changes.values())


@dataclass(frozen=True, slots=True)
class CommandResult:
    """What a command comes to; `notes` go to standard error, never with `--json`."""

    document: Document
    lines: tuple[str, ...] = ()
    exit: Exit = Exit.DONE
    notes: tuple[str, ...] = ()

    def output(self, *, as_json: bool) -> tuple[str, str]:
        """Return what goes to standard output and to standard error."""
        if as_json:
            return json_line(self.document), ""
        if isinstance(self.document, Problem):
            return "", _joined((*self.lines, *self.notes))
        return _joined(self.lines), _joined(self.notes)


def json_line(document: Document) -> str:
    """Return a document as JSON, on one line."""
    return msgspec.json.encode(document).decode() + "\n"


def _joined(lines: tuple[str, ...]) -> str:
    return "".join(f"{line}\n" for line in lines)
