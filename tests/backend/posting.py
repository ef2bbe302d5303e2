"""What tests of posts, Spaces and reports do again and again."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import httpx
import sqlalchemy as sa

from safetyclient.backend.clock import Clock
from safetyclient.backend.seed_pictures import picture
from safetyclient.backend.spaces_tables import space_participants, spaces
from tests.backend.stage import Caller, Stage, new_key

PNG = picture(0).body
JPEG = picture(2).body
DAY = 86_400.0
PART = 4 * 1024 * 1024


def announcement(body: bytes, **changes: Any) -> dict[str, Any]:
    """Return what `POST /v1/uploads` wants to know of a file."""
    return {
        "change": new_key(),
        "number": 0,
        "type": "image/png" if body.startswith(b"\x89PNG") else "image/jpeg",
        "size": len(body),
        "sha256": hashlib.sha256(body).hexdigest(),
        **changes,
    }


def begin(person: Caller, body: bytes, **changes: Any) -> Any:
    """Begin an upload and return it."""
    return person.do("POST", "/v1/uploads", json=announcement(body, **changes))


def send_part(
    person: Caller, upload: str, number: int, body: bytes, *, digest: str = ""
) -> httpx.Response:
    """Send one part; by default with its right hash."""
    headers = {
        "Digest-SHA256": digest or hashlib.sha256(body).hexdigest(),
        "Content-Type": "application/octet-stream",
    }
    path = f"/v1/uploads/{upload}/parts/{number}"
    return person.call("PUT", path, keyed=False, content=body, headers=headers)


def send(person: Caller, body: bytes, **changes: Any) -> str:
    """Upload a whole file and return its media id."""
    upload = begin(person, body, **changes)
    for number in range(upload["parts"]):
        part = body[number * PART : (number + 1) * PART]
        answer = send_part(person, upload["id"], number, part)
        assert answer.status_code == 200, answer.text
    finished = person.do("POST", f"/v1/uploads/{upload['id']}/finish")
    return str(finished["media"])


def publish(person: Caller, *media: dict[str, Any] | str, **fields: Any) -> Any:
    """Publish a post with files, given by media id or whole."""
    files = [{"id": one} if isinstance(one, str) else one for one in media]
    body = {"text": "hello", "media": files, **fields}
    return person.do("POST", "/v1/posts", json=body)


def protect(person: Caller, *, protected: bool = True) -> None:
    """Switch an account."""
    person.do(
        "PUT",
        "/v1/settings",
        json={"protected": protected},
        headers={"If-Match": "*"},
    )


def same_refusal(*answers: httpx.Response) -> bool:
    """Return whether refusals cannot be told apart, but for their own ids."""
    documents = [{**answer.json(), "instance": ""} for answer in answers]
    return all(document == documents[0] for document in documents)


def add_space(
    stage: Stage,
    *,
    host: Caller,
    begins: float = 3_600,
    lasts: float = 3_600,
    title: str = "Evening talk",
    present: tuple[tuple[Caller, str, float | None], ...] = (),
) -> str:
    """Put a Space into the database and return its id.

    Args:
        stage: Where.
        host: Whose Space it is.
        begins: Seconds from now to its beginning.
        lasts: Seconds from its beginning to its end.
        title: Its title.
        present: Others with their role, and seconds from its beginning to their
            joining; None while they have not joined.
    """
    starts = Clock().now() + timedelta(seconds=begins)
    everybody = ((host, "host", 0), *present)

    def work(connection: sa.Connection) -> str:
        number = connection.execute(
            spaces.insert()
            .values(
                host_id=int(host.id),
                title=title,
                topic="Tests",
                starts_at=starts,
                ends_at=starts + timedelta(seconds=lasts),
                recorded=True,
                has_video=False,
            )
            .returning(spaces.c.id)
        ).scalar_one()
        rows = [
            {
                "space_id": number,
                "person_id": int(person.id),
                "role": role,
                "place": place,
                "joined_at": None
                if joined is None
                else starts + timedelta(seconds=joined),
            }
            for place, (person, role, joined) in enumerate(everybody)
        ]
        connection.execute(space_participants.insert(), rows)
        return str(number)

    return stage.database.write(work)


def report(
    reporter: Caller, kind: str, number: str, /, **fields: Any
) -> httpx.Response:
    """Send a report."""
    key = fields.pop("key", None)
    body = {
        "subject": {"kind": kind, "id": number},
        "reasons": ["harass.targeted"],
        "behalf": "me",
        **fields,
    }
    return reporter.call("POST", "/v1/reports", key=key, json=body)


def case_about(person: Caller, subject: Caller) -> str:
    """Report an account and return the id of the case."""
    answer = report(person, "account", subject.id)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def decide(moderator: Caller, case: str, **fields: Any) -> httpx.Response:
    """Decide a case."""
    body = {"outcome": "warn", "rule": "2.1", "text": "What was found.", **fields}
    return moderator.call("POST", f"/v1/moderation/cases/{case}/decision", json=body)


def appeal(person: Caller, case: str, text: str = "Look again.") -> httpx.Response:
    """Appeal against the decision of one's case."""
    number = person.get(f"/v1/cases/{case}")["decision"]["id"]
    return person.call("POST", f"/v1/decisions/{number}/appeal", json={"text": text})
