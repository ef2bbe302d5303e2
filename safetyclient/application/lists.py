"""ListsService: mutes and blocks, as they are seen and as they are wished."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from safetyclient.application.notify import Notifier
from safetyclient.application.pool import NetworkPool
from safetyclient.application.ports import Clock
from safetyclient.application.protection import people_params, unique
from safetyclient.application.receipts import Receipt
from safetyclient.application.recorder import Planned, Recorder
from safetyclient.application.store_ports import HeldShrink, Store
from safetyclient.application.touched import Touched
from safetyclient.domain.changes import ChangeKind
from safetyclient.domain.errors import BadInput
from safetyclient.domain.ids import AccountId, PersonId, PersonRef, SubjectKind
from safetyclient.domain.lists import ListEntry, ListKind, RowKey, Window
from safetyclient.domain.people import parse_handle
from safetyclient.domain.wishes import SetBlock, SetMute

__all__ = ["HeldShrink", "ListsService", "list_wish", "restoring_wish"]

_CHANGE_KINDS = {ListKind.MUTES: ChangeKind.MUTE, ListKind.BLOCKS: ChangeKind.BLOCK}


def list_wish(
    kind: ListKind,
    person: PersonRef,
    *,
    on: bool,
    until: datetime | None = None,
    note: str = "",
) -> SetMute | SetBlock:
    """Return the wish that a person stands on a list, or does not."""
    if kind is ListKind.MUTES:
        return SetMute(person=person, muted=on, until=until, note=note)
    return SetBlock(person=person, blocked=on, until=until, note=note)


def restoring_wish(
    kind: ListKind, person: PersonRef, entry: ListEntry | None
) -> SetMute | SetBlock:
    """Return the wish that brings back what was seen of a person."""
    if entry is None:
        return list_wish(kind, person, on=False)
    return list_wish(kind, person, on=True, until=entry.until, note=entry.note)


class ListsService:
    """Mutes and blocks of an account."""

    def __init__(
        self,
        *,
        store: Store,
        pool: NetworkPool,
        clock: Clock,
        notifier: Notifier,
        recorder: Recorder,
    ) -> None:
        self._store = store
        self._pool = pool
        self._clock = clock
        self._notifier = notifier
        self._recorder = recorder

    async def resolve(self, account: AccountId, *, who: str) -> PersonRef:
        """Return the person that a handle, an id or a profile address means.

        Only the store is asked; the id stays empty where it does not know it.

        Raises:
            BadInput: field `who`, when the text can be none of these, or means the
                account itself.
        """
        text = who.strip()
        person = self._by_address(account, text) or self._by_text(account, text)
        own = self._store.accounts.get(account)
        if person.id == own.remote_id or (
            person.handle and person.handle == own.handle.casefold()
        ):
            raise BadInput(field="who", reason="self")
        return person

    def _by_address(self, account: AccountId, text: str) -> PersonRef | None:
        if "/" not in text:
            return None
        ref = self._pool.get(account).parse_address(text)
        if ref is None or ref.kind is not SubjectKind.ACCOUNT:
            raise BadInput(field="who", reason="handle")
        return self._by_text(account, ref.id)

    def _by_text(self, account: AccountId, text: str) -> PersonRef:
        if text.isdecimal() and text.isascii():
            known = self._store.people.find(account, id=text)
            return known or PersonRef(id=PersonId(text), handle="")
        try:
            handle = parse_handle(text)
        except BadInput:
            raise BadInput(field="who", reason="handle") from None
        known = self._store.people.find(account, handle=handle)
        return known or PersonRef(id=PersonId(""), handle=handle)

    async def mute(
        self,
        account: AccountId,
        *,
        people: Sequence[PersonRef],
        until: datetime | None = None,
        note: str = "",
    ) -> Receipt:
        """Wish people muted, for good or until a time."""
        return self._set(
            account, ListKind.MUTES, people, on=True, until=until, note=note
        )

    async def unmute(
        self, account: AccountId, *, people: Sequence[PersonRef]
    ) -> Receipt:
        """Wish people no longer muted."""
        return self._set(account, ListKind.MUTES, people, on=False)

    async def block(
        self,
        account: AccountId,
        *,
        people: Sequence[PersonRef],
        until: datetime | None = None,
        note: str = "",
    ) -> Receipt:
        """Wish people blocked, for good or until a time."""
        return self._set(
            account, ListKind.BLOCKS, people, on=True, until=until, note=note
        )

    async def unblock(
        self, account: AccountId, *, people: Sequence[PersonRef]
    ) -> Receipt:
        """Wish people no longer blocked."""
        return self._set(account, ListKind.BLOCKS, people, on=False)

    def _set(
        self,
        account: AccountId,
        kind: ListKind,
        people: Sequence[PersonRef],
        *,
        on: bool,
        until: datetime | None = None,
        note: str = "",
    ) -> Receipt:
        people = unique(people)
        seen = self._store.lists.seen(account, kind, people, now=self._clock.now())
        change_kind = _CHANGE_KINDS[kind]
        verb = "mute" if kind is ListKind.MUTES else "block"
        return self._recorder.write(
            account,
            title=verb if on else "un" + verb,
            params=people_params(people),
            planned=[
                Planned(
                    kind=change_kind,
                    subject=(key := person.key),
                    wish=list_wish(kind, person, on=on, until=until, note=note),
                    # Without it the inverse of "on" is "off": nothing to remember.
                    before=restoring_wish(kind, person, entry)
                    if (entry := seen.get(key)) is not None or not on
                    else None,
                )
                for person in people
            ],
        )

    async def window(
        self,
        account: AccountId,
        *,
        kind: ListKind,
        search: str = "",
        after: RowKey | None = None,
        limit: int = 200,
        offset: int = 0,
    ) -> Window[ListEntry]:
        """Return rows after a key, `offset` rows further on."""
        return self._store.lists.window(
            account,
            kind,
            search=search.strip(),
            after=after,
            limit=limit,
            offset=offset,
            now=self._clock.now(),
        )

    async def count(
        self, account: AccountId, *, kind: ListKind, search: str = ""
    ) -> int:
        """Return how many rows there are."""
        return self._store.lists.count(
            account, kind, search=search.strip(), now=self._clock.now()
        )

    async def anchors(
        self,
        account: AccountId,
        *,
        kind: ListKind,
        search: str = "",
        step: int = 200,
    ) -> tuple[RowKey, ...]:
        """Return the keys of rows number `step`, `2·step`, … (counted from one).

        `window(after=anchors[n])` begins at row `(n + 1)·step`, counted from zero.
        """
        return self._store.lists.anchors(
            account, kind, search=search.strip(), step=step, now=self._clock.now()
        )

    async def held(self, account: AccountId) -> tuple[HeldShrink, ...]:
        """Return lists that shrank on the server more than people usually remove."""
        return self._store.mirrors.held(account)

    async def answer_held(
        self, account: AccountId, *, kind: ListKind, accept: bool
    ) -> None:
        """Take a held shrink over, or put the missing people back on the server."""
        missing = self._store.mirrors.held_entries(account, kind)
        receipt = None
        with self._store.transaction():
            self._store.mirrors.let_go(account, kind)
            if missing and not accept:
                receipt = self._put_back(account, kind, missing)
        self._notifier.announce(Touched.HELD | Touched.MUTES | Touched.BLOCKS)
        if receipt is not None:
            self._recorder.publish(account, receipt)

    def _put_back(
        self, account: AccountId, kind: ListKind, missing: Sequence[ListEntry]
    ) -> Receipt:
        people = [entry.person.ref for entry in missing]
        return self._recorder.enter(
            account,
            title="put_back",
            params=people_params(people),
            planned=[
                Planned(
                    kind=_CHANGE_KINDS[kind],
                    subject=entry.person.ref.key,
                    wish=restoring_wish(kind, entry.person.ref, entry),
                    before=list_wish(kind, entry.person.ref, on=False),
                )
                for entry in missing
            ],
        )
