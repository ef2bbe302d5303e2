"""What the grammar is built with: parsers that raise, and help from the catalogue.

Importing this module costs little: sentences are looked up only when one is needed.
"""

from __future__ import annotations

import argparse
from typing import Any, NoReturn, Protocol, cast


def sentence(key: str, /, **params: str) -> str:
    """Return a sentence; the catalogue is read only when one is needed."""
    from safetyclient.cli import sentences

    return sentences.sentence(key, **params)


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
