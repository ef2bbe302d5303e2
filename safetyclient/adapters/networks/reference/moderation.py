"""The moderator's side of the reference API, without profile or store."""

from __future__ import annotations

import msgspec

from safetyclient.adapters.http.client import Ask, Door
from safetyclient.adapters.http.ids import path
from safetyclient.adapters.http.origins import parse_origin
from safetyclient.adapters.networks.reference.calls import Calls
from safetyclient.adapters.networks.reference.sign_in import open_session
from safetyclient.domain.ids import new_change_id
from safetyclient.domain.reports import Outcome
from safetyclient.wire.v1 import moderation

_CASE = msgspec.json.Decoder(moderation.ModerationCase)
_CASES = msgspec.json.Decoder(moderation.ModerationCasePage)
_APPEAL = msgspec.json.Decoder(moderation.ModerationAppeal)
_APPEALS = msgspec.json.Decoder(moderation.ModerationAppealPage)
Shown = dict[str, object]
"""A case or an appeal as the server describes it, checked, in plain values."""


async def sign_in(server: str, handle: str, password: str, *, door: Door) -> str:
    """Return a token for a moderator's handle and password."""
    origin = parse_origin(server, typed=True)
    return (await open_session(origin, handle, password, door=door)).token


class Moderation:
    """What a moderator asks of the server; writes carry a fresh key each.

    Args:
        server: what the moderator typed.
        token: from `sign_in`.
        door: the way to the server.
    """

    def __init__(self, server: str, token: str, *, door: Door) -> None:
        self._calls = Calls(door.open(parse_origin(server, typed=True), token=token))

    async def cases(self, *, state: str = "") -> tuple[Shown, ...]:
        """Return all cases, or those in a state, newest first."""

        async def read(cursor: str) -> tuple[list[Shown], str]:
            page = await self._calls.get(
                path("/v1/moderation/cases"), _CASES, _query(cursor, state)
            )
            return [_shown(item) for item in page.items], page.next

        return tuple(await self._calls.pages(read))

    async def case(self, case: str) -> Shown:
        """Return one case with the whole report."""
        where = path("/v1/moderation/cases/{id}", id=case)
        case_now = await self._calls.get(where, _CASE)
        return _shown(case_now)

    async def review(self, case: str) -> Shown:
        """Say that a case is being looked at."""
        where = path("/v1/moderation/cases/{id}/review", id=case)
        key = new_change_id()
        case_now = await self._calls.write("POST", where, None, key, _CASE)
        return _shown(case_now)

    async def decide(
        self,
        case: str,
        *,
        outcome: Outcome,
        rule: str,
        text: str,
        days: int | None = None,
        automated: bool = False,
        scope: str = "",
    ) -> Shown:
        """Decide a case, with the statement of reasons."""
        where = path("/v1/moderation/cases/{id}/decision", id=case)
        body = moderation.NewDecision(
            outcome=outcome.value,
            rule=rule,
            text=text,
            days=days,
            automated=automated,
            scope=scope,
        )
        key = new_change_id()
        decided = await self._calls.write("POST", where, body, key, _CASE)
        return _shown(decided)

    async def appeals(self) -> tuple[Shown, ...]:
        """Return the appeals, newest first."""

        async def read(cursor: str) -> tuple[list[Shown], str]:
            page = await self._calls.get(
                path("/v1/moderation/appeals"), _APPEALS, _query(cursor)
            )
            return [_shown(item) for item in page.items], page.next

        return tuple(await self._calls.pages(read))

    async def answer(self, appeal: str, *, overturned: bool, text: str) -> Shown:
        """Answer an appeal: the decision stands, or it does not."""
        where = path("/v1/moderation/appeals/{id}/answer", id=appeal)
        body = moderation.NewAppealAnswer(
            outcome="overturned" if overturned else "upheld", text=text
        )
        key = new_change_id()
        answered = await self._calls.write("POST", where, body, key, _APPEAL)
        return _shown(answered)

    async def sign_out(self) -> None:
        """Make the token useless."""
        ask = Ask(method="DELETE", path=path("/v1/session"))
        (await self._calls.ask(ask)).nothing()

    async def aclose(self) -> None:
        """Close connections."""
        await self._calls.aclose()


def _query(cursor: str, state: str = "") -> dict[str, str | int]:
    query: dict[str, str | int] = {"limit": 100}
    if cursor:
        query["cursor"] = cursor
    if state:
        query["state"] = state
    return query


def _shown(value: moderation.ModerationCase | moderation.ModerationAppeal) -> Shown:
    """Return a case with its report, or an appeal with its case, in one level."""
    plain = msgspec.convert(msgspec.to_builtins(value), Shown)
    name = "case" if isinstance(value, moderation.ModerationCase) else "appeal"
    inner = msgspec.convert(plain.pop(name), Shown)
    return {**inner, **plain}
