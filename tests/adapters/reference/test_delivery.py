"""Delivery: uploads resume, one odd item costs no other, parts are as promised."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import httpx
import pytest

from safetyclient.adapters.networks.reference.moderation import Moderation
from safetyclient.domain import errors
from safetyclient.domain.changes import ChangeKind
from safetyclient.domain.errors import BadInput
from safetyclient.domain.facts import EntryFact, EntryGone, FollowerGone, RequestGone
from safetyclient.domain.ids import (
    PersonId,
    PersonRef,
    SpoolId,
)
from safetyclient.domain.lists import ListKind
from safetyclient.domain.media import Audience, MediaType, PublishFile
from safetyclient.domain.wishes import Publish, SetBlock, SetMute, SetProtection
from tests.adapters.http.kit import new_door, run
from tests.adapters.reference.calls import ORIGIN, change, network, uploads
from tests.contract.world import MemoryUploads

JSON = {"content-type": "application/json"}
PART = 1000


def person(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": str(number),
        "handle": f"p{number}",
        "name": "",
        "bio": "",
        "url": "",
        "protected": False,
        "follows_me": False,
        "followed": False,
        "follow_requested": False,
        **more,
    }


def said(status: int, value: object) -> httpx.Response:
    body = json.dumps(value).encode()
    headers = {**JSON, "content-length": str(len(body))}
    if status >= 400:
        headers["content-type"] = "application/problem+json"
    return httpx.Response(status, headers=headers, stream=httpx.ByteStream(body))


class Bulk:
    """A server that takes bulk writes, but no item about `poison`."""

    def __init__(self) -> None:
        self.calls: list[int] = []
        self.keys: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        items = json.loads(request.content)["items"]
        self.calls.append(len(items))
        self.keys.append(request.headers["idempotency-key"])
        if any(item["person"] == "@poison" for item in items):
            problem = {"code": "invalid", "errors": [{"field": "items", "code": "x"}]}
            return said(400, problem)
        return said(200, {"results": [self.result(item) for item in items]})

    @staticmethod
    def result(item: dict[str, Any]) -> dict[str, Any]:
        if item["person"] == "999999":
            return {"change": item["change"], "status": 404, "code": "not_found"}
        who = person(int(item["person"].lstrip("@p") or 0))
        entry = {"person": who, "since": "2026-03-01T00:00:00Z", "note": "n"}
        return {
            "change": item["change"],
            "status": 200,
            "person": who,
            "entry": entry if item["on"] else None,
        }


def by_id(text: str) -> PersonRef:
    return PersonRef(id=PersonId(text), handle="")


def test_one_odd_item_costs_no_other() -> None:
    bulk = Bulk()
    refs = [by_id(str(number)) for number in range(1, 600)]
    refs[77] = PersonRef(id=PersonId(""), handle="poison")
    refs[300] = by_id("999999")
    refs[400] = by_id("../me")
    changes = [change(ChangeKind.BLOCK, SetBlock(ref, True)) for ref in refs]
    changes[500] = change(ChangeKind.BLOCK, SetBlock(by_id("5"), True, note="x" * 501))

    async def work() -> None:
        net = network(new_door(transport=httpx.MockTransport(bulk)))
        done = {d.change: d for d in await net.deliver(changes, uploads())}
        await net.aclose()
        odd = {
            index: type(done[c.id].error)
            for index, c in enumerate(changes)
            if done[c.id].error is not None
        }
        assert odd == {
            77: errors.Invalid,
            300: errors.Gone,
            400: BadInput,
            500: errors.TooLarge,
        }
        first = done[changes[0].id]
        assert first.result == "1"
        assert isinstance(first.facts[0], EntryFact)
        assert first.facts[1:] == (
            FollowerGone(PersonId("1")),
            RequestGone(PersonId("1")),
        )
        assert max(bulk.calls) <= 500
        assert len(bulk.keys) == len(set(bulk.keys))

    run(work())


def test_taking_somebody_off_a_list_says_so() -> None:
    async def work() -> None:
        net = network(new_door(transport=httpx.MockTransport(Bulk())))
        off = change(ChangeKind.MUTE, SetMute(by_id("9"), False))
        done = await net.deliver([off], uploads())
        await net.aclose()
        assert done[0].facts == (EntryGone(ListKind.MUTES, PersonId("9")),)

    run(work())


@pytest.mark.parametrize("loss", ["missing", "no entry", "no person", "500"])
def test_an_item_without_its_answer_is_in_doubt(loss: str) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        item = json.loads(request.content)["items"][0]
        result = {"change": item["change"], "status": 200}
        if loss == "missing":
            return said(200, {"results": []})
        if loss == "500":
            result["status"] = 500
        return said(200, {"results": [result]})

    async def work() -> None:
        net = network(new_door(transport=httpx.MockTransport(answer)))
        wish = SetMute(by_id("9"), loss != "no person")
        done = await net.deliver([change(ChangeKind.MUTE, wish)], uploads())
        await net.aclose()
        assert done[0].error is not None
        assert done[0].error.in_doubt

    run(work())


class Files:
    """A server that takes files in parts, and breaks when told."""

    def __init__(self, break_at: int) -> None:
        self.break_at = break_at
        self.requests = 0
        self.parts: dict[str, dict[int, bytes]] = {}
        self.published: list[dict[str, Any]] = []
        self.finished: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests += 1
        if self.requests == self.break_at:
            raise httpx.ReadError("cut")
        where = request.url.path.removeprefix("/v1/")
        if where == "uploads":
            return self.start(request)
        if where == "posts":
            return self.publish(request)
        _, upload, verb, *rest = where.split("/")
        if verb == "parts":
            body = request.content
            assert request.headers["digest-sha256"] == hashlib.sha256(body).hexdigest()
            self.parts[upload][int(rest[0])] = body
            return said(200, {"received": sorted(self.parts[upload])})
        self.finished.append(upload)
        return said(200, {"media": f"9{upload}", "type": "image/png", "size": 1})

    def start(self, request: httpx.Request) -> httpx.Response:
        asked = json.loads(request.content)
        key = f"{asked['change']}-{asked['number']}"
        assert request.headers["idempotency-key"] == key
        upload = str(asked["number"] + 1)
        have = self.parts.setdefault(upload, {})
        total = -(-asked["size"] // PART)
        media = f"9{upload}" if upload in self.finished else ""
        return said(
            201,
            {
                "id": upload,
                "part_bytes": PART,
                "parts": total,
                "received": sorted(have),
                "media": media,
            },
        )

    def publish(self, request: httpx.Request) -> httpx.Response:
        asked = json.loads(request.content)
        self.published.append(asked)
        media = [
            {
                "id": m["id"],
                "type": "image/png",
                "url": "u",
                "description": m["description"],
                "warnings": m["warnings"],
                "size": 1,
            }
            for m in asked["media"]
        ]
        return said(
            201,
            {
                "id": "5",
                "url": "u",
                "author": person(1),
                "text": asked["text"],
                "audience": asked["audience"],
                "created_at": "2026-03-01T00:00:00Z",
                "media": media,
            },
        )


BODIES = [bytes([n]) * (PART * 2 + 1) for n in (1, 2)]


def files() -> tuple[tuple[PublishFile, ...], MemoryUploads]:
    kept = MemoryUploads()
    made: list[PublishFile] = []
    for number, body in enumerate(BODIES):
        spool = SpoolId(f"f{number}")
        kept.files[spool] = body
        digest = hashlib.sha256(body).hexdigest()
        made.append(PublishFile(spool, "n", MediaType.PNG, len(body), digest))
    return tuple(made), kept


@pytest.mark.parametrize("break_at", range(1, 13))
def test_an_upload_goes_on_where_it_broke(break_at: int) -> None:
    server = Files(break_at)
    wished, kept = files()
    publish = change(ChangeKind.PUBLISH, Publish("t", Audience.FOLLOWERS, wished))

    async def work() -> list[bool | None]:
        net = network(new_door(transport=httpx.MockTransport(server)))
        doubts: list[bool | None] = []
        for _ in range(2):
            done = (await net.deliver([publish], kept))[0]
            doubts.append(done.error.in_doubt if done.error else None)
            if done.error is None:
                assert done.result == "5"
                break
        await net.aclose()
        return doubts

    doubts = run(work())
    # Requests: for each file start, three parts, finish; then the post.
    expected = {11: [True, None], 12: [None]}.get(break_at, [False, None])
    assert doubts == expected
    assert len(server.published) == 1
    assert [m["id"] for m in server.published[0]["media"]] == ["91", "92"]
    for upload, body in zip(("1", "2"), BODIES, strict=True):
        parts = server.parts[upload]
        assert b"".join(parts[n] for n in sorted(parts)) == body
    assert kept.done == {(publish.id, 0): "91", (publish.id, 1): "92"}


def test_after_the_network_broke_the_rest_is_not_tried() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        raise httpx.ReadError("cut")

    async def work() -> None:
        net = network(new_door(transport=httpx.MockTransport(answer)))
        wishes = [change(ChangeKind.PROTECT, SetProtection(on)) for on in (True, False)]
        done = await net.deliver(wishes, uploads())
        await net.aclose()
        assert [type(d.error) for d in done] == [errors.BadAnswer, errors.Offline]
        assert len(asked) == 1
        assert await net.deliver([], uploads()) == []

    run(work())


def test_a_server_that_did_the_opposite_is_not_believed() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["if-match"] == "*"
        return said(200, {"protected": False})

    async def work() -> None:
        net = network(new_door(transport=httpx.MockTransport(answer)))
        wish = change(ChangeKind.PROTECT, SetProtection(True))
        done = await net.deliver([wish], uploads())
        await net.aclose()
        assert type(done[0].error) is errors.BadAnswer

    run(work())


def test_a_list_without_end_is_not_read_for_ever() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return said(200, {"items": [], "next": str(len(asked))})

    async def work() -> None:
        door = new_door(transport=httpx.MockTransport(answer))
        net = network(door)
        with pytest.raises(errors.BadAnswer):
            await net.spaces()
        await net.aclose()
        moderator = Moderation(ORIGIN, "token", door=door)
        for read in (moderator.cases, moderator.appeals):
            with pytest.raises(errors.BadAnswer):
                await read()
        await moderator.aclose()
        assert len(asked) <= 600

    run(work())
