"""The demo data by themselves: amounts, variety, sameness, speed."""

from __future__ import annotations

import time
import unicodedata
import zlib
from collections import Counter
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from safetyclient.backend import seed
from safetyclient.backend.seed_model import SeedData, SeedName
from safetyclient.backend.seed_people import ALICE, MOD
from safetyclient.backend.seed_pictures import PATTERNS, picture
from safetyclient.backend.taxonomy import reasons
from safetyclient.backend.uploads_sniff import sniff
from safetyclient.domain.people import parse_handle
from safetyclient.wire.v1.reports import NewReport

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def demo() -> SeedData:
    return seed.build("demo", NOW)


def test_the_demo_has_the_amounts_that_it_promises(demo: SeedData) -> None:
    assert len(demo.people) >= 300
    assert len(demo.posts) == 2_000
    assert sum(bool(post.media) for post in demo.posts) == 400
    assert len(demo.spaces) == 12
    assert len(demo.cases) == 40
    kinds = Counter(entry.kind for entry in demo.entries if entry.owner == ALICE)
    assert kinds == {"blocks": 3_500, "mutes": 1_500}


def test_the_large_set_has_a_hundred_thousand_blocks_of_alice() -> None:
    large = seed.build("large", NOW)
    blocks = [e for e in large.entries if e.kind == "blocks" and e.owner == ALICE]
    assert len({entry.person for entry in blocks}) == 100_000


def test_the_empty_set_has_the_four_accounts_only() -> None:
    empty = seed.build("empty", NOW)
    assert [(p.handle, p.role) for p in empty.people] == [
        ("alice", "user"),
        ("bob", "user"),
        ("carol", "user"),
        ("mod", "moderator"),
    ]
    assert empty == SeedData(people=empty.people)


@pytest.mark.parametrize("name", ["demo", "large"])
def test_only_the_four_accounts_can_be_signed_in_to(name: SeedName) -> None:
    people = seed.build(name, NOW).people
    assert [p.id for p in people if p.password] == [1, 2, 3, MOD]


def test_the_same_data_come_each_time(demo: SeedData) -> None:
    assert seed.build("demo", NOW) == demo


def test_data_are_made_quickly() -> None:
    start = time.process_time()
    seed.build("demo", NOW)
    assert time.process_time() - start < 3


def test_handles_are_valid_and_differ(demo: SeedData) -> None:
    handles = [person.handle for person in demo.people]
    assert [parse_handle(handle) for handle in handles] == handles
    assert len(set(handles)) == len(handles)
    assert len({person.id for person in demo.people}) == len(demo.people)


@pytest.mark.parametrize(
    "script", ["LATIN", "ARABIC", "HEBREW", "CJK", "HIRAGANA", "HANGUL", "CYRILLIC"]
)
def test_names_come_in_many_scripts(demo: SeedData, script: str) -> None:
    letters = {char for p in demo.people for char in p.name if char.isalpha()}
    assert any(unicodedata.name(char, "").startswith(script) for char in letters)


def test_some_names_are_hostile(demo: SeedData) -> None:
    names = [person.name for person in demo.people]
    assert "<img src=/dev/zero>" in names
    assert any("\u202e" in name for name in names)
    assert any("\u2067" in name for name in names)
    assert max(map(len, names)) > 400
    assert any("\n" in name for name in names)
    assert any(unicodedata.category(char) == "So" for n in names for char in n)


def test_everything_names_something_that_is_there(demo: SeedData) -> None:
    people = {person.id for person in demo.people}
    posts = {post.id for post in demo.posts}
    files = {media.id for post in demo.posts for media in post.media}
    spaces = {space.id for space in demo.spaces}
    there = {"account": people, "post": posts, "media": files, "space": spaces}
    assert {post.author for post in demo.posts} <= people
    assert {n for f in demo.follows for n in (f.follower, f.followed)} <= people
    assert {entry.person for entry in demo.entries} <= people
    assert {one.person for s in demo.spaces for one in s.participants} <= people
    for case in demo.cases:
        kind, number = case.subject
        assert number in there[kind]


def test_nobody_follows_or_lists_themselves(demo: SeedData) -> None:
    assert all(row.follower != row.followed for row in demo.follows)
    assert len({(r.follower, r.followed) for r in demo.follows}) == len(demo.follows)
    assert all(entry.owner != entry.person for entry in demo.entries)


