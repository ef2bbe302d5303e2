"""`publish` and `warn`: posts with media and their one-time warnings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from safetyclient.application.receipts import Receipt
from safetyclient.cli.context import Context, change_lines, written
from safetyclient.cli.documents import FileDoc, PublishedDoc
from safetyclient.cli.inputs import CommandError, Exit
from safetyclient.cli.result import CommandResult
from safetyclient.cli.sentences import plain, sentence
from safetyclient.domain.changes import Change
from safetyclient.domain.ids import AccountId, PostId
from safetyclient.domain.lists import RowKey
from safetyclient.domain.media import (
    Audience,
    MediaWarning,
    OwnPost,
    PublishFile,
    StagedFile,
)
from safetyclient.domain.wishes import Publish

_PAGE = 200


async def publish(context: Context) -> CommandResult:
    """Publish a post; place, device and time data are cut out of pictures first."""
    account = await context.account()
    staged: list[StagedFile] = []
    changes = await context.settled(
        await context.recorded(lambda: _record(context, account.id, staged))
    )
    doc = written(account.id, changes)
    removed = {each.spool: each.removed for each in staged}
    return CommandResult(
        PublishedDoc(
            files=tuple(
                _file_doc(file, removed.get(file.spool, ())) for file in _files(changes)
            ),
            written=doc,
            post=changes[0].result if changes else "",
        ),
        (*(_removed_line(each) for each in staged), *change_lines(changes)),
        Exit(doc.exit),
    )


async def _record(
    context: Context, account: AccountId, staged: list[StagedFile]
) -> Receipt:
    """Keep every file, then queue the post; a refused file leaves nothing behind."""
    media, args = context.client.media, context.args
    files: list[PublishFile] = []
    try:
        for typed in args.files:
            kept = await media.stage(path=context.inputs.path(typed["path"]))
            staged.append(kept)
            if kept.type.is_video and not args.keep_video_data:
                raise CommandError("video_data", name=plain(kept.name))
            files.append(_described(kept, typed))
        return await media.publish(
            account, text=args.text, files=files, audience=Audience(args.audience)
        )
    except BaseException:
        for kept in staged:
            await media.discard(spool=kept.spool)
        raise


def _described(kept: StagedFile, typed: Mapping[str, Any]) -> PublishFile:
    return PublishFile(
        spool=kept.spool,
        name=kept.name,
        type=kept.type,
        size=kept.size,
        sha256=kept.sha256,
        description=typed["alt"],
        warnings=frozenset(MediaWarning(word) for word in typed["warn"]),
    )


def _files(changes: Sequence[Change]) -> tuple[PublishFile, ...]:
    wish = changes[0].wish if changes else None
    return wish.files if isinstance(wish, Publish) else ()


def _file_doc(file: PublishFile, removed: tuple[str, ...]) -> FileDoc:
    return FileDoc(
        name=file.name,
        type=file.type.value,
        size=file.size,
        removed=removed,
        description=file.description,
        warnings=tuple(sorted(each.value for each in file.warnings)),
    )


def _removed_line(kept: StagedFile) -> str:
    name = plain(kept.name)
    if kept.type.is_video:
        return sentence("cli.publish.video", name=name)
    if not kept.removed:
        return sentence("cli.publish.nothing_removed", name=name)
    what = ", ".join(sentence(f"ui.media.stripped.{part}") for part in kept.removed)
    return sentence("cli.publish.removed", name=name, what=what)


async def warn(context: Context) -> CommandResult:
    """Change the warnings of one file of a post."""
    account = await context.account()
    post_id = context.args.post.removeprefix("post:").rstrip("/").rsplit("/", 1)[-1]
    post = await _own_post(context, account.id, PostId(post_id))
    numbered = dict(enumerate(post.media, start=1))
    if context.args.media not in numbered:
        raise CommandError("no_such_file", count=len(numbered))
    media = numbered[context.args.media].id
    warnings = frozenset(MediaWarning(word) for word in context.args.warnings)
    done, lines = await context.write(
        account.id,
        lambda: context.client.media.set_warnings(
            account.id, post=post.id, media=media, warnings=warnings
        ),
    )
    return CommandResult(done, lines, Exit(done.exit))


async def _own_post(context: Context, account: AccountId, post: PostId) -> OwnPost:
    """Return an own post with media; reads the server again only if it must."""
    found = await _find(context, account, post)
    if found is None and await context.freshen(account):
        found = await _find(context, account, post)
    if found is None:
        raise CommandError("no_such_post", code=Exit.REFUSED, post=plain(post))
    return found


async def _find(context: Context, account: AccountId, post: PostId) -> OwnPost | None:
    after: RowKey | None = None
    while True:
        page = await context.client.media.posts(account, after=after, limit=_PAGE)
        for row in page.rows:
            if row.id == post:
                return row
        if page.next is None:
            return None
        after = page.next
