"""The reference network: the port `Network` on its client."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from safetyclient.adapters.http.client import Door, Pinned
from safetyclient.adapters.http.origins import parse_origin
from safetyclient.adapters.networks.reference import addresses, mapping, offers, rows
from safetyclient.adapters.networks.reference.client import (
    AccountClient,
    ContentClient,
)
from safetyclient.adapters.networks.reference.deliver import Courier
from safetyclient.adapters.networks.reference.look_up import look_up
from safetyclient.application.ports import (
    Clock,
    Delivered,
    ListDelta,
    Page,
    Uploads,
)
from safetyclient.domain.accounts import Account, Credential
from safetyclient.domain.capabilities import Capabilities
from safetyclient.domain.changes import Change, ChangeKind
from safetyclient.domain.errors import (
    BadInput,
    Gone,
    SignInExpired,
)
from safetyclient.domain.facts import (
    CaseFact,
    EntryFact,
    EntryGone,
    FollowerFact,
    PostFact,
    ProtectionFact,
    RequestFact,
    SpaceFact,
)
from safetyclient.domain.ids import ChangeId, PersonId, SubjectRef
from safetyclient.domain.lists import ListKind
from safetyclient.domain.people import Person
from safetyclient.domain.protection import Consequences
from safetyclient.domain.reports import SubjectSnapshot
from safetyclient.domain.spaces import SpaceState


class ReferenceNetwork:
    """One account on a reference server.

    Args:
        pinned: the way to its server, with its token.
        clock: when something was read.
    """

    def __init__(self, pinned: Pinned, clock: Clock) -> None:
        self._origin = str(pinned.origin)
        self._clock = clock
        self._account = AccountClient(pinned)
        self._content = ContentClient(pinned)
        self._courier = Courier(self._account, self._content)

    def capabilities(self) -> Capabilities:
        """Return what the network offers: all of it."""
        return offers.CAPABILITIES

    def bulk(self, kind: ChangeKind) -> int:
        """Return how many changes of a kind one request carries."""
        return offers.BULK if kind in offers.BULK_KINDS else 1

    def keyed(self, kind: ChangeKind) -> bool:
        """Return True: the server recognises every change id."""
        return kind in ChangeKind

    async def deliver(
        self, changes: Sequence[Change], uploads: Uploads
    ) -> Sequence[Delivered]:
        """Send changes of one kind."""
        return await self._courier.deliver(changes, uploads)

    async def person(self, handle: str) -> Person:
        """Look a person up by id, handle or `@handle`."""
        who = handle if handle.startswith("@") or _is_id(handle) else f"@{handle}"
        return mapping.person(await self._account.person(who))

    async def protection(self) -> ProtectionFact:
        """Read whether the account is protected."""
        return ProtectionFact((await self._account.settings()).protected)

    async def consequences(self, protected: bool) -> Consequences:
        """Read what switching would do."""
        said = await self._account.consequences(protected)
        return mapping.consequences(said, protected=protected, as_of=self._clock.now())

    async def requests(self, cursor: str) -> Page[RequestFact]:
        """Read a page of follow requests."""
        page = await self._account.requests(cursor)
        found = [RequestFact(mapping.person(i.person), i.since) for i in page.items]
        return Page(tuple(found), page.next)

    async def followers(self, cursor: str) -> Page[FollowerFact]:
        """Read a page of followers."""
        page = await self._account.followers(cursor)
        found = [FollowerFact(mapping.person(i.person), i.since) for i in page.items]
        return Page(tuple(found), page.next)

    async def entries(self, kind: ListKind, cursor: str) -> Page[EntryFact]:
        """Read a page of a list."""
        page = await self._account.entries(kind, cursor)
        return Page(rows.facts(kind, page.items), page.next)

    async def entries_mark(self, kind: ListKind) -> str:
        """Return the mark to read changes from after a whole read begun now."""
        return (await self._account.entries(kind, "", limit=1)).mark

    async def entries_since(self, kind: ListKind, mark: str) -> ListDelta:
        """Read what changed on a list since a mark; a mark too old is incomplete."""
        try:
            page = await self._account.entry_changes(kind, mark)
        except Gone:
            return ListDelta((), (), "", complete=False)
        return ListDelta(
            changed=rows.facts(kind, page.changed),
            removed=tuple(EntryGone(kind, PersonId(id_)) for id_ in page.removed),
            mark=page.mark,
            more=page.more,
        )

    async def own_posts(self, cursor: str) -> Page[PostFact]:
        """Read a page of the account's own posts with media."""
        page = await self._content.own_posts(cursor)
        return Page(tuple(mapping.post(post) for post in page.items), page.next)

    async def spaces(self) -> Sequence[SpaceFact]:
        """Read the live and the scheduled Spaces."""
        found: list[SpaceFact] = []
        for state in (SpaceState.LIVE, SpaceState.SCHEDULED):
            found += await self._spaces(state)
        return found

    async def _spaces(self, state: SpaceState) -> list[SpaceFact]:
        async def read(cursor: str) -> tuple[list[SpaceFact], str]:
            page = await self._content.space_page(state.value, cursor)
            return [mapping.space(space) for space in page.items], page.next

        return await self._content.pages(read)

    async def look_up(self, ref: SubjectRef) -> SubjectSnapshot:
        """Read what a report would be about."""
        return await look_up(
            self._account,
            self._content,
            ref,
            origin=self._origin,
            now=self._clock.now(),
        )

    def parse_address(self, text: str) -> SubjectRef | None:
        """Return what an address of this server points at."""
        return addresses.parse_address(text, origin=self._origin)

    async def cases(self, cursor: str) -> Page[CaseFact]:
        """Read a page of the account's cases."""
        page = await self._content.cases(cursor)
        return Page(tuple(mapping.case(case) for case in page.items), page.next)

    async def operation(self, key: ChangeId) -> bool | None:
        """Return whether a change was done."""
        try:
            said = await self._content.operation(key)
        except Gone:
            return False
        return 200 <= said.status < 300

    async def sign_out(self) -> None:
        """Make the token useless; one that already is, is fine."""
        with contextlib.suppress(SignInExpired):
            await self._account.sign_out()

    async def aclose(self) -> None:
        """Close connections."""
        await self._account.aclose()


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit()


def open_network(
    account: Account, credential: Credential, *, clock: Clock, door: Door
) -> ReferenceNetwork:
    """Return the network of a signed-in account; nothing is sent yet.

    Raises:
        BadInput: when the credential is for another origin, or the origin may not
            be asked.
    """
    origin = parse_origin(account.server, typed=account.test_server)
    if str(origin) != credential.origin:
        raise BadInput(field="server", reason="server")
    return ReferenceNetwork(door.open(origin, token=credential.token), clock)
