"""Every command against a real server and a real store, and what it prints."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Command, sign_in
from tests.processes import Server

ANSWERS = {
    "danger": "no",
    "whom": "me",
    "symptoms": ["spam"],
    "leaves": ["spam.scam"],
}
"""Answers to every needed question of a report of a scam."""


def picture() -> bytes:
    """Return a small PNG with a comment in it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" + b"\1\2\3" * 2 + b"\0" + b"\4\5\6" * 2)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", head),
            chunk(b"tEXt", b"Comment\0taken at home"),
            chunk(b"IDAT", rows),
            chunk(b"IEND", b""),
        ]
    )


def handles(doc: dict[str, Any]) -> list[str]:
    return [row["person"]["handle"] for row in doc["rows"]]


def test_without_an_account_commands_say_how_to_get_one(command: Command) -> None:
    said = command("protect", "on", "--json", "--vault", "passphrase")
    assert (said.exit, said.doc["error"]) == (2, "no_account")
    assert command("account", "list", "--json").doc == {"accounts": []}


def test_accounts_are_added_listed_and_removed(
    command: Command, server: Server
) -> None:
    alice = command
    assert sign_in(alice, server, "alice").exit == 0
    (account,) = alice("account", "list", "--json").doc["accounts"]
    assert (account["handle"], account["server"]) == ("alice", server.url)
    assert "@alice" in alice("account", "list").out
    assert alice("mute", "bob", "--offline").exit == 3
    kept = alice("account", "remove", "alice", "--json")
    assert (kept.exit, kept.doc["error"]) == (2, "bad_input")
    gone = alice("account", "remove", "@alice", "--discard", "--json")
    assert (gone.exit, gone.doc["left_behind"]) == (0, 1)
    assert alice("account", "list", "--json").doc == {"accounts": []}


def test_of_several_accounts_one_must_be_named(alice: Command, server: Server) -> None:
    bob = sign_in(alice, server, "bob").doc
    said = alice("protect", "show", "--json")
    assert (said.exit, said.doc["error"]) == (2, "which_account")
    assert len(said.doc["choices"]) == 2
    assert alice("protect", "show", "--account", "@Bob", "--json").exit == 0
    assert alice("protect", "show", "--account", bob["id"], "--json").exit == 0
    unknown = alice("protect", "show", "--account", "nobody", "--json")
    assert (unknown.exit, unknown.doc["error"]) == (2, "unknown_account")


def test_a_wrong_password_is_refused(command: Command, server: Server) -> None:
    said = command(
        *("account", "add", "reference", server.url, "alice", "--json"),
        *("--password-stdin", "--vault", "passphrase"),
        stdin="wrong\n",
    )
    assert (said.exit, said.doc["field"]) == (2, "password")


def test_protection_is_shown_previewed_and_switched(
    command: Command, server: Server
) -> None:
    sign_in(command, server, "carol")
    preview = command("protect", "on", "--preview", "--json").doc
    assert preview["written"] is None
    assert preview["consequences"]["known"] is True
    assert command("protect", "off", "--json").exit == 0
    assert command("protect", "show", "--json").doc["protected"] is False
    assert command("protect", "on", "--json").exit == 0
    shown = command("protect", "show", "--preview", "--json").doc
    assert (shown["protected"], shown["state"]) == (True, "on_server")
    assert command("protect", "off").exit == 0
    assert command("protect", "show", "--json").doc["protected"] is False


def test_numbers_that_are_not_known_are_not_printed(
    command: Command, server: Server
) -> None:
    sign_in(command, server, "bob")
    said = command("protect", "off", "--preview", "--offline", "--json").doc
    assert said["consequences"]["known"] is False
    assert said["consequences"]["followers"] is None


def test_requests_and_followers(alice: Command) -> None:
    rows = alice("requests", "list", "--json", "--limit", "5").doc["rows"]
    first, second = (row["person"]["handle"] for row in rows[:2])
    assert alice("requests", "accept", first, "--json").exit == 0
    assert alice("requests", "reject", second, "--json").exit == 0
    left = handles(alice("requests", "list", "--json").doc)
    assert not {first, second} & set(left)
    found = alice("followers", "list", "--search", first, "--json").doc
    assert handles(found) == [first]
    assert alice("followers", "remove", f"@{first}", "--json").exit == 0
    assert alice("followers", "list", "--search", first, "--json").doc["rows"] == []