def test_every_page_of_alice_has_something(demo: SeedData) -> None:
    toward = [row for row in demo.follows if row.followed == ALICE]
    assert sum(row.pending for row in toward) >= 10
    assert sum(not row.pending for row in toward) >= 100
    mine = [post for post in demo.posts if post.author == ALICE]
    assert any(post.media for post in mine)
    assert any(not post.media for post in mine)
    warned = {media.warnings for post in mine for media in post.media}
    assert () in warned
    assert len(warned) >= 4
    assert any(entry.until for entry in demo.entries)
    assert any(entry.note for entry in demo.entries)


def test_spaces_are_live_scheduled_and_ended(demo: SeedData) -> None:
    live = [s for s in demo.spaces if s.starts <= NOW < s.ends]
    assert len(live) == 4
    assert sum(s.starts > NOW for s in demo.spaces) == 4
    assert sum(s.ends <= NOW for s in demo.spaces) == 4
    for space in live:
        roles = Counter(one.role for one in space.participants)
        assert roles["host"] == 1
        assert set(roles) == {"host", "co_host", "speaker", "listener"}
        assert all(
            one.joined and space.starts <= one.joined <= NOW
            for one in space.participants
        )
        people = [one.person for one in space.participants]
        assert len(set(people)) == len(people)


def test_nothing_happens_in_the_future_or_out_of_order(demo: SeedData) -> None:
    assert all(post.created < NOW for post in demo.posts)
    assert [p.created for p in demo.posts] == sorted(p.created for p in demo.posts)
    for case in demo.cases:
        steps = [case.created, case.reviewed]
        steps += [case.decision.at if case.decision else None]
        steps += [case.appeal.sent if case.appeal else None]
        steps += [case.appeal.answered if case.appeal else None]
        times = [step for step in steps if step is not None]
        assert times == sorted(times)
        assert times[-1] <= NOW


def test_cases_have_come_every_way(demo: SeedData) -> None:
    assert {case.reporter for case in demo.cases} == {1, 2, 3}
    mine = [case for case in demo.cases if case.reporter == ALICE]
    for cases in (demo.cases, mine):
        decisions = [case.decision for case in cases if case.decision]
        assert any(case.reviewed is None for case in cases)
        assert any(case.reviewed and not case.decision for case in cases)
        assert any(decision.appeal_until <= NOW for decision in decisions)
        assert any(decision.appeal_until > NOW for decision in decisions)
        assert any(decision.automated for decision in decisions)
        assert any(case.appeal and not case.appeal.answered for case in cases)
        assert any(case.appeal and case.appeal.answered for case in cases)
    assert {case.decision.outcome for case in demo.cases if case.decision} == {
        "none",
        "warn",
        "limit",
        "remove",
        "suspend",
    }


def test_reports_are_such_as_the_server_would_take(demo: SeedData) -> None:
    for case in demo.cases:
        report = msgspec.convert(
            {
                "subject": {"kind": case.subject[0], "id": str(case.subject[1])},
                "reasons": list(case.reasons),
                "behalf": case.behalf,
                "comment": case.comment,
            },
            NewReport,
        )
        assert reasons().issuperset(report.reasons)


def test_the_time_to_appeal_is_the_one_asked_for() -> None:
    for case in seed.build("demo", NOW, appeal_days=5).cases:
        if case.decision:
            kept = case.decision.appeal_until - case.decision.at
            assert kept == timedelta(days=5)


@pytest.mark.parametrize("number", range(PATTERNS))
def test_a_picture_is_what_it_says(number: int) -> None:
    made = picture(number)
    kind = sniff(made.body)
    assert kind is not None
    assert (kind.type, kind.size) == (made.type, (made.width, made.height))


def test_a_png_holds_all_its_pixels() -> None:
    made = picture(0)
    at = made.body.index(b"IDAT")
    length = int.from_bytes(made.body[at - 4 : at], "big")
    rows = zlib.decompress(made.body[at + 4 : at + 4 + length])
    assert len(rows) == made.height * (made.width + 1)


def test_the_pictures_differ() -> None:
    assert len({picture(number).body for number in range(PATTERNS)}) == PATTERNS
