"""The grammar of the command line: options that stand anywhere, nouns and verbs.

Importing this module costs little: sentences are looked up only when help is asked.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any, NoReturn, Protocol, cast

from safetyclient.cli import grammar
from safetyclient.cli.grammar import sentence

WAIT = 20.0
"""Seconds that a command waits for the server."""
VAULTS = ("keyring", "passphrase", "session")


class UsageError(Exception):
    """A command line that does not follow the grammar; ends with exit code 2."""

    def __init__(self, message: str, usage: str) -> None:
        self.message = message
        self.usage = usage
        super().__init__(message)


class HelpFormatter(argparse.HelpFormatter):
    """Looks help sentences up in the catalogue, at the moment they are printed."""

    def _expand_help(self, action: argparse.Action) -> str:
        """Return the sentence that belongs to an option or verb."""
        return sentence(action.help or "")


class Parser(argparse.ArgumentParser):
    """An argument parser that raises instead of ending the process."""

    def error(self, message: str) -> NoReturn:
        """Raise what argparse would print.

        Raises:
            UsageError: always.
        """
        raise UsageError(message, self.format_usage().strip())


class Verbs(Protocol):
    """What argparse gives for adding verbs to a parser."""

    def add_parser(self, name: str, **options: Any) -> Parser:
        """Add a verb."""
        ...


class Builder:
    """Adds verbs to the grammar; each takes the common options too."""

    def __init__(self, common: Parser) -> None:
        self._common = common

    def nouns(self, parser: Parser, *, required: bool = True) -> Verbs:
        """Return where the verbs of a noun are added."""
        return cast(
            "Verbs",
            parser.add_subparsers(
                metavar="COMMAND", required=required, parser_class=Parser
            ),
        )

    def verb(
        self, verbs: Verbs, name: str, *, command: str = "", help_key: str = ""
    ) -> Parser:
        """Add a verb.

        Args:
            verbs: where it is added.
            name: the word that is typed.
            command: what it is called in `schema`, and by its handler; empty for a
                noun that only holds verbs.
            help_key: key of its sentence; by default made from `command`.
        """
        key = help_key or f"cli.help.{(command or name).replace(' ', '_')}"
        parser = verbs.add_parser(
            name,
            parents=[self._common],
            help=key,
            formatter_class=HelpFormatter,
            allow_abbrev=False,
        )
        if command:
            parser.set_defaults(command=command)
        return parser


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 86_400:
        raise ValueError(text)
    return value


def _common() -> Parser:
    """Return the options that every command takes, before or after its verb."""
    common = Parser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--profile", metavar="DIR", help="cli.help.profile")
    common.add_argument("--vault", choices=VAULTS, help="cli.help.vault_option")
    common.add_argument(
        "--account", metavar="ID|HANDLE", help="cli.help.account_option"
    )
    common.add_argument("--json", action="store_true", help="cli.help.json")
    common.add_argument("--offline", action="store_true", help="cli.help.offline")
    common.add_argument(
        "--wait", type=_seconds, metavar="SECONDS", help="cli.help.wait"
    )
    common.add_argument(
        "--passphrase-fd", type=int, metavar="N", help="cli.help.passphrase_fd"
    )
    return common


def build() -> Parser:
    """Return the whole grammar."""
    common = _common()
    top = Parser(
        prog="safetyclient",
        parents=[common],
        formatter_class=HelpFormatter,
        allow_abbrev=False,
    )
    top.add_argument("--version", action="store_true", help="cli.help.version")
    top.add_argument("--smoke", action="store_true", help="cli.help.smoke")
    top.set_defaults(command="")
    builder = Builder(common)
    grammar.add_all(builder, builder.nouns(top, required=False))
    return top


_DEFAULTS: dict[str, object] = {
    "profile": "",
    "vault": "",
    "account": "",
    "json": False,
    "offline": False,
    "wait": WAIT,
    "passphrase_fd": -1,
}


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Return what a command line asks for.

    `command` is its name (`account add`; empty for the window), and every common
    option is present.

    Raises:
        UsageError: the command line does not follow the grammar.
    """
    args = build().parse_args(list(argv))
    for name, default in _DEFAULTS.items():
        if not hasattr(args, name):
            setattr(args, name, default)
    if args.version or args.smoke:
        if args.command:
            raise UsageError(sentence("cli.error.alone"), "safetyclient --version")
        args.command = "--version" if args.version else "--smoke"
    return args
