"""What a report would be about, as the server shows it now."""

from __future__ import annotations

from datetime import datetime

from safetyclient.adapters.networks.reference import mapping
from safetyclient.adapters.networks.reference.client import (
    AccountClient,
    ContentClient,
)
from safetyclient.domain.ids import SubjectKind, SubjectRef
from safetyclient.domain.reports import SubjectSnapshot

_SUMMARY = 80


async def look_up(
    account: AccountClient,
    content: ContentClient,
    ref: SubjectRef,
    *,
    origin: str,
    now: datetime,
) -> SubjectSnapshot:
    """Return a snapshot of a post, an account or a Space.

    Of a file nothing is fetched but what its id says; a list, a message and an ad
    have no look-up on this network.
    """
    match ref.kind:
        case SubjectKind.POST:
            return await _post(content, ref, now)
        case SubjectKind.ACCOUNT:
            return await _person(account, ref, now)
        case SubjectKind.SPACE:
            return await _space(content, ref, now)
        case SubjectKind.MEDIA:
            return SubjectSnapshot(ref, f"{origin}/v1/media/{ref.id}", now)
        case SubjectKind.LIST | SubjectKind.MESSAGE | SubjectKind.AD:
            return SubjectSnapshot(ref, "", now)


async def _post(
    content: ContentClient, ref: SubjectRef, now: datetime
) -> SubjectSnapshot:
    post = await content.post(ref.id)
    return SubjectSnapshot(
        ref=SubjectRef(ref.kind, post.id),
        url=post.url,
        taken=now,
        author=post.author.handle,
        author_id=post.author.id,
        summary=post.text[:_SUMMARY],
        text=post.text,
        has_video=any(media.type.startswith("video/") for media in post.media),
    )


async def _person(
    account: AccountClient, ref: SubjectRef, now: datetime
) -> SubjectSnapshot:
    person = await account.person(ref.id)
    return SubjectSnapshot(
        ref=SubjectRef(ref.kind, person.id),
        url=person.url,
        taken=now,
        author=person.handle,
        author_id=person.id,
        summary=person.name,
        text=person.bio,
    )


async def _space(
    content: ContentClient, ref: SubjectRef, now: datetime
) -> SubjectSnapshot:
    space = mapping.space(await content.space(ref.id)).space
    host = space.participants[0].person
    return SubjectSnapshot(
        ref=SubjectRef(ref.kind, space.id),
        url=space.url,
        taken=now,
        author=host.handle,
        author_id=host.id,
        summary=space.title,
        text=space.topic,
        has_video=space.has_video,
        people=tuple(
            (item.role.value, item.person.id, item.person.handle)
            for item in space.participants
        ),
    )
