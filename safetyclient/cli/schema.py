"""`schema`: the JSON Schema of what a command prints with `--json`."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from safetyclient.cli.commands import COMMANDS, ELSEWHERE
from safetyclient.cli.documents import Document, Problem
from safetyclient.cli.inputs import CommandError

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def names() -> tuple[str, ...]:
    """Return every command that has a schema."""
    return (*COMMANDS, *ELSEWHERE)


def schema_of(command: str) -> dict[str, Any]:
    """Return the JSON Schema of the one document that a command prints.

    Raises:
        CommandError: there is no such command.
    """
    found = COMMANDS.get(command)
    prints = found.prints if found else ELSEWHERE.get(command)
    if prints is None:
        raise CommandError("no_such_command", choices=names())
    types: list[type[Document]] = [*prints, Problem]
    references, components = msgspec.json.schema_components(types)
    return {
        "$schema": DIALECT,
        "title": command,
        "anyOf": list(references),
        "$defs": _moved(components),
    }


def _moved(components: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps(components)
    moved: dict[str, Any] = json.loads(text)
    return moved


def schema_text(command: str) -> str:
    """Return the schema as a document on several lines."""
    return json.dumps(schema_of(command), indent=2)
