"""The entry: decides what runs, and loads nothing that it does not need."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

SCHEME = "safetyclient://"
QT_PACKAGES = (
    "libgl1 libegl1 libxkbcommon0 libglib2.0-0 libfreetype6 libfontconfig1 libdbus-1-3 "
    "libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-image0 libxcb-render-util0 "
    "libxcb-shape0 libxkbcommon-x11-0"
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    from safetyclient.adapters.hardening import no_core_dumps, unreadable

    words = list(sys.argv[1:] if argv is None else argv)
    no_core_dumps()
    verb = words[0] if words else ""
    if verb == "_decode":
        from safetyclient.ui import decode

        return decode.main(words[1:])
    if verb == "serve":
        from safetyclient.backend import __main__ as backend

        unreadable()
        return backend.main(words[1:])
    if words == ["--version"]:
        return _version(as_json=False)
    return _parsed(words)


def _parsed(words: list[str]) -> int:
    address = ""
    if words and words[0].startswith(SCHEME):
        address = words.pop(0)
    if not words:
        from safetyclient.cli.defaults import nothing_typed

        return _with_window(nothing_typed(), address)
    from safetyclient.cli.builder import UsageError
    from safetyclient.cli.parser import parse

    try:
        args = parse(words)
    except UsageError as error:
        return _fail(error, as_json="--json" in words)
    if args.command in {"", "--smoke"} or (
        args.command == "demo" and not args.headless
    ):
        return _with_window(args, address)
    from safetyclient.adapters.hardening import unreadable

    unreadable()
    return _without_window(args, words)


def _without_window(args: argparse.Namespace, words: list[str]) -> int:
    import logging

    logging.basicConfig(level=logging.ERROR, format="%(name)s: %(message)s")
    command: str = args.command
    if command == "--version":
        return _version(as_json=args.json)
    if command == "schema":
        return _schema(" ".join(args.of))
    if command == "demo":
        from safetyclient.bootstrap.demo import run_demo

        return run_demo(args)
    if command == "serve":
        # Common options stand before the verb here; the server takes none of them.
        from safetyclient.backend import __main__ as backend

        return backend.main([])
    if command.startswith("moderate "):
        from safetyclient.bootstrap.moderation import run_moderation

        return run_moderation(args)
    from safetyclient.bootstrap.commands import run_command

    return run_command(args, words)


def _with_window(args: argparse.Namespace, address: str) -> int:
    run: Callable[[], int]
    if args.command == "demo":
        from safetyclient.bootstrap.demo import run_demo

        def run() -> int:
            return run_demo(args)
    else:
        from safetyclient.bootstrap.window import run_window

        def run() -> int:
            return run_window(args, address=address)

    try:
        return run()
    except ImportError as error:
        if not (error.name or error.msg).startswith(("PySide6", "shiboken6", "lib")):
            raise
        return _fail(_missing_libraries(), as_json=args.json)
    except Exception as error:  # noqa: BLE001 - the border: a bug is told, not shown
        return _fail(error, as_json=args.json)


def _missing_libraries() -> Exception:
    from safetyclient.cli.inputs import CommandError, Exit

    return CommandError("window", code=Exit.TROUBLE, packages=QT_PACKAGES)


def _version(*, as_json: bool) -> int:
    from safetyclient import __version__

    if as_json:
        from safetyclient.cli.documents import VersionDoc
        from safetyclient.cli.result import json_line

        document = VersionDoc(name="safetyclient", version=__version__)
        sys.stdout.write(json_line(document))
    else:
        sys.stdout.write(f"safetyclient {__version__}\n")
    return 0


def _schema(command: str) -> int:
    from safetyclient.cli.inputs import CommandError
    from safetyclient.cli.schema import schema_text

    try:
        sys.stdout.write(schema_text(command) + "\n")
    except CommandError as error:
        return _fail(error, as_json=False)
    return 0


def _fail(error: Exception, *, as_json: bool) -> int:
    from safetyclient.cli.run import failure

    result = failure(error)
    out, err = result.output(as_json=as_json)
    sys.stdout.write(out)
    sys.stderr.write(err)
    return int(result.exit)


if __name__ == "__main__":
    raise SystemExit(main())
