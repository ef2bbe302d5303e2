"""Spaces: their life by the server's clock, roles, who may look them up."""

from __future__ import annotations

import pytest

from tests.backend.posting import add_space
from tests.backend.stage import Caller, Stage


def listed(person: Caller, state: str = "") -> list[str]:
    query = f"?state={state}" if state else ""
    return [space["id"] for space in person.get(f"/v1/spaces{query}")["items"]]


def test_a_space_begins_and_ends_by_the_clock(stage: Stage) -> None:
    space = add_space(stage, host=stage.bob, begins=600, lasts=1_200)
    path = f"/v1/spaces/{space}"
    assert stage.alice.get(path)["state"] == "scheduled"
    assert (listed(stage.alice, "scheduled"), listed(stage.alice, "live")) == (
        [space],
        [],
    )
    stage.move_clock(seconds=700)
    assert stage.alice.get(path)["state"] == "live"
    assert (listed(stage.alice, "scheduled"), listed(stage.alice, "live")) == (
        [],
        [space],
    )
    stage.move_clock(seconds=1_900)
    gone = stage.alice.call("GET", path)
    assert (gone.status_code, gone.json()["code"]) == (410, "gone")
    assert listed(stage.alice) == []


def test_a_space_tells_who_is_there_and_since_when(stage: Stage) -> None:
    space = add_space(
        stage,
        host=stage.bob,
        begins=-100,
        title="<b>Talk</b> \u202e",
        present=(
            (stage.carol, "co_host", 5),
            (stage.mod, "speaker", 50),
            (stage.alice, "listener", 500),
        ),
    )
    shown = stage.alice.get(f"/v1/spaces/{space}")
    assert shown["title"] == "<b>Talk</b> \u202e"
    assert shown["url"].endswith(f"/spaces/{space}")
    assert shown["host"]["handle"] == "bob"
    assert (shown["recorded"], shown["has_video"]) == (True, False)
    people = [(one["person"]["handle"], one["role"]) for one in shown["participants"]]
    # Alice joins later: she is not there yet.
    assert people == [("bob", "host"), ("carol", "co_host"), ("mod", "speaker")]
    times = [one["joined_at"] for one in shown["participants"]]
    assert times == sorted(times)
    assert times[0] == shown["starts_at"]
    stage.move_clock(seconds=450)
    later = stage.alice.get(f"/v1/spaces/{space}")
    assert later["participants"][-1]["role"] == "listener"
    assert later["participants"][-1]["person"]["handle"] == "alice"


def test_speakers_of_a_scheduled_space_have_not_joined(stage: Stage) -> None:
    space = add_space(
        stage, host=stage.bob, begins=900, present=((stage.carol, "speaker", None),)
    )
    shown = stage.alice.get(f"/v1/spaces/{space}")["participants"]
    assert shown[-1]["person"]["handle"] == "carol"
    assert shown[-1]["joined_at"] is None


def test_a_space_is_closed_to_whom_its_host_blocked(stage: Stage) -> None:
    space = add_space(stage, host=stage.bob, begins=-60)
    stage.bob.do("PUT", "/v1/blocks/@alice", json={})
    assert stage.alice.call("GET", f"/v1/spaces/{space}").status_code == 404
    assert listed(stage.alice) == []
    assert listed(stage.carol) == [space]


def test_spaces_come_in_pages(stage: Stage) -> None:
    made = [add_space(stage, host=stage.bob, begins=60 * n - 120) for n in range(5)]
    found: list[str] = []
    cursor, pages = "", 0
    while True:
        page = stage.alice.get(f"/v1/spaces?limit=2&cursor={cursor}")
        found += [space["id"] for space in page["items"]]
        cursor, pages = page["next"], pages + 1
        if not cursor:
            break
    assert (found, pages) == (made, 3)


@pytest.mark.parametrize("state", ["ended", "x", ""])
def test_only_two_states_can_be_asked_for(stage: Stage, state: str) -> None:
    answer = stage.alice.call("GET", f"/v1/spaces?state={state}")
    assert answer.status_code == 400


def test_a_space_that_never_was_is_not_there(stage: Stage) -> None:
    assert stage.alice.call("GET", "/v1/spaces/999999").status_code == 404
    assert stage.anonymous.call("GET", "/v1/spaces").status_code == 401
