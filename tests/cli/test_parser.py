"""The grammar: what can be typed, what it means, what is refused."""

from __future__ import annotations

import pytest

from safetyclient.cli.builder import UsageError
from safetyclient.cli.commands import COMMANDS, ELSEWHERE
from safetyclient.cli.parser import parse

GRAMMAR = {
    "": "",
    "--version": "--version",
    "--smoke": "--smoke",
    "demo": "demo",
    "demo --headless": "demo",
    "account add reference http://127.0.0.1:1 alice --password-stdin": "account add",
    "account list": "account list",
    "account remove alice --discard": "account remove",
    "protect on": "protect on",
    "protect off --preview": "protect off",
    "protect show --preview": "protect show",
    "requests list": "requests list",
    "requests accept bob": "requests accept",
    "requests reject bob carol": "requests reject",
    "followers list --search x": "followers list",
    "followers remove bob": "followers remove",
    "mute bob --until 7d --note loud": "mute",
    "unmute bob": "unmute",
    "block @bob 12 http://x/@carol": "block",
    "unblock bob": "unblock",
    "list mutes --search a --limit 3": "list mutes",
    "list blocks": "list blocks",
    "publish --text hi --media a.png --alt words --warn nudity": "publish",
    "warn 5 --media 1 --set nudity,violence": "warn",
    "report post:1 --answers file.json --also mute,block": "report",
    "report post:1 --questions": "report",
    "drafts list": "drafts list",
    "drafts show 1": "drafts show",
    "drafts submit 1": "drafts submit",
    "drafts wipe 1": "drafts wipe",
    "cases": "cases",
    "cases show 1": "cases show",
    "appeal 1 --text why": "appeal",
    "sync": "sync",
    "sync --accept blocks": "sync",
    "outbox": "outbox",
    "outbox show 1": "outbox show",
    "outbox retry 1": "outbox retry",
    "outbox drop 1": "outbox drop",
    "outbox mark-sent 1": "outbox mark-sent",
    "outbox send-again 1": "outbox send-again",
    "history --search x": "history",
    "undo 1": "undo",
    "vault status": "vault status",
    "vault change --vault passphrase": "vault change",
    "erase --yes": "erase",
    "moderate http://x sign-in mod --password-stdin --token-file t": "moderate sign-in",
    "moderate http://x cases --token-file t": "moderate cases",
    "moderate http://x cases 7 --token-file t": "moderate cases",
    "moderate http://x decide 7 --outcome remove --rule r --text t --days 3 --automated"
    " --token-file t": "moderate decide",
    "moderate http://x appeals --token-file t": "moderate appeals",
    "moderate http://x answer 7 --outcome upheld --text t --token-file t": (
        "moderate answer"
    ),
    "schema list blocks": "schema",
}


@pytest.mark.parametrize(("typed", "command"), GRAMMAR.items())
def test_the_grammar_is_understood(typed: str, command: str) -> None:
    assert parse(typed.split()).command == command


def test_every_command_is_in_the_table() -> None:
    known = {*COMMANDS, *ELSEWHERE, "", "--smoke", "schema"}
    assert set(GRAMMAR.values()) == known


@pytest.mark.parametrize(
    "typed",
    [
        "nonsense",
        "account",
        "protect",
        "protect maybe",
        "mute",
        "list friends",
        "publish --alt words --media a.png",
        "publish --media a.png --warn nakedness",
        "publish --audience me",
        "warn 5 --media one --set nudity",
        "report post:1",
        "report post:1 --answers f --questions",
        "report post:1 --answers f --also suspend",
        "appeal 1",
        "drafts show",
        "outbox forget 1",
        "--wait soon sync",
        "--wait -1 sync",
        "--vault plaintext sync",
        "moderate http://x decide 7 --outcome hang --rule r --text t --token-file t",
        "moderate http://x cases",
        "--version sync",
    ],
)
def test_what_is_not_in_the_grammar_is_refused(typed: str) -> None:
    with pytest.raises(UsageError):
        parse(typed.split())


def test_common_options_stand_before_or_after_the_verb() -> None:
    before = parse(
        ["--json", "--wait", "3", "--offline", "--account", "a", "mute", "bob"]
    )
    after = parse(
        ["mute", "bob", "--json", "--wait", "3", "--offline", "--account", "a"]
    )
    assert vars(before) == vars(after)
    assert (before.json, before.wait, before.offline, before.account) == (
        True,
        3.0,
        True,
        "a",
    )


def test_without_options_the_defaults_hold() -> None:
    args = parse(["mute", "bob"])
    assert (args.wait, args.json, args.offline, args.vault) == (20.0, False, False, "")


def test_descriptions_and_warnings_belong_to_the_file_before_them() -> None:
    args = parse(
        [
            *("publish", "--media", "a", "--alt", "first", "--warn", "nudity,violence"),
            *("--media", "b", "--media", "c", "--warn", "none", "--alt", "third"),
        ]
    )
    assert args.files == [
        {"path": "a", "alt": "first", "warn": ("nudity", "violence")},
        {"path": "b", "alt": "", "warn": ()},
        {"path": "c", "alt": "third", "warn": ()},
    ]


def test_options_are_never_abbreviated() -> None:
    with pytest.raises(UsageError):
        parse(["mute", "bob", "--off"])
