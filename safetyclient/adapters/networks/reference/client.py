"""Endpoints of the reference API, thin: one method each."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from safetyclient.adapters.http.client import Ask
from safetyclient.adapters.http.ids import Path, path
from safetyclient.adapters.networks.reference.calls import Calls
from safetyclient.adapters.networks.reference.offers import PAGE
from safetyclient.adapters.networks.reference.rows import RowChanges, Rows
from safetyclient.domain.ids import ChangeId, new_change_id
from safetyclient.domain.lists import ListKind
from safetyclient.wire.v1 import (
    auth,
    lists,
    operations,
    people,
    posts,
    protection,
    reports,
    spaces,
    uploads,
)

_encode = msgspec.json.Encoder().encode
_SESSION = msgspec.json.Decoder(auth.Session)
_SERVER = msgspec.json.Decoder(operations.ServerInfo)
_PERSON = msgspec.json.Decoder(people.Person)
_FOLLOWS = msgspec.json.Decoder(people.Follows)

_SETTINGS = msgspec.json.Decoder(protection.Settings)
_CONSEQUENCES = msgspec.json.Decoder(protection.Consequences)
_ENTRIES = msgspec.json.Decoder(Rows)
_CHANGES = msgspec.json.Decoder(RowChanges)
_RESULTS = msgspec.json.Decoder(lists.ItemResults)
_POST = msgspec.json.Decoder(posts.Post)
_POSTS = msgspec.json.Decoder(posts.PostPage)
_SPACE = msgspec.json.Decoder(spaces.Space)
_SPACES = msgspec.json.Decoder(spaces.SpacePage)
_CASE = msgspec.json.Decoder(reports.Case)
_CASES = msgspec.json.Decoder(reports.CasePage)
_APPEAL = msgspec.json.Decoder(reports.Appeal)
_UPLOAD = msgspec.json.Decoder(uploads.Upload)
_RECEIVED = msgspec.json.Decoder(uploads.Received)
_FINISHED = msgspec.json.Decoder(uploads.Finished)
_OPERATION = msgspec.json.Decoder(operations.Operation)


class AccountClient(Calls):
    """Who one is, who follows, what is protected, who is muted or blocked."""

    async def server(self) -> operations.ServerInfo:
        """Read who the server says it is; needs no token."""
        return await self.get(path("/v1/server"), _SERVER)

    async def sign_in(self, handle: str, password: str) -> auth.Session:
        """Exchange a password for a token."""
        body = _encode(auth.SignIn(handle=handle, password=password))
        ask = Ask(method="POST", path=path("/v1/session"), body=body, lane="session")
        return (await self.ask(ask)).json(_SESSION)

    async def sign_out(self) -> None:
        """Make the token useless."""
        ask = Ask(method="DELETE", path=path("/v1/session"))
        (await self.ask(ask)).nothing()

    async def person(self, who: str) -> people.Person:
        """Read a person by id or `@handle`."""
        return await self.get(path("/v1/people/{who}", who=who), _PERSON)

    async def settings(self) -> protection.Settings:
        """Read the account's settings."""
        return await self.get(path("/v1/settings"), _SETTINGS)

    async def protect(self, protected: bool, key: ChangeId) -> protection.Settings:
        """Set protected or public, whatever it was before."""
        return await self.write(
            "PUT",
            path("/v1/settings"),
            protection.Settings(protected=protected),
            key,
            _SETTINGS,
            {"If-Match": "*"},
        )

    async def consequences(self, protected: bool) -> protection.Consequences:
        """Read what switching would do."""
        query: dict[str, str | int] = {"protected": "true" if protected else "false"}
        where = path("/v1/settings/consequences")
        return await self.get(where, _CONSEQUENCES, query)

    async def requests(self, cursor: str) -> people.Follows:
        """Read a page of follow requests."""
        return await self.get(path("/v1/me/requests"), _FOLLOWS, _page(cursor))

    async def answer_request(self, id_: str, accept: bool, key: ChangeId) -> None:
        """Accept or reject a follow request."""
        verb = "accept" if accept else "reject"
        where = path(f"/v1/me/requests/{{id}}/{verb}", id=id_)
        (await self.send("POST", where, None, key)).nothing()

    async def followers(self, cursor: str) -> people.Follows:
        """Read a page of followers."""
        return await self.get(path("/v1/me/followers"), _FOLLOWS, _page(cursor))

    async def remove_follower(self, id_: str, key: ChangeId) -> None:
        """Take somebody from the followers."""
        where = path("/v1/me/followers/{id}", id=id_)
        (await self.send("DELETE", where, None, key)).nothing()

    async def entries(self, kind: ListKind, cursor: str, limit: int = PAGE) -> Rows:
        """Read a page of a list."""
        return await self.get(_list(kind), _ENTRIES, _page(cursor, limit))

    async def entry_changes(self, kind: ListKind, mark: str) -> RowChanges:
        """Read what changed on a list since a mark."""
        query: dict[str, str | int] = {"since": mark, "limit": PAGE}
        return await self.get(_list(kind, "/changes"), _CHANGES, query)

    async def bulk(
        self, kind: ListKind, items: Sequence[lists.ListItem]
    ) -> lists.ItemResults:
        """Set many people on or off a list; each item has its own key."""
        body = lists.ListItems(items=list(items))
        where = _list(kind, "/bulk")
        return await self.write("POST", where, body, new_change_id(), _RESULTS)


