"""The four journeys, offline first, then delivered: each effect once."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.test_commands import picture
from tests.processes import Cli, Server


def once_each(server: Server, operation: str, count: int) -> None:
    """Hold the ledger against what was asked for."""
    keys = [key for key, *_ in server.effects(operation)]
    assert len(keys) == count
    assert len(set(keys)) == count


def test_j1_protected_while_the_server_is_away(server: Server, cli: Cli) -> None:
    assert cli.sign_in(server).exit == 0
    server.stop()
    queued = cli.json("protect", "on", "--wait", "0.5")
    assert queued.exit == 3
    shown = cli.json("protect", "show", "--wait", "0").doc
    assert shown["protected"] is True
    assert shown["state"] in {"waiting", "sending"}
    server.start()
    assert cli.json("sync").exit == 0
    assert cli.json("protect", "show").doc["state"] == "on_server"
    once_each(server, "protect", 1)
    (change,) = queued.doc["written"]["changes"]
    assert server.effects("protect")[0][0] == change["id"]


def test_j2_many_blocks_offline_then_undone(demo_server: Server, cli: Cli) -> None:
    assert cli.sign_in(demo_server).exit == 0
    rows = cli.json("followers", "list", "--limit", "60").doc["rows"]
    who = [row["person"]["handle"] for row in rows]
    demo_server.stop()
    queued = cli.json("block", *who, "--note", "a list", "--wait", "0")
    assert (queued.exit, len(queued.doc["changes"])) == (3, len(who))
    demo_server.start()
    assert cli.json("sync").exit == 0
    once_each(demo_server, "block", len(who))
    undone = cli.json("undo", queued.doc["batch"])
    assert (undone.exit, undone.doc["inverted"]) == (0, len(who))
    left = {
        row["person"]["handle"]
        for row in cli.json("list", "blocks", "--limit", "5000").doc["rows"]
    }
    assert not left & set(who)


def test_j3_a_warned_picture_published_once(
    server: Server, cli: Cli, tmp_path: Path
) -> None:
    assert cli.sign_in(server).exit == 0
    file = tmp_path / "photo.png"
    file.write_bytes(picture())
    server.stop()
    queued = cli.json(
        *("publish", "--text", "one", "--media", str(file), "--alt", "a room"),
        *("--warn", "violence,sensitive", "--wait", "0.3"),
    )
    assert queued.exit == 3, queued
    file.unlink()
    server.start()
    assert cli.json("sync").exit == 0
    once_each(server, "publishPost", 1)
    assert server.sql("SELECT text FROM posts") == [("one",)]
    spool = cli.profile / "spool"
    assert not spool.exists() or not list(spool.iterdir())


def test_j4_a_space_reported_offline_and_followed(
    demo_server: Server, cli: Cli, tmp_path: Path
) -> None:
    assert cli.sign_in(demo_server).exit == 0
    space = live_space(demo_server)
    demo_server.stop()
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps(SPACE_ANSWERS))
    queued = cli.json(
        "report", f"space:{space}", "--answers", str(answers), "--wait", "0.3"
    )
    assert queued.exit == 3, queued
    case = queued.doc["case"]
    waiting = cli.json("cases", "show", case, "--offline").doc
    assert waiting["state"] == "waiting_to_send"
    demo_server.start()
    assert cli.json("sync").exit == 0
    assert cli.json("cases", "show", case).doc["state"] == "sent"
    key = queued.doc["report"]["changes"][0]["id"]
    assert [k for k, *_ in demo_server.effects()].count(key) == 1


SPACE_ANSWERS = {
    "danger": "no",
    "space.part": "whole",
    "whom": "everyone",
    "symptoms": ["hate"],
    "leaves": ["hate.speech"],
}


def live_space(server: Server) -> int:
    """Return a Space that is live now."""
    ((number,),) = server.sql(
        "SELECT id FROM spaces WHERE unixepoch() * 1000000 BETWEEN starts_at AND"
        " ends_at ORDER BY id LIMIT 1"
    )
    return int(number)
