"""ProtectionService: who can see me; follow requests and followers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from safetyclient.application.pool import NetworkPool
from safetyclient.application.ports import Clock
from safetyclient.application.receipts import Receipt
from safetyclient.application.recorder import Planned, Recorder
from safetyclient.application.store_ports import Store
from safetyclient.domain.changes import ChangeKind
from safetyclient.domain.errors import BadInput, SafetyError
from safetyclient.domain.ids import OWN_ACCOUNT, AccountId, PersonRef
from safetyclient.domain.lists import RowKey, Window
from safetyclient.domain.protection import (
    Consequences,
    Follower,
    FollowRequest,
    Protection,
)
from safetyclient.domain.rows import RowState
from safetyclient.domain.wishes import AnswerRequest, RemoveFollower, SetProtection


def people_params(people: Sequence[PersonRef]) -> tuple[tuple[str, str | int], ...]:
    """Return the numbers and the name that a batch's title is made from."""
    first = people[0]
    return (("count", len(people)), ("who", first.handle or first.id))


def unique(people: Sequence[PersonRef]) -> list[PersonRef]:
    """Return people in order, each once.

    Raises:
        BadInput: nobody was named.
    """
    found = list({person.key: person for person in people}.values())
    if not found:
        raise BadInput(field="who", reason="nobody")
    return found


class ProtectionService:
    """Protected or public, with consequences said before the act."""

    def __init__(
        self, *, store: Store, pool: NetworkPool, clock: Clock, recorder: Recorder
    ) -> None:
        self._store = store
        self._pool = pool
        self._clock = clock
        self._recorder = recorder

    async def show(self, account: AccountId) -> Protection:
        """Return the projected state.

        While no server ever told it, the state is `UNSURE`: unknown is never
        drawn as "off".
        """
        found = self._store.people.protection(account)
        return found or Protection(protected=False, state=RowState.UNSURE)

    async def preview(self, account: AccountId, *, protected: bool) -> Consequences:
        """Return what switching would do, from the server or from kept numbers."""
        try:
            network = self._pool.asking(account)
            fresh = await network.consequences(protected)
        except SafetyError:
            kept = self._store.people.consequences(account, protected)
            return kept or Consequences(protected=protected, known=False)
        if fresh.as_of is None:
            fresh = replace(fresh, as_of=self._clock.now())
        self._store.people.keep_consequences(account, fresh)
        return fresh

    async def set(self, account: AccountId, *, protected: bool) -> Receipt:
        """Wish the account protected, or public."""
        seen = self._store.people.protection(account)
        plan = Planned(
            kind=ChangeKind.PROTECT,
            subject=OWN_ACCOUNT,
            wish=SetProtection(protected=protected),
            before=None if seen is None else SetProtection(protected=seen.protected),
        )
        title = "protect_on" if protected else "protect_off"
        return self._recorder.write(account, title=title, planned=[plan])

    async def requests(
        self, account: AccountId, *, after: RowKey | None = None, limit: int = 200
    ) -> Window[FollowRequest]:
        """Return people who ask to follow."""
        return self._store.people.requests(account, after=after, limit=limit)

    async def answer(
        self, account: AccountId, *, people: Sequence[PersonRef], accept: bool
    ) -> Receipt:
        """Accept or reject follow requests."""
        people = unique(people)
        return self._recorder.write(
            account,
            title="accept_requests" if accept else "reject_requests",
            params=people_params(people),
            planned=[
                Planned(
                    kind=ChangeKind.FOLLOW_REQUEST,
                    subject=person.key,
                    wish=AnswerRequest(person=person, accept=accept),
                )
                for person in people
            ],
        )

    async def followers(
        self,
        account: AccountId,
        *,
        search: str = "",
        after: RowKey | None = None,
        limit: int = 200,
    ) -> Window[Follower]:
        """Return people who follow the account."""
        return self._store.people.followers(
            account, search=search, after=after, limit=limit
        )

    async def remove_followers(
        self, account: AccountId, *, people: Sequence[PersonRef]
    ) -> Receipt:
        """Wish that people no longer follow the account."""
        people = unique(people)
        return self._recorder.write(
            account,
            title="remove_followers",
            params=people_params(people),
            planned=[
                Planned(
                    kind=ChangeKind.REMOVE_FOLLOWER,
                    subject=person.key,
                    wish=RemoveFollower(person=person),
                )
                for person in people
            ],
        )
