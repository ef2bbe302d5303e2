"""The main job by the command line: offline, kill -9 in the middle, then the ledger."""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.cli.test_commands import picture  # noqa: E402
from tests.e2e.test_journeys import SPACE_ANSWERS, live_space  # noqa: E402
from tests.processes import Cli, Said, Server, select_pause  # noqa: E402

FOLLOWERS = 40
KILLS = (2, 15, 30)
"""The command is killed once the ledger holds so many new effects."""
ANSWERS = {
    "danger": "no",
    "whom": "me",
    "symptoms": ["spam"],
    "leaves": ["spam.scam"],
}

Row = dict[str, Any]


class Proof:
    """One run: what was asked for, and what arrived."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = Server(folder, seed="demo")
        self.cli = Cli(folder / "client")
        self.asked: list[tuple[str, Row]] = []

    def run(self) -> bool:
        """Do the whole job; True when each change arrived once."""
        self.server.start()
        expect(self.cli.sign_in(self.server), 0, "signed in as alice")
        people = self.cli.json("followers", "list", "--limit", "60").doc["rows"]
        asking = self.cli.json("requests", "list").doc["rows"]
        space = live_space(self.server)
        before = len(self.server.effects())
        self.server.stop()
        say("the server is stopped; everything below waits on this computer")
        self.ask_offline(handles(people), handles(asking), space)
        self.server.start()
        say("the server is back")
        for kill, after in enumerate(KILLS, start=1):
            held = self.kill_in_the_middle(before + after) - before
            say(f"kill -9 number {kill}: {held} of {len(self.asked)} had arrived")
        expect(self.cli.json("sync", "--wait", "60"), 0, "synced to the end")
        return self.report()

    def ask_offline(self, people: list[str], asking: list[str], space: int) -> None:
        """Wish for everything while no server is there."""
        photo = self.folder / "photo.png"
        photo.write_bytes(picture())
        scam, talk = self.folder / "scam.json", self.folder / "talk.json"
        scam.write_text(json.dumps(ANSWERS))
        talk.write_text(json.dumps(SPACE_ANSWERS))
        self.queue("protect", "on")
        self.queue("requests", "accept", asking[0])
        self.queue("requests", "reject", asking[1])
        self.queue("mute", people[0], people[1], "--until", "7d")
        self.queue("block", "bob", people[2], "--note", "a reason of mine")
        self.queue("followers", "remove", *people[3 : 3 + FOLLOWERS])
        self.queue(
            *("publish", "--text", "look", "--media", str(photo), "--alt", "a room"),
            *("--warn", "violence"),
        )
        self.queue("report", "post:1", "--answers", str(scam))
        self.queue("report", f"space:{space}", "--answers", str(talk))

    def queue(self, *words: str) -> None:
        """Wish for one thing; it must be queued."""
        said = self.cli.json(*words, "--offline")
        shown = " ".join(word for word in words[:3] if len(word) < 30)
        expect(said, 3, f"queued: {shown}")
        document = said.doc
        written = document.get("written") or document.get("report") or document
        self.asked += [(shown, change) for change in written["changes"]]

    def kill_in_the_middle(self, effects: int) -> int:
        """Sync, and SIGKILL the process once the ledger has grown so far."""
        process = self.cli.start("sync", "--wait", "60")
        while process.poll() is None and len(self.server.effects()) < effects:
            select_pause()
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        return len(self.server.effects())

    def report(self) -> bool:
        """Print what the server's ledger says of each change."""
        ledger = Counter(key for key, *_ in self.server.effects())
        arrived: dict[tuple[str, str], Counter[int]] = {}
        for shown, change in self.asked:
            row = arrived.setdefault((shown, change["kind"]), Counter())
            row[ledger[change["id"]]] += 1
        print(f"\n{'asked for':<34}{'kind':<18}{'once':>6}{'never':>7}{'more':>6}")
        for (shown, kind), counts in arrived.items():
            more = sum(n for times, n in counts.items() if times > 1)
            print(f"{shown:<34}{kind:<18}{counts[1]:>6}{counts[0]:>7}{more:>6}")
        lost = sum(ledger[change["id"]] == 0 for _, change in self.asked)
        doubled = sum(ledger[change["id"]] > 1 for _, change in self.asked)
        print(
            f"\n{len(self.asked)} changes, {len(KILLS)} kills,"
            f" {lost} lost, {doubled} doubled"
        )
        return not lost and not doubled


def handles(rows: list[Row]) -> list[str]:
    """Return the handles of rows of people."""
    return [row["person"]["handle"] for row in rows if row["person"]["handle"] != "bob"]


def expect(said: Said, code: int, what: str) -> None:
    """Say what was done, or end with what was said instead."""
    if said.exit != code:
        raise SystemExit(f"{what}: exit {said.exit}, not {code}\n{said.out}{said.err}")
    say(what)


def say(text: str) -> None:
    """Print a line at once."""
    print(text, flush=True)


def main() -> int:
    """Run the proof in a folder that is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="safetyclient-prove-") as folder:
        proof = Proof(Path(folder))
        try:
            return 0 if proof.run() else 1
        finally:
            proof.server.stop()


if __name__ == "__main__":
    raise SystemExit(main())
