"""Delivery of changes to the reference network, one function per kind."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from typing import cast

from safetyclient.adapters.http.errors import by_status
from safetyclient.adapters.networks.reference import mapping
from safetyclient.adapters.networks.reference.client import (
    AccountClient,
    ContentClient,
)
from safetyclient.adapters.networks.reference.offers import BULK
from safetyclient.application.ports import Delivered, Uploads
from safetyclient.domain.changes import Change, ChangeKind
from safetyclient.domain.errors import (
    BadAnswer,
    Gone,
    Invalid,
    NetworkTrouble,
    Offline,
    RateLimited,
    SafetyError,
    SignInExpired,
    TooLarge,
)
from safetyclient.domain.facts import (
    EntryGone,
    Fact,
    FollowerGone,
    ProtectionFact,
    RequestGone,
)
from safetyclient.domain.ids import ChangeId, PersonId, PersonRef
from safetyclient.domain.lists import ListKind
from safetyclient.domain.media import PublishFile
from safetyclient.domain.wishes import (
    AnswerRequest,
    Publish,
    RemoveFollower,
    SetBlock,
    SetMute,
    SetProtection,
    SetWarnings,
    SubmitAppeal,
    SubmitReport,
)
from safetyclient.wire.v1 import lists, posts, uploads

_LISTS = {ChangeKind.MUTE: ListKind.MUTES, ChangeKind.BLOCK: ListKind.BLOCKS}
_STOPS = (Offline, NetworkTrouble, RateLimited, SignInExpired)
"""After one of these the rest of the changes is not tried."""


class Courier:
    """Sends changes and says what became of each.

    Args:
        account: endpoints of the account.
        content: endpoints of what it publishes and reports.
    """

    def __init__(self, account: AccountClient, content: ContentClient) -> None:
        self._account = account
        self._content = content

    async def deliver(
        self, changes: Sequence[Change], files: Uploads
    ) -> Sequence[Delivered]:
        """Send changes of one kind; one result each."""
        kind = _LISTS.get(changes[0].kind) if changes else None
        if kind is not None:
            done: list[Delivered] = []
            for start in range(0, len(changes), BULK):
                done += await self._bulk(kind, changes[start : start + BULK])
            return done
        return await self._each(changes, files)

    async def _each(
        self, changes: Sequence[Change], files: Uploads
    ) -> Sequence[Delivered]:
        done: list[Delivered] = []
        stopped: SafetyError | None = None
        for change in changes:
            if stopped is not None:
                done.append(Delivered(change.id, error=stopped))
                continue
            try:
                facts, result = await self._one(change, files)
            except SafetyError as error:
                done.append(Delivered(change.id, error=error))
                if isinstance(error, _STOPS):
                    stopped = Offline() if error.in_doubt else error
            else:
                done.append(Delivered(change.id, facts=facts, result=result))
        return done

    async def _one(
        self, change: Change, files: Uploads
    ) -> tuple[tuple[Fact, ...], str]:
        for kind, send in self._ways().items():
            if isinstance(change.wish, kind):
                return await send(change, files)
        raise BadAnswer(in_doubt=False, why="kind")

    def _ways(
        self,
    ) -> dict[
        type[object],
        Callable[[Change, Uploads], Awaitable[tuple[tuple[Fact, ...], str]]],
    ]:
        return {
            SetProtection: self._protect,
            AnswerRequest: self._answer,
            RemoveFollower: self._remove,
            Publish: self._publish,
            SetWarnings: self._warn,
            SubmitReport: self._report,
            SubmitAppeal: self._appeal,
        }

    async def _bulk(
        self, kind: ListKind, changes: Sequence[Change]
    ) -> Sequence[Delivered]:
        done: list[Delivered] = []
        items: list[tuple[Change, lists.ListItem]] = []
        for change in changes:
            try:
                items.append((change, mapping.bulk_item(change)))
            except SafetyError as error:
                done.append(Delivered(change.id, error=error))
        return done + await self._bulk_items(kind, items)

    async def _bulk_items(
        self, kind: ListKind, items: list[tuple[Change, lists.ListItem]]
    ) -> list[Delivered]:
        if not items:
            return []
        try:
            answer = await self._account.bulk(kind, [item for _, item in items])
        except (Invalid, TooLarge) as error:
            if len(items) == 1:
                return [Delivered(items[0][0].id, error=error)]
            # One item that the server does not understand must not cost the others.
            half = len(items) // 2
            first = await self._bulk_items(kind, items[:half])
            return first + await self._bulk_items(kind, items[half:])
        except Gone:
            # The address of bulk writes is gone, not the people: nothing was done.
            foreign = BadAnswer(why="portal")
            return [Delivered(change.id, error=foreign) for change, _ in items]
        except SafetyError as error:
            return [Delivered(change.id, error=error) for change, _ in items]
        results = {result.change: result for result in answer.results}
        return [_item(kind, change, results.get(change.id)) for change, _ in items]

    async def _protect(
        self, change: Change, _: Uploads
    ) -> tuple[tuple[Fact, ...], str]:
        wish = cast("SetProtection", change.wish)
        said = await self._account.protect(wish.protected, change.id)
        if said.protected is not wish.protected:
            raise BadAnswer(why="state")
        return (ProtectionFact(said.protected),), ""

    async def _answer(self, change: Change, _: Uploads) -> tuple[tuple[Fact, ...], str]:
        wish = cast("AnswerRequest", change.wish)
        id_ = await self._id(wish.person)
        await self._account.answer_request(id_, wish.accept, change.id)
        return (RequestGone(id_),), id_

    async def _remove(self, change: Change, _: Uploads) -> tuple[tuple[Fact, ...], str]:
        id_ = await self._id(cast("RemoveFollower", change.wish).person)
        # Somebody who has stopped following in the meantime is what was wanted.
        with contextlib.suppress(Gone):
            await self._account.remove_follower(id_, change.id)
        return (FollowerGone(id_),), id_

    async def _id(self, person: PersonRef) -> PersonId:
        if person.id:
            return person.id
        try:
            found = await self._account.person(f"@{person.handle}")
        except NetworkTrouble as error:
            # Only looking somebody up cannot have changed anything.
            error.in_doubt = False
            raise
        return PersonId(found.id)

    async def _publish(
        self, change: Change, files: Uploads
    ) -> tuple[tuple[Fact, ...], str]:
        wish = cast("Publish", change.wish)
        media: list[posts.NewMedia] = []
        try:
            for number, file in enumerate(wish.files):
                id_ = files.media_id(change.id, number)
                if not id_:
                    id_ = await self._upload(change.id, number, file, files)
                    files.remember(change.id, number, id_)
                media.append(mapping.new_media(id_, file))
        except NetworkTrouble as error:
            # Whatever became of the files, nothing has been published.
            error.in_doubt = False
            raise
        audience: posts.Audience = wish.audience.value
        said = await self._content.publish(
            posts.NewPost(text=wish.text, audience=audience, media=media), change.id
        )
        return (mapping.post(said),), said.id

    async def _upload(
        self, change: ChangeId, number: int, file: PublishFile, files: Uploads
    ) -> str:
        upload = await self._content.start_upload(
            uploads.NewUpload(
                change=change,
                number=number,
                type=file.type.value,
                size=file.size,
                sha256=file.sha256,
                name=file.name,
            )
        )
        if upload.media:
            return upload.media
        if upload.part_bytes < 1:
            raise BadAnswer(why="json")
        parts = -(-file.size // upload.part_bytes)
        received = set(upload.received)
        for part in range(parts):
            if part in received:
                continue
            body = files.read(file.spool, part * upload.part_bytes, upload.part_bytes)
            digest = hashlib.sha256(body).hexdigest()
            await self._content.send_part(upload.id, part, body, digest)
        finished = await self._content.finish_upload(
            upload.id, f"{change}-{number}-finish"
        )
        return finished.media

    async def _warn(self, change: Change, _: Uploads) -> tuple[tuple[Fact, ...], str]:
        wish = cast("SetWarnings", change.wish)
        body = posts.NewWarnings(warnings=mapping.warnings(wish.warnings))
        said = await self._content.warn(wish.post, wish.media, body, change.id)
        return (mapping.post(said),), ""

    async def _report(self, change: Change, _: Uploads) -> tuple[tuple[Fact, ...], str]:
        report = mapping.new_report(cast("SubmitReport", change.wish).report)
        said = await self._content.report(report, change.id)
        return (mapping.case(said),), said.id

    async def _appeal(self, change: Change, _: Uploads) -> tuple[tuple[Fact, ...], str]:
        wish = cast("SubmitAppeal", change.wish)
        said = await self._content.appeal(wish.decision, wish.text, change.id)
        facts: tuple[Fact, ...] = ()
        # The appeal has arrived; its case is only read to show it at once.
        with contextlib.suppress(SafetyError):
            page = await self._content.cases("")
            facts = tuple(
                mapping.case(case)
                for case in page.items
                if case.appeal is not None and case.appeal.id == said.id
            )
        return facts, said.id


def _item(kind: ListKind, change: Change, result: lists.ItemResult | None) -> Delivered:
    if result is None:
        return Delivered(change.id, error=BadAnswer(why="json"))
    if not 200 <= result.status < 300:
        return Delivered(change.id, error=by_status(result.status))
    wish = change.wish
    on = wish.muted if isinstance(wish, SetMute) else cast("SetBlock", wish).blocked
    if on:
        if result.entry is None:
            return Delivered(change.id, error=BadAnswer(why="json"))
        fact = mapping.entry(kind, result.entry)
        facts: tuple[Fact, ...] = (fact,)
        if kind is ListKind.BLOCKS and not fact.person.follows_me:
            facts = (fact, FollowerGone(fact.person.id), RequestGone(fact.person.id))
        return Delivered(change.id, facts=facts, result=fact.person.id)
    if result.person is None:
        return Delivered(change.id, error=BadAnswer(why="json"))
    gone = PersonId(result.person.id)
    return Delivered(change.id, facts=(EntryGone(kind, gone),), result=gone)
