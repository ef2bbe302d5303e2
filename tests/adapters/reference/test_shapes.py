"""Addresses, signing in, and shapes that must stay those of the wire."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import httpx
import msgspec
import pytest

from safetyclient.adapters.networks.reference import mapping, rows
from safetyclient.adapters.networks.reference.addresses import parse_address
from safetyclient.adapters.networks.reference.sign_in import sign_in
from safetyclient.domain.errors import BadInput
from safetyclient.domain.ids import SubjectKind, SubjectRef
from safetyclient.domain.lists import ListKind
from safetyclient.domain.people import Person
from safetyclient.wire.v1 import lists, people
from tests.adapters.http.kit import new_door, run
from tests.adapters.reference.calls import ORIGIN
from tests.adapters.reference.test_delivery import person, said


def test_a_wrong_password_is_a_bad_input() -> None:
    info = {
        "name": "r",
        "version": "1",
        "time": "2026-03-01T00:00:00Z",
        "limits": dict.fromkeys(
            (
                *("bulk", "page", "body_bytes", "part_bytes", "file_bytes", "files"),
                *("key_days", "feed_days", "requests_per_minute", "appeal_days"),
            ),
            1,
        ),
    }

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/server":
            return said(200, info)
        assert "authorization" not in request.headers
        return said(401, {"code": "unauthorized"})

    async def work(server: str, handle: str) -> BadInput:
        door = new_door(transport=httpx.MockTransport(answer))
        with pytest.raises(BadInput) as caught:
            await sign_in(server, handle, "secret", door=door)
        return caught.value

    assert run(work(ORIGIN, "@Alice")).field == "password"
    assert run(work(ORIGIN, "no name")).field == "handle"
    assert run(work("http://one.example", "alice")).field == "server"


@pytest.mark.parametrize(
    ("text", "ref"),
    [
        ("post:12", SubjectRef(SubjectKind.POST, "12")),
        ("account:3", SubjectRef(SubjectKind.ACCOUNT, "3")),
        ("account:@Bob", SubjectRef(SubjectKind.ACCOUNT, "@bob")),
        ("@bob", SubjectRef(SubjectKind.ACCOUNT, "@bob")),
        ("media:1", SubjectRef(SubjectKind.MEDIA, "1")),
        ("space:9", SubjectRef(SubjectKind.SPACE, "9")),
        ("list:2", SubjectRef(SubjectKind.LIST, "2")),
        (f"{ORIGIN}/@bob", SubjectRef(SubjectKind.ACCOUNT, "@bob")),
        (f" {ORIGIN}/@bob/ ", SubjectRef(SubjectKind.ACCOUNT, "@bob")),
        (f"{ORIGIN}/@bob/posts/44?x=1#y", SubjectRef(SubjectKind.POST, "44")),
        (f"{ORIGIN}/spaces/8", SubjectRef(SubjectKind.SPACE, "8")),
        ("HTTPS://ONE.example/v1/media/7", SubjectRef(SubjectKind.MEDIA, "7")),
        ("https://two.example/@bob", None),
        (f"{ORIGIN}.two.example/@bob", None),
        (f"{ORIGIN}@two.example/@bob", None),
        (f"{ORIGIN}/@bob/posts/x", None),
        (f"{ORIGIN}/@bo b", None),
        (f"{ORIGIN}/@%2e%2e", None),
        (f"{ORIGIN}/elsewhere", None),
        ("http://[", None),
        ("post:x", None),
        ("bob", None),
        ("", None),
        ("@" + "x" * 600, None),
    ],
)
def test_addresses(text: str, ref: SubjectRef | None) -> None:
    assert parse_address(text, origin=ORIGIN) == ref


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (rows.Row, lists.Entry),
        (rows.Rows, lists.Entries),
        (rows.RowChanges, lists.EntryChanges),
    ],
)
def test_the_fast_shapes_are_those_of_the_wire(ours: Any, theirs: Any) -> None:
    def plain(field: msgspec.structs.FieldInfo) -> tuple[str, bool, object]:
        return field.encode_name, field.required, field.default

    fields = msgspec.structs.fields
    assert [plain(f) for f in fields(ours)] == [plain(f) for f in fields(theirs)]
    wire_person = {field.name for field in fields(people.Person)}
    assert {field.name for field in dataclasses.fields(Person)} <= wire_person
    if ours is rows.Row:
        sent = {"person": person(7, name="n"), "since": "2026-03-01T00:00:00Z"}
        body = json.dumps(sent).encode()
        entry = msgspec.json.decode(body, type=lists.Entry)
        kind = ListKind.BLOCKS
        fact = rows.facts(kind, [msgspec.json.decode(body, type=rows.Row)])[0]
        assert fact == mapping.entry(kind, entry)