class ContentClient(Calls):
    """Posts, uploads, Spaces, reports, and what became of writes."""

    async def own_posts(self, cursor: str) -> posts.PostPage:
        """Read a page of the account's own posts with media."""
        query: dict[str, str | int] = {"with_media": "true", **_page(cursor, 100)}
        return await self.get(path("/v1/me/posts"), _POSTS, query)

    async def post(self, id_: str) -> posts.Post:
        """Read a post."""
        return await self.get(path("/v1/posts/{id}", id=id_), _POST)

    async def publish(self, post: posts.NewPost, key: ChangeId) -> posts.Post:
        """Publish a post."""
        return await self.write("POST", path("/v1/posts"), post, key, _POST)

    async def warn(
        self, post: str, media: str, warnings: posts.NewWarnings, key: ChangeId
    ) -> posts.Post:
        """Set the warnings of one file of a post."""
        where = path("/v1/posts/{id}/media/{media}/warnings", id=post, media=media)
        return await self.write("PUT", where, warnings, key, _POST)

    async def start_upload(self, upload: uploads.NewUpload) -> uploads.Upload:
        """Begin an upload, or find the one that was begun."""
        key = f"{upload.change}-{upload.number}"
        return await self.write("POST", path("/v1/uploads"), upload, key, _UPLOAD)

    async def send_part(
        self, upload: str, number: int, body: bytes, digest: str
    ) -> uploads.Received:
        """Send one part of a file; the same part again is fine."""
        where = path("/v1/uploads/{id}/parts/{n}", id=upload, n=str(number))
        ask = Ask(
            method="PUT",
            path=where,
            body=body,
            type="application/octet-stream",
            headers={"Digest-SHA256": digest},
            upload=True,
        )
        return (await self.ask(ask)).json(_RECEIVED)

    async def finish_upload(self, upload: str, key: str) -> uploads.Finished:
        """Close an upload and learn the id of the file."""
        where = path("/v1/uploads/{id}/finish", id=upload)
        return await self.write("POST", where, None, key, _FINISHED)

    async def space_page(self, state: str, cursor: str) -> spaces.SpacePage:
        """Read a page of Spaces."""
        query: dict[str, str | int] = {"state": state, **_page(cursor, 100)}
        return await self.get(path("/v1/spaces"), _SPACES, query)

    async def space(self, id_: str) -> spaces.Space:
        """Read a Space."""
        return await self.get(path("/v1/spaces/{id}", id=id_), _SPACE)

    async def report(self, report: reports.NewReport, key: ChangeId) -> reports.Case:
        """Send a report."""
        return await self.write("POST", path("/v1/reports"), report, key, _CASE)

    async def cases(self, cursor: str) -> reports.CasePage:
        """Read a page of the account's cases."""
        return await self.get(path("/v1/cases"), _CASES, _page(cursor, 100))

    async def appeal(self, decision: str, text: str, key: ChangeId) -> reports.Appeal:
        """Appeal against a decision."""
        where = path("/v1/decisions/{id}/appeal", id=decision)
        body = reports.NewAppeal(text=text)
        return await self.write("POST", where, body, key, _APPEAL)

    async def operation(self, key: ChangeId) -> operations.Operation:
        """Read what became of a write."""
        return await self.get(path("/v1/operations/{key}", key=key), _OPERATION)


def _page(cursor: str, limit: int = PAGE) -> dict[str, str | int]:
    return {"limit": limit, "cursor": cursor} if cursor else {"limit": limit}


def _list(kind: ListKind, rest: str = "") -> Path:
    return path(f"/v1/{kind.value}{rest}")
