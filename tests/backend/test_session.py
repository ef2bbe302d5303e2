"""Signing in and out: tokens, their end, and limits on trying."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from safetyclient.backend.tables import people, sessions
from tests.backend.processes import LIGHT, ServerProcess, start_server
from tests.backend.stage import Stage, sign_in

DAY = 86_400


def test_signing_in_tells_token_end_and_person(stage: Stage) -> None:
    answer = stage.client.request(
        "POST",
        "/v1/session",
        json={"handle": "@Alice", "password": stage.password("alice")},
    )
    assert answer.status_code == 201
    document = answer.json()
    assert document["me"]["handle"] == "alice"
    assert document["expires_at"].endswith("Z")
    assert len(document["token"]) >= 43


def test_token_and_password_are_kept_as_hashes_only(stage: Stage) -> None:
    caller = stage.sign_in("alice")
    with stage.database.read() as connection:
        hashes = connection.execute(sa.select(sessions.c.token_hash)).scalars().all()
        passwords = connection.execute(sa.select(people.c.password_hash)).scalars()
        assert caller.token not in hashes
        assert all(len(value) == 64 for value in hashes)
        known = [value for value in passwords if value]
    assert known
    assert all(value.startswith("$argon2id$") for value in known)


@pytest.mark.parametrize("handle", ["alice", "nobody_here"])
def test_a_wrong_password_and_an_unknown_handle_look_alike(
    stage: Stage, handle: str
) -> None:
    answer = stage.client.request(
        "POST", "/v1/session", json={"handle": handle, "password": "wrong"}
    )
    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthorized"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_people_without_a_password_cannot_sign_in(stage: Stage) -> None:
    body = {"handle": "crowd_1001", "password": "nobody has this password"}
    answer = stage.client.request("POST", "/v1/session", json=body)
    assert answer.status_code == 401


def test_signing_out_revokes_this_token_only(stage: Stage) -> None:
    here, there = stage.sign_in("alice"), stage.sign_in("alice")
    assert here.call("DELETE", "/v1/session", keyed=False).status_code == 204
    assert here.call("GET", "/v1/me").status_code == 401
    assert there.call("GET", "/v1/me").status_code == 200


def test_a_token_ends_by_the_servers_clock(stage: Stage) -> None:
    caller = stage.sign_in("alice")
    stage.move_clock(seconds=30 * DAY - 60)
    assert caller.call("GET", "/v1/session").status_code == 200
    stage.move_clock(seconds=30 * DAY + 60)
    assert caller.call("GET", "/v1/session").status_code == 401


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer x", "Basic YTpi", "bearer \x7f", "x"]
)
def test_other_authorization_headers_are_no_token(stage: Stage, header: str) -> None:
    answer = stage.anonymous.call("GET", "/v1/me", headers={"Authorization": header})
    assert answer.status_code == 401


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server with the default limits on log-ins and a hash that takes time."""
    folder = tmp_path_factory.mktemp("strict")
    (folder / "clock").write_text("0", encoding="ascii")
    environment = {
        name: value for name, value in LIGHT.items() if "LOGINS" not in name
    } | {"SAFETYCLIENT_SERVER_ARGON2_MEMORY_KIB": "16384"}
    server = start_server(
        folder, "--clock-file", str(folder / "clock"), environment=environment
    )
    try:
        yield server
    finally:
        assert server.stop() == 0


@pytest.fixture
def fresh_minute(strict: ServerProcess) -> Iterator[httpx.Client]:
    """A client in a minute in which nobody has tried yet."""
    clock = strict.errors.with_name("clock")
    clock.write_text(str(float(clock.read_text()) + 61), encoding="ascii")
    with httpx.Client(base_url=strict.url, trust_env=False) as client:
        yield client


def _try(client: httpx.Client, handle: str, password: str = "x") -> httpx.Response:
    body = {"handle": handle, "password": password}
    return client.post("/v1/session", json=body)


def test_s1_five_log_ins_a_minute_for_one_handle(
    fresh_minute: httpx.Client, strict: ServerProcess
) -> None:
    codes = [_try(fresh_minute, "bob").status_code for _ in range(6)]
    assert codes == [401] * 5 + [429]
    # The right password does not help now, in whatever spelling of the handle.
    answer = _try(fresh_minute, "@BOB", strict.password("bob"))
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert _try(fresh_minute, "alice").status_code == 401


def test_a_minute_later_one_may_try_again(
    fresh_minute: httpx.Client, strict: ServerProcess
) -> None:
    while _try(fresh_minute, "carol").status_code != 429:
        pass
    clock = strict.errors.with_name("clock")
    clock.write_text(str(float(clock.read_text()) + 61), encoding="ascii")
    assert sign_in(fresh_minute, "carol", strict.password("carol")).token


def test_twenty_log_ins_a_minute_from_one_address(fresh_minute: httpx.Client) -> None:
    codes = [_try(fresh_minute, f"somebody_{n}").status_code for n in range(21)]
    assert codes == [401] * 20 + [429]


def test_s1_an_unknown_handle_costs_as_much_work(
    fresh_minute: httpx.Client, tmp_path: Path
) -> None:
    def spent(handle: str) -> float:
        times: list[float] = []
        for _ in range(5):
            begun = time.perf_counter()
            assert _try(fresh_minute, handle).status_code == 401
            times.append(time.perf_counter() - begun)
        return statistics.median(times)

    known, unknown = spent("mod"), spent("nobody_at_all")
    assert unknown > known / 2
    assert known > unknown / 2