def test_blocks_and_mutes_with_end_and_reason(alice: Command, server: Server) -> None:
    said = alice("block", "bob", "@carol", "--until", "7d", "--note", "a b", "--json")
    assert said.exit == 0
    assert [c["status"] for c in said.doc["changes"]] == ["accepted", "accepted"]
    found = alice("list", "blocks", "--search", "bob", "--limit", "1", "--json").doc
    (row,) = found["rows"]
    assert (row["note"], row["person"]["handle"]) == ("a b", "bob")
    assert row["until"] is not None
    assert alice("unblock", f"{server.url}/@bob", "--json").exit == 0
    assert alice("mute", "bob", "--json").exit == 0
    assert "bob" in handles(alice("list", "mutes", "--search", "bob", "--json").doc)
    assert alice("unmute", "bob", "--json").exit == 0
    assert alice("unblock", "carol", "--json").exit == 0


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (["mute", "no body"], "who"),
        (["mute", "alice"], "who"),
        (["mute", "bob", "--until", "yesterday"], "until"),
        (["mute", "bob", "--until", "2001-01-01"], "until"),
        (["report", "what", "--questions"], "ref"),
    ],
)
def test_bad_input_names_its_field(
    alice: Command, words: list[str], field: str
) -> None:
    said = alice(*words, "--json")
    assert (said.exit, said.doc["field"]) == (2, field)


def test_somebody_who_is_not_there_is_refused(alice: Command) -> None:
    said = alice("block", "nobody_has_this_name", "--json")
    assert said.exit == 4, said
    (change,) = said.doc["changes"]
    assert change["status"] == "rejected"
    again = alice("outbox", "retry", change["id"], "--json")
    assert again.exit == 4
    assert again.doc["changes"][0]["id"] != change["id"]
    assert alice("outbox", "show", change["id"], "--json").exit == 4
    (listed,) = alice("outbox", "--json").doc["changes"]
    assert alice("outbox", "drop", listed["id"], "--json").exit == 0
    assert alice("outbox", "--json").doc["changes"] == []


def test_of_several_people_the_worst_counts(alice: Command) -> None:
    said = alice("mute", "bob", "nobody_has_this_name", "--json")
    assert (said.exit, said.doc["exit"]) == (4, 4)
    assert alice("unmute", "bob").exit == 0


def test_publishing_cuts_metadata_out_and_warns(
    alice: Command, server: Server, tmp_path: Path
) -> None:
    file = tmp_path / "flat.png"
    file.write_bytes(picture())
    said = alice(
        *("publish", "--text", "look", "--media", str(file), "--alt", "a room"),
        *("--warn", "nudity", "--audience", "followers", "--json"),
    )
    assert said.exit == 0, said
    (kept,) = said.doc["files"]
    assert kept["removed"], kept
    assert kept["warnings"] == ["nudity"]
    post = said.doc["post"]
    assert alice("warn", post, "--media", "1", "--set", "violence", "--json").exit == 0
    assert alice("warn", post, "--media", "2", "--set", "none", "--json").exit == 2
    assert alice("warn", "999999", "--media", "1", "--set", "none", "--json").exit == 4
    rows = server.sql("SELECT text FROM posts WHERE id = ?", int(post))
    assert rows == [("look",)]


def test_a_relative_path_is_the_callers(
    alice: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here.png").write_bytes(picture())
    monkeypatch.chdir(tmp_path)
    said = alice("publish", "--media", "here.png", "--offline", "--json")
    assert (said.exit, said.doc["files"][0]["name"]) == (3, "here.png")


def test_a_file_that_is_no_picture_is_refused(alice: Command, tmp_path: Path) -> None:
    file = tmp_path / "words.png"
    file.write_text("only words")
    said = alice("publish", "--media", str(file), "--json")
    assert (said.exit, said.doc["field"]) == (2, "media")
    assert alice("outbox", "--json").doc["changes"] == []


def test_reporting_by_questions_and_answers(
    alice: Command, server: Server, tmp_path: Path
) -> None:
    ((post,),) = server.sql(
        "SELECT posts.id FROM posts JOIN people ON people.id = posts.author_id"
        " WHERE people.handle = 'bob' ORDER BY posts.id LIMIT 1"
    )
    asked = alice("report", f"post:{post}", "--questions", "--json")
    assert asked.exit == 0
    first = asked.doc["open"][0]
    assert first["options"] or first["kind"] == "text"
    draft = asked.doc["draft"]
    assert alice("drafts", "show", draft, "--json").doc["answers"] == {}
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps({"danger": "no"}))
    unfinished = alice("report", f"post:{post}", "--answers", str(answers), "--json")
    assert unfinished.exit == 2
    assert unfinished.doc["draft"] == draft
    answers.write_text(json.dumps(ANSWERS))
    done = alice(
        *("report", f"post:{post}", "--answers", str(answers), "--also", "mute"),
        "--json",
    )
    assert done.exit == 0, done
    assert alice("drafts", "list", "--json").doc == {"drafts": []}
    cases = alice("cases", "--json").doc["cases"]
    assert done.doc["case"] in {case["id"] for case in cases}
    shown = alice("cases", "show", done.doc["case"], "--json").doc
    assert shown["reasons"][0] == "spam.scam"
    assert alice("unmute", "bob").exit == 0


def test_drafts_are_listed_and_wiped(alice: Command) -> None:
    draft = alice("report", "account:2", "--questions", "--json").doc["draft"]
    listed = alice("drafts", "list", "--json").doc["drafts"]
    assert [each["id"] for each in listed] == [draft]
    assert alice("drafts", "submit", draft, "--json").exit == 2
    assert alice("drafts", "wipe", draft, "--json").doc == {"draft": draft}
    gone = alice("drafts", "show", draft, "--json")
    assert (gone.exit, gone.doc["error"]) == (4, "no_such_draft")


