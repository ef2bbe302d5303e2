"""Operations on uploads: files come in parts, and are checked when they are whole."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Annotated, Any

import sqlalchemy as sa
from litestar.params import HeaderParameter, JSONBody, Parameter, RawBody
from sqlalchemy.engine import Connection, Row

from safetyclient.backend.access import own
from safetyclient.backend.posts_bodies import OctetsIn
from safetyclient.backend.posts_tables import media, upload_parts, uploads
from safetyclient.backend.problems import Refusal, invalid, not_found
from safetyclient.backend.routes import IdPath, Visit, operation
from safetyclient.backend.sessions import Principal
from safetyclient.backend.settings import Settings
from safetyclient.backend.tables import effect_log
from safetyclient.backend.uploads_sniff import Sniffed, sniff
from safetyclient.backend.writes import Done, Effect, Write
from safetyclient.wire.v1.common import ProblemCode as P
from safetyclient.wire.v1.uploads import Finished, NewUpload, Received, Upload

TAG = "uploads"
_LARGEST_PART = Settings().part_bytes
Digest = Annotated[str, HeaderParameter(name="Digest-SHA256", pattern="^[0-9a-f]{64}$")]
PartNumber = Annotated[str, Parameter(pattern="^[0-9]{1,6}$")]


@operation(
    "POST",
    "/uploads",
    name="createUpload",
    tag=TAG,
    status=201,
    problems=[P.CONFLICT],
)
def create_upload(data: JSONBody[NewUpload], write: Write) -> Upload:
    """Begin to send a file, or find the upload that was begun for it.

    Use the change id and the file's number, `CHANGE-NUMBER`, as the idempotency key.
    Files that are not published are forgotten after a week.
    """
    return write.once(
        partial(_create, data), operation="createUpload", returns=Upload, status=201
    )


@operation(
    "GET", "/uploads/{upload_id:str}", name="getUpload", tag=TAG, problems=[P.NOT_FOUND]
)
def get_upload(upload_id: IdPath, visit: Visit) -> Upload:
    """Tell which parts of an upload the server has."""
    with visit.service.database.read() as connection:
        row = _find(connection, "getUpload", upload_id, visit.me)
        return _upload(connection, row)


@operation(
    "PUT",
    "/uploads/{upload_id:str}/parts/{part:str}",
    name="putUploadPart",
    tag=TAG,
    problems=[P.NOT_FOUND, P.CONFLICT],
    keyed=False,
    body_bytes=_LARGEST_PART,
    operation_class=OctetsIn,
)
def put_upload_part(
    upload_id: IdPath, part: PartNumber, body: RawBody, digest: Digest, visit: Visit
) -> Received:
    """Send one part, numbered from 0; it needs no idempotency key.

    All parts but the last have the length that the upload says. The same part again
    is fine; another body under a number that was used is a conflict.
    """
    if hashlib.sha256(body).hexdigest() != digest:
        raise invalid("Digest-SHA256", code="mismatch")
    return visit.service.database.write(
        partial(_put, visit, upload_id, int(part), digest, body)
    )


@operation(
    "POST",
    "/uploads/{upload_id:str}/finish",
    name="finishUpload",
    tag=TAG,
    problems=[P.NOT_FOUND, P.CONFLICT, P.UNSUPPORTED_MEDIA],
)
def finish_upload(upload_id: IdPath, write: Write) -> Finished:
    """Check the whole file: its hash, and its type by its content."""
    return write.once(
        partial(_finish, upload_id), operation="finishUpload", returns=Finished
    )


HANDLERS = (create_upload, get_upload, put_upload_part, finish_upload)


def contents(connection: Connection, upload: int) -> Iterator[bytes]:
    """Yield the parts of a file in order, one in memory at a time."""
    number = 0
    while body := connection.scalar(
        sa.select(upload_parts.c.body).where(
            upload_parts.c.upload_id == upload, upload_parts.c.number == number
        )
    ):
        yield body
        number += 1


def _create(data: NewUpload, effect: Effect) -> Done[Upload]:
    settings = effect.service.settings
    if data.size > settings.file_bytes:
        raise Refusal(P.TOO_LARGE)
    _forget_old(effect)
    facts = {"type": data.type, "size": data.size, "sha256": data.sha256}
    row = effect.connection.execute(
        sa.select(uploads).where(
            uploads.c.change == data.change,
            uploads.c.number == data.number,
            own("createUpload", uploads.c.owner_id, me=effect.me),
        )
    ).first()
    if row is None:
        row = effect.connection.execute(
            uploads.insert()
            .values(
                owner_id=effect.me.id,
                change=data.change,
                number=data.number,
                name=data.name,
                part_bytes=settings.part_bytes,
                created_at=effect.now,
                **facts,
            )
            .returning(uploads)
        ).one()
    elif any(getattr(row, name) != value for name, value in facts.items()):
        raise Refusal(P.CONFLICT, detail="Another file was begun under this number")
    return Done(_upload(effect.connection, row), subject=f"upload:{row.id}")


def _put(
    visit: Visit,
    upload_id: str,
    part: int,
    digest: str,
    body: bytes,
    connection: Connection,
) -> Received:
    row = _find(connection, "putUploadPart", upload_id, visit.me)
    parts = _parts(row)
    if part >= parts:
        raise not_found()
    last = row.size - (parts - 1) * row.part_bytes
    if len(body) != (last if part == parts - 1 else row.part_bytes):
        raise invalid("body", code="length")
    known = connection.scalar(
        sa.select(upload_parts.c.sha256).where(
            upload_parts.c.upload_id == row.id, upload_parts.c.number == part
        )
    )
    if known is None:
        connection.execute(
            upload_parts.insert().values(
                upload_id=row.id, number=part, sha256=digest, body=body
            )
        )
        connection.execute(
            effect_log.insert().values(
                key=f"{row.change}-{row.number}/{part}",
                operation="putUploadPart",
                subject=f"upload:{row.id}",
                at=visit.now,
            )
        )
    elif known != digest:
        raise Refusal(P.CONFLICT, detail="Another body was sent under this number")
    return Received(received=_received(connection, row.id))


def _finish(upload_id: str, effect: Effect) -> Done[Finished]:
    connection = effect.connection
    row = _find(connection, "finishUpload", upload_id, effect.me)
    found = connection.execute(
        sa.select(media).where(media.c.upload_id == row.id)
    ).first()
    if found is None:
        if len(_received(connection, row.id)) < _parts(row):
            raise Refusal(P.CONFLICT, detail="Parts are missing")
        kind = _check(connection, row)
        width, height = kind.size or (None, None)
        found = connection.execute(
            media.insert()
            .values(
                upload_id=row.id,
                owner_id=row.owner_id,
                place=0,
                type=kind.type,
                size=row.size,
                width=width,
                height=height,
                description="",
                warnings="",
            )
            .returning(media)
        ).one()
    finished = Finished(
        media=str(found.id),
        type=found.type,
        size=found.size,
        width=found.width,
        height=found.height,
    )
    return Done(finished, subject=f"media:{found.id}")


def _check(connection: Connection, row: Row[Any]) -> Sniffed:
    """Return what the whole file is.

    Raises:
        Refusal: `invalid` (sha256) or `unsupported_media`.
    """
    digest, kind = hashlib.sha256(), None
    for number, body in enumerate(contents(connection, row.id)):
        digest.update(body)
        if number == 0:
            kind = sniff(body)
    if digest.hexdigest() != row.sha256:
        raise invalid("sha256", code="mismatch")
    if kind is None or kind.type != row.type:
        raise Refusal(P.UNSUPPORTED_MEDIA)
    return kind


def _find(connection: Connection, name: str, upload_id: str, me: Principal) -> Row[Any]:
    """Return the visitor's upload, or refuse as if there were none."""
    row = connection.execute(
        sa.select(uploads).where(
            uploads.c.id == int(upload_id), own(name, uploads.c.owner_id, me=me)
        )
    ).first()
    if row is None:
        raise not_found()
    return row


def _parts(row: Row[Any]) -> int:
    return int(-(-row.size // row.part_bytes))


def _received(connection: Connection, upload: int) -> list[int]:
    numbers = connection.scalars(
        sa.select(upload_parts.c.number)
        .where(upload_parts.c.upload_id == upload)
        .order_by(upload_parts.c.number)
    )
    return list(numbers)


def _upload(connection: Connection, row: Row[Any]) -> Upload:
    found = connection.scalar(sa.select(media.c.id).where(media.c.upload_id == row.id))
    return Upload(
        id=str(row.id),
        part_bytes=row.part_bytes,
        parts=_parts(row),
        received=_received(connection, row.id),
        media="" if found is None else str(found),
    )


def _forget_old(effect: Effect) -> None:
    """Drop the visitor's files that were never published, once their keys are gone."""
    published = sa.select(media.c.upload_id).where(
        media.c.owner_id == effect.me.id, media.c.post_id.is_not(None)
    )
    horizon = effect.now - timedelta(days=effect.service.settings.key_days)
    effect.connection.execute(
        uploads.delete().where(
            uploads.c.owner_id == effect.me.id,
            uploads.c.created_at <= horizon,
            uploads.c.id.not_in(published),
        )
    )
