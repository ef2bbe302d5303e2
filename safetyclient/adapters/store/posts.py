"""PostRows: own posts with their warnings, and what was uploaded for waiting ones."""

from __future__ import annotations

from safetyclient.adapters.store.codec import (
    CHANGE_COLUMNS,
    change_from,
    post_from,
)
from safetyclient.adapters.store.database import Database, Value
from safetyclient.adapters.store.topics import POSTS, Topics
from safetyclient.domain.changes import PENDING, ROW_STATES, Change, ChangeKind
from safetyclient.domain.facts import PostFact
from safetyclient.domain.ids import AccountId, ChangeId, MediaId, PostId, SpoolId
from safetyclient.domain.lists import RowKey, Window
from safetyclient.domain.media import MediaWarning, OwnPost, PostMedia
from safetyclient.domain.rows import RowState
from safetyclient.domain.wishes import Publish, SetWarnings

_NEEDED = (
    "(status IN ('queued', 'sending', 'resend')"
    " OR status IN ('rejected', 'unsure') AND dismissed=0)"
)


class PostRows:
    """Projected posts with media, newest first, waiting ones before them."""

    def __init__(self, database: Database, topics: Topics) -> None:
        self._db = database
        self._topics = topics

    def window(
        self, account: AccountId, *, after: RowKey | None, limit: int
    ) -> Window[OwnPost]:
        """Return own posts with media, waiting ones first."""
        args: dict[str, Value] = {
            "topic": self._topics.number(account, POSTS),
            "n": limit + 1,
        }
        narrow = ""
        if after is not None:
            args["created"], args["id"] = after
            narrow = " AND (created, id) < (:created, :id)"
        rows = self._db.all(
            f"SELECT created, id, body FROM mirror_post WHERE topic=:topic{narrow}"
            " ORDER BY created DESC, id DESC LIMIT :n",
            args,
        )
        kept = rows[:limit]
        wished = self._wished(account)
        posts = [_published(post_from(row[2]), wished) for row in kept]
        waiting = self._waiting(account) if after is None else []
        more = len(rows) > limit
        return Window(
            rows=(*waiting, *posts),
            next=(kept[-1][0], kept[-1][1]) if more and kept else None,
        )

    def warnings(
        self, account: AccountId, post: PostId, media: MediaId
    ) -> frozenset[MediaWarning] | None:
        """Return the projected warnings of one file; None when it is unknown."""
        body = self._db.value(
            "SELECT body FROM mirror_post WHERE topic=? AND id=?",
            [self._topics.number(account, POSTS), post],
        )
        if body is None:
            return None
        shown = _published(post_from(body), self._wished(account))
        return next((m.warnings for m in shown.media if m.id == media), None)

    def media_id(self, change: ChangeId, number: int) -> str:
        """Return the media id that a file got earlier, or an empty string."""
        return str(
            self._db.value(
                "SELECT media_id FROM uploaded WHERE change=? AND number=?",
                [change, number],
            )
            or ""
        )

    def remember(self, change: ChangeId, number: int, media_id: str) -> None:
        """Keep a media id durably."""
        self._db.run(
            "INSERT INTO uploaded VALUES (?, ?, ?) ON CONFLICT (change, number)"
            " DO UPDATE SET media_id=excluded.media_id",
            [change, number, media_id],
        )

    def spooled(self) -> frozenset[SpoolId]:
        """Return the kept files that waiting changes need."""
        rows = self._db.all(
            f"SELECT {CHANGE_COLUMNS} FROM change WHERE kind='publish' AND {_NEEDED}"
        )
        return frozenset(
            file.spool
            for change in map(change_from, rows)
            if isinstance(change.wish, Publish)
            for file in change.wish.files
        )

    def _shown(self, account: AccountId, kind: ChangeKind) -> list[Change]:
        rows = self._db.all(
            f"SELECT {CHANGE_COLUMNS} FROM change WHERE shown=1 AND account=?"
            " AND kind=? ORDER BY seq DESC",
            [account, kind.value],
        )
        return [change_from(row) for row in rows]

    def _wished(self, account: AccountId) -> dict[str, Change]:
        """Return the warnings that are wished, by media id."""
        changes = self._shown(account, ChangeKind.MEDIA_WARNING)
        return {c.wish.media: c for c in changes if isinstance(c.wish, SetWarnings)}

    def _waiting(self, account: AccountId) -> list[OwnPost]:
        found: list[OwnPost] = []
        for change in self._shown(account, ChangeKind.PUBLISH):
            wish = change.wish
            if isinstance(wish, Publish):
                found.append(_unpublished(change, wish))
        return found


def _unpublished(change: Change, wish: Publish) -> OwnPost:
    state = ROW_STATES[change.status]
    return OwnPost(
        id=PostId(""),
        url="",
        text=wish.text,
        audience=wish.audience,
        created=change.created,
        media=tuple(
            PostMedia(
                id=MediaId(""),
                type=file.type,
                description=file.description,
                warnings=file.warnings,
                state=state,
                change=change.id,
            )
            for file in wish.files
        ),
        state=state,
        change=change.id,
        problem=change.problem,
    )


def _published(fact: PostFact, wished: dict[str, Change]) -> OwnPost:
    media: list[PostMedia] = []
    for file in fact.media:
        change = wished.get(file.id)
        warnings = file.warnings
        if (
            change is not None
            and change.status in PENDING
            and isinstance(change.wish, SetWarnings)
        ):
            warnings = change.wish.warnings
        media.append(
            PostMedia(
                id=file.id,
                type=file.type,
                description=file.description,
                warnings=warnings,
                state=RowState.ON_SERVER
                if change is None
                else ROW_STATES[change.status],
                change=None if change is None else change.id,
                problem="" if change is None else change.problem,
            )
        )
    return OwnPost(
        id=fact.id,
        url=fact.url,
        text=fact.text,
        audience=fact.audience,
        created=fact.created,
        media=tuple(media),
    )
