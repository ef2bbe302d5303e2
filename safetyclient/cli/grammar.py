"""Nouns and verbs: what can be typed, and what each verb takes."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import Any

from safetyclient.cli.builder import Builder, Parser, Verbs, sentence

WARNINGS = ("nudity", "violence", "sensitive")
ALSO = ("mute", "block")


def words(
    allowed: Sequence[str], *, none: bool = False
) -> Callable[[str], tuple[str, ...]]:
    """Return a reader of comma-separated words; `none` stands for no word at all."""

    def read(text: str) -> tuple[str, ...]:
        if none and text in {"", "none"}:
            return ()
        found = tuple(dict.fromkeys(word.strip() for word in text.split(",")))
        if not set(found) <= set(allowed):
            raise argparse.ArgumentTypeError(
                sentence("cli.error.words", words=", ".join(allowed))
            )
        return found

    return read


class _File(argparse.Action):
    """Begins another file of the post."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,  # noqa: ARG002 - argparse's signature
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,  # noqa: ARG002 - argparse's signature
    ) -> None:
        files = [*getattr(namespace, "files", ())]
        files.append({"path": values, "alt": "", "warn": ()})
        namespace.files = files


class _OfFile(argparse.Action):
    """Describes the file named before it."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        files = [*getattr(namespace, "files", ())]
        if not files:
            parser.error(sentence("cli.error.of_file", option=option_string or ""))
        namespace.files = [*files[:-1], {**files[-1], self.dest: values}]


def _who(parser: Parser) -> None:
    parser.add_argument("who", nargs="+", metavar="WHO", help="cli.help.who")


def _search(parser: Parser, *, limit: int) -> None:
    parser.add_argument("--search", default="", metavar="TEXT", help="cli.help.search")
    parser.add_argument(
        "--limit", type=int, default=limit, metavar="N", help="cli.help.limit"
    )


def _account(b: Builder, top: Verbs) -> None:
    verbs = b.nouns(b.verb(top, "account"))
    add = b.verb(verbs, "add", command="account add")
    networks = b.nouns(add)
    reference = b.verb(networks, "reference", command="account add")
    reference.set_defaults(network="reference")
    reference.add_argument("server", metavar="SERVER", help="cli.help.server")
    reference.add_argument("handle", metavar="HANDLE", help="cli.help.handle")
    reference.add_argument(
        "--password-stdin", action="store_true", help="cli.help.password_stdin"
    )
    b.verb(verbs, "list", command="account list")
    remove = b.verb(verbs, "remove", command="account remove")
    remove.add_argument("id", metavar="ID|HANDLE", help="cli.help.account_option")
    remove.add_argument("--discard", action="store_true", help="cli.help.discard")


def _people(b: Builder, top: Verbs) -> None:
    protect = b.nouns(b.verb(top, "protect"))
    for name in ("on", "off", "show"):
        verb = b.verb(protect, name, command=f"protect {name}")
        verb.add_argument("--preview", action="store_true", help="cli.help.preview")
    requests = b.nouns(b.verb(top, "requests"))
    _search(b.verb(requests, "list", command="requests list"), limit=200)
    for name in ("accept", "reject"):
        _who(b.verb(requests, name, command=f"requests {name}"))
    followers = b.nouns(b.verb(top, "followers"))
    _search(b.verb(followers, "list", command="followers list"), limit=200)
    _who(b.verb(followers, "remove", command="followers remove"))


def _lists(b: Builder, top: Verbs) -> None:
    for name in ("mute", "unmute", "block", "unblock"):
        verb = b.verb(top, name, command=name)
        _who(verb)
        if name in {"mute", "block"}:
            verb.add_argument(
                "--until", default="", metavar="DATE|DURATION", help="cli.help.until"
            )
            verb.add_argument(
                "--note", default="", metavar="TEXT", help="cli.help.note"
            )
    lists = b.nouns(b.verb(top, "list"))
    for name in ("mutes", "blocks"):
        _search(b.verb(lists, name, command=f"list {name}"), limit=200)


def _media(b: Builder, top: Verbs) -> None:
    publish = b.verb(top, "publish", command="publish")
    publish.set_defaults(files=())
    publish.add_argument("--text", default="", metavar="T", help="cli.help.text")
    publish.add_argument("--media", action=_File, metavar="FILE", help="cli.help.media")
    publish.add_argument("--alt", action=_OfFile, metavar="TEXT", help="cli.help.alt")
    publish.add_argument(
        "--warn",
        action=_OfFile,
        type=words(WARNINGS, none=True),
        metavar="WARNINGS",
        help="cli.help.warn_option",
    )
    publish.add_argument(
        "--audience",
        choices=("everyone", "followers"),
        default="everyone",
        help="cli.help.audience",
    )
    publish.add_argument(
        "--keep-video-data", action="store_true", help="cli.help.keep_video_data"
    )
    warn = b.verb(top, "warn", command="warn")
    warn.add_argument("post", metavar="POST", help="cli.help.post")
    warn.add_argument(
        "--media", type=int, required=True, metavar="N", help="cli.help.media_number"
    )
    warn.add_argument(
        "--set",
        dest="warnings",
        type=words(WARNINGS, none=True),
        required=True,
        metavar="WARNINGS",
        help="cli.help.set",
    )


def _also(parser: Parser) -> None:
    parser.add_argument(
        "--also", type=words(ALSO), default=(), metavar="ACTS", help="cli.help.also"
    )
    parser.add_argument("--block-now", action="store_true", help="cli.help.block_now")


def _reports(b: Builder, top: Verbs) -> None:
    report = b.verb(top, "report", command="report")
    report.add_argument("ref", metavar="REF", help="cli.help.ref")
    what = report.add_mutually_exclusive_group(required=True)
    what.add_argument("--answers", metavar="FILE", help="cli.help.answers")
    what.add_argument("--questions", action="store_true", help="cli.help.questions")
    _also(report)
    drafts = b.nouns(b.verb(top, "drafts"))
    b.verb(drafts, "list", command="drafts list")
    for name in ("show", "submit", "wipe"):
        verb = b.verb(drafts, name, command=f"drafts {name}")
        verb.add_argument("id", metavar="ID", help="cli.help.draft")
        if name == "submit":
            _also(verb)
    cases = b.verb(top, "cases", command="cases")
    show = b.verb(b.nouns(cases, required=False), "show", command="cases show")
    show.add_argument("id", metavar="ID", help="cli.help.case")
    appeal = b.verb(top, "appeal", command="appeal")
    appeal.add_argument("case", metavar="CASE", help="cli.help.case")
    appeal.add_argument(
        "--text", required=True, metavar="T", help="cli.help.appeal_text"
    )


def _delivery(b: Builder, top: Verbs) -> None:
    sync = b.verb(top, "sync", command="sync")
    held = sync.add_mutually_exclusive_group()
    for name in ("accept", "refuse"):
        held.add_argument(
            f"--{name}", choices=("mutes", "blocks"), help=f"cli.help.held_{name}"
        )
    outbox = b.nouns(b.verb(top, "outbox", command="outbox"), required=False)
    for name in ("show", "retry", "drop", "mark-sent", "send-again"):
        verb = b.verb(outbox, name, command=f"outbox {name}")
        verb.add_argument("id", metavar="ID", help="cli.help.change")
    _search(b.verb(top, "history", command="history"), limit=100)
    undo = b.verb(top, "undo", command="undo")
    undo.add_argument("batch", metavar="BATCH", help="cli.help.batch")


def _computer(b: Builder, top: Verbs) -> None:
    vault = b.nouns(b.verb(top, "vault"))
    b.verb(vault, "status", command="vault status")
    change = b.verb(vault, "change", command="vault change")
    change.add_argument(
        "--new-passphrase-fd",
        type=int,
        default=-1,
        metavar="N",
        help="cli.help.new_passphrase_fd",
    )
    erase = b.verb(top, "erase", command="erase")
    erase.add_argument("--yes", action="store_true", help="cli.help.yes")
    demo = b.verb(top, "demo", command="demo")
    demo.add_argument("--headless", action="store_true", help="cli.help.headless")
    b.verb(top, "serve", command="serve")
    schema = b.verb(top, "schema", command="schema")
    schema.add_argument("of", nargs="+", metavar="COMMAND", help="cli.help.schema_of")


def _moderate(b: Builder, top: Verbs) -> None:
    moderate = b.verb(top, "moderate")
    moderate.add_argument("url", metavar="URL", help="cli.help.server")
    verbs = b.nouns(moderate)

    def verb(name: str) -> Parser:
        parser = b.verb(verbs, name, command=f"moderate {name}")
        parser.add_argument(
            "--token-file", required=True, metavar="FILE", help="cli.help.token_file"
        )
        return parser

    sign_in = verb("sign-in")
    sign_in.add_argument("handle", metavar="HANDLE", help="cli.help.handle")
    sign_in.add_argument(
        "--password-stdin", action="store_true", help="cli.help.password_stdin"
    )
    cases = verb("cases")
    cases.add_argument(
        "case", nargs="?", default="", metavar="CASE", help="cli.help.case"
    )
    decide = verb("decide")
    decide.add_argument("case", metavar="CASE", help="cli.help.case")
    decide.add_argument(
        "--outcome",
        required=True,
        choices=("none", "warn", "limit", "remove", "suspend"),
        help="cli.help.outcome",
    )
    decide.add_argument("--rule", required=True, metavar="ID", help="cli.help.rule")
    decide.add_argument("--text", required=True, metavar="T", help="cli.help.reasons")
    decide.add_argument("--days", type=int, metavar="N", help="cli.help.days")
    decide.add_argument("--automated", action="store_true", help="cli.help.automated")
    verb("appeals")
    answer = verb("answer")
    answer.add_argument("appeal", metavar="APPEAL", help="cli.help.appeal_id")
    answer.add_argument(
        "--outcome",
        required=True,
        choices=("upheld", "overturned"),
        help="cli.help.appeal_outcome",
    )
    answer.add_argument("--text", required=True, metavar="T", help="cli.help.reasons")


def add_all(builder: Builder, top: Verbs) -> None:
    """Add every noun and verb."""
    for add in (
        _account,
        _people,
        _lists,
        _media,
        _reports,
        _delivery,
        _computer,
        _moderate,
    ):
        add(builder, top)