def test_history_and_undo(alice: Command) -> None:
    done = alice("mute", "carol", "--note", "why", "--json").doc
    (batch,) = alice("history", "--limit", "1", "--json").doc["batches"]
    assert (batch["id"], batch["undoable"]) == (done["batch"], True)
    assert "batch." not in batch["title"]
    undone = alice("undo", batch["id"], "--json")
    assert (undone.exit, undone.doc["inverted"]) == (0, 1)
    assert "carol" not in handles(alice("list", "mutes", "--json").doc)
    assert "batch." not in alice("history").out
    unknown = alice("undo", "0" * 32, "--json")
    assert (unknown.exit, unknown.doc["error"]) == (4, "no_such_batch")


def test_what_never_left_is_withdrawn(alice: Command, server: Server) -> None:
    before = server.effects()
    queued = alice("block", "bob", "--offline", "--json").doc
    undone = alice("undo", queued["batch"], "--offline", "--json").doc
    assert (undone["withdrawn"], undone["inverted"]) == (1, 0)
    assert alice("sync", "--json").exit == 0
    assert server.effects() == before


def test_offline_opens_no_connection(alice: Command, server: Server) -> None:
    before = server.effects()
    said = alice("mute", "carol", "--offline", "--json")
    assert (said.exit, said.doc["changes"][0]["status"]) == (3, "queued")
    assert server.effects() == before
    assert alice("outbox", "--offline", "--json").doc["waiting"] == 1
    assert alice("sync", "--offline", "--json").exit == 2
    assert alice("sync", "--json").exit == 0
    assert alice("unmute", "carol").exit == 0


def test_a_server_that_is_away_is_waited_for_then_left_to_later(
    alice: Command, monkeypatch: pytest.MonkeyPatch, server: Server, tmp_path: Path
) -> None:
    away = Server(tmp_path)
    away.start()
    sign_in(alice, away, "bob")
    away.stop()
    said = alice("mute", "carol", "--account", "bob", "--wait", "0.3", "--json")
    assert said.exit == 3
    read = alice("list", "mutes", "--account", "bob", "--wait", "0.3", "--json")
    assert (read.exit, read.doc["fresh"], handles(read.doc)) == (0, False, ["carol"])
    assert alice("sync", "--account", "bob", "--wait", "0.3", "--json").exit == 3


def test_moderating_a_case_to_the_answered_appeal(
    alice: Command, server: Server, tmp_path: Path
) -> None:
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps(ANSWERS))
    done = alice("report", "account:@bob", "--answers", str(answers), "--json")
    assert done.exit == 0, done
    token = tmp_path / "token"
    url = ("moderate", server.url)
    rest = ("--token-file", str(token), "--json")
    signed = alice(
        *url,
        *("sign-in", "mod", "--password-stdin"),
        *rest,
        stdin=server.passwords["mod"],
    )
    assert (signed.exit, token.stat().st_mode & 0o777) == (0, 0o600)
    assert alice(*url, "cases", *rest).doc["cases"]
    remote = alice("cases", "show", done.doc["case"], "--json").doc["remote_id"]
    (case,) = alice(*url, "cases", remote, *rest).doc["cases"]
    assert case["id"] == remote
    decided = alice(
        *(*url, "decide", remote, "--outcome", "none", "--rule", "spam"),
        *("--text", "it is not against the rules", *rest),
    )
    assert decided.exit == 0, decided
    shown = alice("cases", "show", done.doc["case"], "--json").doc
    assert shown["state"] == "decided"
    assert alice("appeal", done.doc["case"], "--text", "look again", "--json").exit == 0
    second = alice("appeal", done.doc["case"], "--text", "once more", "--json")
    assert second.exit in {2, 4}
    appeals = alice(*url, "appeals", *rest).doc["appeals"]
    mine = next(each for each in appeals if each.get("answered_at") is None)
    answered = alice(
        *(*url, "answer", str(mine["id"]), "--outcome", "overturned"),
        *("--text", "you were right", *rest),
    )
    assert answered.exit == 0, answered
    final = alice("cases", "show", done.doc["case"], "--json").doc
    assert final["appeal"]["overturned"] is True


def test_a_token_file_that_others_can_read_is_refused(
    command: Command, server: Server, tmp_path: Path
) -> None:
    token = tmp_path / "token"
    token.write_text("x")
    token.chmod(0o644)
    said = command("moderate", server.url, "cases", "--token-file", str(token))
    assert said.exit == 2


def test_schemas_and_versions_are_printed(command: Command) -> None:
    assert json.loads(command("schema", "list", "blocks").out)["title"] == "list blocks"
    assert command("schema", "nonsense").exit == 2
    assert command("--version").out.startswith("safetyclient ")
    assert command("--version", "--json").doc["name"] == "safetyclient"
