"""What a command is given and how it can end; importing this costs little."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


class Exit(enum.IntEnum):
    """Exit codes; these numbers are a promise to scripts."""

    DONE = 0
    TROUBLE = 1
    USAGE = 2
    QUEUED = 3
    REFUSED = 4
    UNSURE = 5
    YOURS = 6


class CommandError(Exception):
    """A command that cannot be carried out as it was typed.

    `key` is a text key under `cli.error`, and the stable code of the problem.
    """

    def __init__(
        self,
        key: str,
        *,
        code: Exit = Exit.USAGE,
        choices: Sequence[str] = (),
        **params: str | int,
    ) -> None:
        self.key = key
        self.code = code
        self.choices = tuple(choices)
        self.params = params
        super().__init__(key)


@dataclass(frozen=True, slots=True)
class Inputs:
    """What only the process that was typed at can know or read.

    `request` names the command: carried out twice, it must do its work once.
    """

    request: str
    cwd: str
    password: str = ""
    answers: str = ""
    passphrase: str = ""
    new_passphrase: str = ""

    def __repr__(self) -> str:
        """Hide the secrets."""
        return f"Inputs(request={self.request!r})"

    def path(self, typed: str) -> Path:
        """Return a typed path as the typing process meant it."""
        return Path(self.cwd) / Path(typed)
