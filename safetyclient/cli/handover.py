"""Hand-over: a command as a message to the owner process, and its answer."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from safetyclient.cli.inputs import Inputs

if TYPE_CHECKING:
    from safetyclient.cli.result import CommandResult

VERSION = 1
LATER: dict[str, Any] = {"later": True}
"""The owner cannot do this; ask again, or become the owner when it has ended."""
MOST_ADDRESS = 4096


@dataclass(frozen=True, slots=True)
class Answer:
    """What the owner printed, so to speak."""

    out: str
    err: str
    exit: int

    def show(self) -> int:
        """Print it, at once, and return its exit code."""
        sys.stdout.write(self.out)
        sys.stdout.flush()
        sys.stderr.write(self.err)
        sys.stderr.flush()
        return self.exit


def request(argv: Sequence[str], inputs: Inputs) -> dict[str, Any]:
    """Return a command as a message; the same id makes it safe to send again."""
    return {
        "version": VERSION,
        "id": inputs.request,
        "argv": list(argv),
        "cwd": inputs.cwd,
        "password": inputs.password,
        "answers": inputs.answers,
        "passphrase": inputs.passphrase,
        "new_passphrase": inputs.new_passphrase,
    }


def show_window(address: str) -> dict[str, Any]:
    """Return the message that asks for the owner's window."""
    return {"version": VERSION, "window": address[:MOST_ADDRESS]}


def window_of(message: dict[str, Any]) -> str | None:
    """Return the address that a window is asked to show; None for a command.

    Raises:
        ValueError: it is not text, or too long.
    """
    if "window" not in message:
        return None
    address: object = message["window"]
    if not isinstance(address, str) or len(address) > MOST_ADDRESS:
        raise ValueError("window")
    return address


def read(message: dict[str, Any]) -> tuple[list[str], Inputs]:
    """Return the command line and the inputs of a message.

    Raises:
        ValueError: it is none of ours.
    """
    argv: object = message.get("argv")
    if message.get("version") != VERSION or not isinstance(argv, list):
        raise ValueError("version")
    words = cast("list[object]", argv)
    fields = {
        name: message.get(name)
        for name in ("cwd", "password", "answers", "passphrase", "new_passphrase")
    }
    fields["request"] = message.get("id")
    if not all(isinstance(each, str) for each in (*words, *fields.values())):
        raise ValueError("fields")
    return cast("list[str]", words), Inputs(**cast("dict[str, str]", fields))


def answer(result: CommandResult, args: argparse.Namespace) -> dict[str, Any]:
    """Return the owner's answer for a result."""
    out, err = result.output(as_json=args.json)
    return {"out": out, "err": err, "exit": int(result.exit)}


def read_answer(message: dict[str, Any]) -> Answer | None:
    """Return what the owner answered; None when it said "later".

    Raises:
        ValueError: it is no answer.
    """
    if message.get("later") is True:
        return None
    out, err, code = message.get("out"), message.get("err"), message.get("exit")
    if isinstance(out, str) and isinstance(err, str) and isinstance(code, int):
        return Answer(out, err, code)
    raise ValueError("answer")
