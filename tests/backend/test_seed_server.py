"""The demo data in a running server, on both databases."""

from __future__ import annotations

import resource
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from safetyclient.backend.seed_pictures import picture
from tests.backend.conftest import BOTH
from tests.backend.posting import JPEG, publish, report, send
from tests.backend.processes import Cluster, ServerProcess, start_server
from tests.backend.stage import Caller, sign_in


@pytest.fixture(scope="module", params=BOTH)
def demo(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServerProcess]:
    folder = tmp_path_factory.mktemp("demo")
    url = f"sqlite:///{folder / 'demo.sqlite3'}"
    if request.param == "postgresql":
        cluster: Cluster = request.getfixturevalue("cluster")
        engine = sa.create_engine(cluster.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql("CREATE DATABASE demo")
        engine.dispose()
        url = cluster.url.replace("/postgres?", "/demo?")
    server = start_server(folder, "--database", url, seed="demo")
    try:
        yield server
    finally:
        assert server.stop() == 0


@pytest.fixture
def client(demo: ServerProcess) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=demo.url, trust_env=False, timeout=30) as client:
        yield client


@pytest.fixture
def alice(demo: ServerProcess, client: httpx.Client) -> Caller:
    return sign_in(client, "alice", demo.password("alice"))


def every(person: Caller, path: str) -> list[dict[str, object]]:
    """Return the items of all pages."""
    found: list[dict[str, object]] = []
    cursor = ""
    while True:
        joint = "&" if "?" in path else "?"
        page = person.get(f"{path}{joint}limit=500&cursor={cursor}")
        found += page["items"]
        cursor = page["next"]
        if not cursor:
            return found


def test_every_page_of_alice_has_rows(alice: Caller) -> None:
    assert not alice.get("/v1/settings")["protected"]
    assert len(every(alice, "/v1/me/requests")) == 14
    assert len(every(alice, "/v1/me/followers")) >= 100
    assert len(every(alice, "/v1/blocks")) == 3_500
    assert len(every(alice, "/v1/mutes")) == 1_500
    posts = every(alice, "/v1/me/posts?with_media=true")
    assert len(posts) == 67
    states = Counter(case["state"] for case in every(alice, "/v1/cases"))
    assert sum(states.values()) == 20
    assert set(states) == {"received", "in_review", "decided", "appealed", "closed"}
    assert [
        len(every(alice, f"/v1/spaces?state={s}")) for s in ("live", "scheduled")
    ] == [
        4,
        4,
    ]


def test_pictures_of_the_demo_can_be_fetched(alice: Caller) -> None:
    post = alice.get("/v1/me/posts?with_media=true&limit=1")["items"][0]
    for file in post["media"]:
        answer = alice.call("GET", f"/v1/media/{file['id']}")
        assert answer.content == picture(int(file["id"])).body
        assert answer.headers["Content-Type"] == file["type"]


def test_ids_go_on_after_those_of_the_demo(
    demo: ServerProcess, client: httpx.Client
) -> None:
    # Bob's, so that the numbers of alice stay what other tests expect.
    bob = sign_in(client, "bob", demo.password("bob"))
    post = publish(bob, send(bob, JPEG))
    assert int(post["id"]) > 2_000
    first, second = (report(bob, "post", post["id"]).json()["id"] for _ in range(2))
    assert int(second) > int(first) > 40


def test_cases_of_the_demo_can_be_worked_on(
    demo: ServerProcess, client: httpx.Client, alice: Caller
) -> None:
    mod = sign_in(client, "mod", demo.password("mod"))
    waiting = [c for c in every(alice, "/v1/cases") if c["state"] == "received"]
    path = f"/v1/moderation/cases/{waiting[0]['id']}/decision"
    body = {"outcome": "none", "rule": "2", "text": "Nothing found."}
    assert mod.do("POST", path, json=body)["case"]["state"] == "decided"


def test_a_large_server_is_ready_soon_and_filled_once(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'large.sqlite3'}"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert start_server(tmp_path, "--database", database, seed="large").stop() == 0
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    # Processor time, so that a busy machine does not fail it.
    assert after.ru_utime - before.ru_utime < 10
    server = start_server(tmp_path, "--database", database, seed="large")
    try:
        with httpx.Client(base_url=server.url, trust_env=False) as client:
            alice = sign_in(client, "alice", server.password("alice"))
            assert len(every(alice, "/v1/blocks")) == 100_000
    finally:
        assert server.stop() == 0
