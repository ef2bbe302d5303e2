"""Parses a command line: options that stand anywhere, then nouns and verbs."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from safetyclient.cli import grammar
from safetyclient.cli.builder import (
    Builder,
    HelpFormatter,
    Parser,
    UsageError,
    sentence,
)
from safetyclient.cli.defaults import fill

VAULTS = ("keyring", "passphrase", "session")


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


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Return what a command line asks for.

    `command` is its name (`account add`; empty for the window), and every common
    option is present.

    Raises:
        UsageError: the command line does not follow the grammar.
    """
    args = fill(build().parse_args(list(argv)))
    if args.version or args.smoke:
        if args.command:
            raise UsageError(sentence("cli.error.alone"), "safetyclient --version")
        args.command = "--version" if args.version else "--smoke"
    return args
