"""`moderate`: the moderators' side of a reference server, without profile or store."""

from __future__ import annotations

import argparse
import contextlib
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from safetyclient.cli.inputs import CommandError, Exit
from safetyclient.cli.report_documents import (
    ModeratedDoc,
    ModerationAppealsDoc,
    ModerationCasesDoc,
    SignedInDoc,
)
from safetyclient.cli.result import CommandResult
from safetyclient.cli.sentences import plain, sentence
from safetyclient.domain.reports import Outcome

Shown = dict[str, object]
_MOST = 4096


class Moderator(Protocol):
    """What a signed-in moderator can do on a server."""

    async def cases(self, *, state: str = "") -> tuple[Shown, ...]:
        """Return cases."""
        ...

    async def case(self, case: str) -> Shown:
        """Return one case."""
        ...

    async def decide(
        self,
        case: str,
        *,
        outcome: Outcome,
        rule: str,
        text: str,
        days: int | None = None,
        automated: bool = False,
        scope: str = "",
    ) -> Shown:
        """Decide a case."""
        ...

    async def appeals(self) -> tuple[Shown, ...]:
        """Return appeals."""
        ...

    async def answer(self, appeal: str, *, overturned: bool, text: str) -> Shown:
        """Answer an appeal."""
        ...

    async def aclose(self) -> None:
        """Close connections."""
        ...


class Moderators(Protocol):
    """Signs moderators in; bootstrap provides it."""

    async def sign_in(self, server: str, handle: str, password: str) -> str:
        """Return a token."""
        ...

    def open(self, server: str, token: str) -> Moderator:
        """Return what a token can do."""
        ...


async def run(
    args: argparse.Namespace, moderators: Moderators, *, password: Callable[[], str]
) -> CommandResult:
    """Carry out a `moderate` command."""
    if args.offline:
        raise CommandError("needs_server")
    path = Path(args.token_file)
    if args.command == "moderate sign-in":
        token = await moderators.sign_in(args.url, args.handle, password())
        write_token(path, token)
        return CommandResult(
            SignedInDoc(handle=args.handle, token_file=str(path)),
            (sentence("cli.moderate.signed_in", handle=plain(args.handle)),),
        )
    moderator = moderators.open(args.url, read_token(path))
    try:
        return await _act(args, moderator)
    finally:
        await moderator.aclose()


async def _act(args: argparse.Namespace, moderator: Moderator) -> CommandResult:
    match args.command:
        case "moderate cases" if args.case:
            shown = await moderator.case(args.case)
            return CommandResult(ModerationCasesDoc(cases=(shown,)), _full(shown))
        case "moderate cases":
            cases = await moderator.cases()
            return CommandResult(ModerationCasesDoc(cases=cases), _lines(cases))
        case "moderate appeals":
            appeals = await moderator.appeals()
            return CommandResult(ModerationAppealsDoc(appeals=appeals), _lines(appeals))
        case "moderate decide":
            shown = await moderator.decide(
                args.case,
                outcome=Outcome(args.outcome),
                rule=args.rule,
                text=args.text,
                days=args.days,
                automated=args.automated,
            )
            return _done("decide", shown)
        case _:
            shown = await moderator.answer(
                args.appeal, overturned=args.outcome == "overturned", text=args.text
            )
            return _done("answer", shown)


def _done(act: str, shown: Shown) -> CommandResult:
    id_, state = str(shown.get("id", "")), str(shown.get("state", ""))
    return CommandResult(
        ModeratedDoc(act=act, id=id_, state=state),
        (sentence("cli.moderate.done", id=plain(id_), state=plain(state)),),
    )


def _lines(rows: tuple[Shown, ...]) -> tuple[str, ...]:
    names = ("id", "state", "subject", "reasons", "decision", "created_at")
    lines = tuple(
        "  ".join(plain(str(row[name])) for name in names if row.get(name) is not None)
        for row in rows
    )
    return lines or (sentence("cli.moderate.none"),)


def _full(shown: Shown) -> tuple[str, ...]:
    return tuple(f"{name}: {plain(str(value))}" for name, value in shown.items())


def write_token(path: Path, token: str) -> None:
    """Write a token so that nobody else can ever read it.

    Raises:
        CommandError: the file cannot be written.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        with contextlib.suppress(FileNotFoundError):
            part.unlink()
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(token)
        part.replace(path)
    except OSError:
        raise CommandError("token_file", code=Exit.USAGE) from None


def read_token(path: Path) -> str:
    """Return the token of a file that is ours and closed to others.

    Raises:
        CommandError: there is no such file, or others may read it.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
        with os.fdopen(descriptor, encoding="ascii") as file:
            found = os.fstat(descriptor)
            if stat.S_IMODE(found.st_mode) & 0o077 or found.st_uid != os.geteuid():
                raise CommandError("token_file")
            return file.read(_MOST).strip()
    except (OSError, ValueError):
        raise CommandError("token_file") from None
