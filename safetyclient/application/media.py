"""MediaService: files that wait, posts with one-time warnings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from safetyclient.application.ports import Spool
from safetyclient.application.receipts import Receipt
from safetyclient.application.recorder import Planned, Recorder
from safetyclient.application.store_ports import Store
from safetyclient.domain.changes import ChangeKind
from safetyclient.domain.errors import BadInput
from safetyclient.domain.ids import (
    AccountId,
    MediaId,
    PostId,
    SpoolId,
    SubjectKey,
    SubjectKind,
    SubjectRef,
    new_change_id,
)
from safetyclient.domain.lists import RowKey, Window
from safetyclient.domain.media import (
    MAX_FILES,
    Audience,
    MediaWarning,
    OwnPost,
    PublishFile,
    StagedFile,
)
from safetyclient.domain.wishes import Publish, SetWarnings


class MediaService:
    """Publishing with warnings on single files."""

    def __init__(self, *, store: Store, spool: Spool, recorder: Recorder) -> None:
        self._store = store
        self._spool = spool
        self._recorder = recorder

    async def stage(self, *, path: Path) -> StagedFile:
        """Check, strip and keep a file until it is published.

        Raises:
            BadInput: field `media`.
        """
        return await self._spool.keep(path)

    async def discard(self, *, spool: SpoolId) -> None:
        """Forget a staged file; one that a waiting change needs is kept."""
        if spool not in self._store.posts.spooled():
            self._spool.release(spool)

    async def publish(
        self,
        account: AccountId,
        *,
        text: str,
        files: Sequence[PublishFile],
        audience: Audience,
    ) -> Receipt:
        """Wish a post published, each file with its warnings.

        Raises:
            BadInput: too many files, or neither text nor file.
        """
        if len(files) > MAX_FILES:
            raise BadInput(field="media", reason="too_many", most=MAX_FILES)
        if not files and not text.strip():
            raise BadInput(field="text", reason="empty")
        plan = Planned(
            kind=ChangeKind.PUBLISH,
            subject=SubjectKey(f"publish:{new_change_id()}"),
            wish=Publish(text=text, audience=audience, files=tuple(files)),
        )
        return self._recorder.write(
            account,
            title="publish",
            params=(("count", len(files)),),
            planned=[plan],
        )

    async def posts(
        self, account: AccountId, *, after: RowKey | None = None, limit: int = 50
    ) -> Window[OwnPost]:
        """Return own posts with media, waiting ones first."""
        return self._store.posts.window(account, after=after, limit=limit)

    async def set_warnings(
        self,
        account: AccountId,
        *,
        post: PostId,
        media: MediaId,
        warnings: frozenset[MediaWarning],
    ) -> Receipt:
        """Wish that one file of a post carries exactly these warnings."""
        seen = self._store.posts.warnings(account, post, media)
        plan = Planned(
            kind=ChangeKind.MEDIA_WARNING,
            subject=SubjectRef(SubjectKind.MEDIA, media).key,
            wish=SetWarnings(post=post, media=media, warnings=warnings),
            before=None
            if seen is None
            else SetWarnings(post=post, media=media, warnings=seen),
        )
        return self._recorder.write(
            account,
            title="warnings",
            params=(("count", len(warnings)),),
            planned=[plan],
        )
