"""Secrets that are typed: passwords and passphrases, never an argument of a command."""

from __future__ import annotations

import argparse
import getpass
import os
import stat
import sys
from pathlib import Path
from uuid import uuid4

from safetyclient.cli.builder import sentence
from safetyclient.cli.inputs import CommandError, Inputs

FILE_VARIABLE = "SAFETYCLIENT_PASSPHRASE_FILE"
_MOST = 64 * 1024


def collect(args: argparse.Namespace, *, locked: bool = False) -> Inputs:
    """Return what only this process can read: its folder, its input, its files.

    `locked` tells that a passphrase is needed although the profile may be open in
    another process: to change it.

    Raises:
        CommandError: something that the command needs is not there.
    """
    return Inputs(
        request=uuid4().hex,
        cwd=str(Path.cwd()),
        password=_password(args) if args.command == "account add" else "",
        answers=_answers(args) if getattr(args, "answers", None) else "",
        passphrase=passphrase(args.passphrase_fd) if locked else "",
        new_passphrase=_new_passphrase(args),
    )


def _answers(args: argparse.Namespace) -> str:
    try:
        with Path(args.answers).open(encoding="utf-8") as file:
            return file.read(_MOST)
    except (OSError, ValueError):
        raise CommandError("answers_file") from None


def _password(args: argparse.Namespace) -> str:
    return password(from_stdin=args.password_stdin)


def password(*, from_stdin: bool) -> str:
    """Return a password from standard input or the terminal.

    Raises:
        CommandError: there is neither.
    """
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise CommandError("password")
    return getpass.getpass(sentence("cli.prompt.password"))


def _new_passphrase(args: argparse.Namespace) -> str:
    if args.command != "vault change" or args.vault == "keyring":
        return ""
    if args.new_passphrase_fd >= 0:
        return _from_descriptor(args.new_passphrase_fd)
    return _typed_twice() if sys.stdin.isatty() else ""


def passphrase(descriptor: int, *, new: bool = False) -> str:
    """Return the passphrase of a profile: descriptor, file, or terminal.

    Args:
        descriptor: of `--passphrase-fd`; negative when it was not given.
        new: the profile is new, so a typed passphrase is asked for twice.

    Raises:
        CommandError: nothing gives one.
    """
    given = given_passphrase(descriptor)
    if given:
        return given
    if not sys.stdin.isatty():
        raise CommandError("passphrase")
    if new:
        return _typed_twice()
    return getpass.getpass(sentence("cli.prompt.passphrase"))


def given_passphrase(descriptor: int) -> str:
    """Return the passphrase of a descriptor or file; empty when neither was given.

    Raises:
        CommandError: what was given cannot be used.
    """
    if descriptor >= 0:
        return _from_descriptor(descriptor)
    named = os.environ.get(FILE_VARIABLE)
    return _from_file(Path(named)) if named else ""


def _typed_twice() -> str:
    first = getpass.getpass(sentence("cli.prompt.new_passphrase"))
    if getpass.getpass(sentence("cli.prompt.again")) != first:
        raise CommandError("passphrases_differ")
    return first


def _from_descriptor(descriptor: int) -> str:
    try:
        with os.fdopen(descriptor, encoding="utf-8") as file:
            return file.read(_MOST).rstrip("\r\n")
    except (OSError, ValueError):
        raise CommandError("passphrase_fd") from None


def _from_file(path: Path) -> str:
    """Return the first line of a file that is ours and closed to others."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        raise CommandError("passphrase_file") from None
    with os.fdopen(descriptor, encoding="utf-8") as file:
        found = os.fstat(descriptor)
        closed = not stat.S_IMODE(found.st_mode) & 0o077
        if not (stat.S_ISREG(found.st_mode) and closed):
            raise CommandError("passphrase_file")
        if found.st_uid != os.geteuid():
            raise CommandError("passphrase_file")
        return file.readline(_MOST).rstrip("\r\n")
