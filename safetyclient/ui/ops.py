"""One function per user action: the work, what is said, what can be undone."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetyclient.domain.accounts import Account, NetworkKind
from safetyclient.domain.lists import ListKind
from safetyclient.ui.context import Action, Context

if TYPE_CHECKING:
    from safetyclient.application.history import UndoResult
    from safetyclient.application.receipts import Receipt
    from safetyclient.domain.ids import (
        AccountId,
        BatchId,
        CaseId,
        ChangeId,
        DraftId,
        MediaId,
        PersonRef,
        PostId,
        SpoolId,
        SubjectRef,
    )
    from safetyclient.domain.media import (
        Audience,
        MediaWarning,
        PublishFile,
        StagedFile,
    )
    from safetyclient.domain.reports import ReportDraft


def _batch(receipt: Receipt) -> BatchId:
    return receipt.batch


def set_protection(ctx: Context, *, protected: bool) -> Action[Receipt]:
    """Protect the account, or make it public."""
    return Action(
        ctx.client.protection.set(ctx.account, protected=protected),
        said="ui.said.protect_on" if protected else "ui.said.protect_off",
        batch=_batch,
    )


def answer_requests(
    ctx: Context, *, people: Sequence[PersonRef], accept: bool
) -> Action[Receipt]:
    """Accept or reject follow requests."""
    return Action(
        ctx.client.protection.answer(ctx.account, people=people, accept=accept),
        said="ui.said.accepted" if accept else "ui.said.rejected",
        params={"count": len(people)},
        batch=_batch,
    )


def remove_followers(ctx: Context, *, people: Sequence[PersonRef]) -> Action[Receipt]:
    """Remove people from the followers."""
    return Action(
        ctx.client.protection.remove_followers(ctx.account, people=people),
        said="ui.said.removed_followers",
        params={"count": len(people)},
        batch=_batch,
    )


def add_to_list(
    ctx: Context,
    *,
    kind: ListKind,
    who: Sequence[str],
    until: datetime | None,
    note: str,
) -> Action[Receipt]:
    """Mute or block people by handle, id or profile address."""
    lists, account = ctx.client.lists, ctx.account

    async def work() -> Receipt:
        people = [await lists.resolve(account, who=each) for each in who]
        add = lists.mute if kind is ListKind.MUTES else lists.block
        return await add(account, people=people, until=until, note=note)

    return Action(
        work(),
        said="ui.said.muted" if kind is ListKind.MUTES else "ui.said.blocked",
        params={"count": len(who)},
        batch=_batch,
    )


def remove_from_list(
    ctx: Context, *, kind: ListKind, people: Sequence[PersonRef]
) -> Action[Receipt]:
    """Unmute or unblock people."""
    lists = ctx.client.lists
    remove = lists.unmute if kind is ListKind.MUTES else lists.unblock
    return Action(
        remove(ctx.account, people=people),
        said="ui.said.unmuted" if kind is ListKind.MUTES else "ui.said.unblocked",
        params={"count": len(people)},
        batch=_batch,
    )


def answer_held(ctx: Context, *, kind: ListKind, accept: bool) -> Action[None]:
    """Take a list that shrank over, or keep what was there."""
    return Action(ctx.client.lists.answer_held(ctx.account, kind=kind, accept=accept))


def stage_file(ctx: Context, *, path: Path) -> Action[StagedFile]:
    """Check, strip and keep a file on this computer."""
    return Action(ctx.client.media.stage(path=path))


def discard_file(ctx: Context, *, spool: SpoolId) -> Action[None]:
    """Remove a kept file that is not wanted after all."""
    return Action(ctx.client.media.discard(spool=spool))


def publish(
    ctx: Context, *, text: str, files: Sequence[PublishFile], audience: Audience
) -> Action[Receipt]:
    """Publish files with their warnings."""
    return Action(
        ctx.client.media.publish(
            ctx.account, text=text, files=files, audience=audience
        ),
        said="ui.said.published",
        params={"count": len(files)},
        batch=_batch,
    )


def set_warnings(
    ctx: Context, *, post: PostId, media: MediaId, warnings: frozenset[MediaWarning]
) -> Action[Receipt]:
    """Change the warnings of one published file."""
    return Action(
        ctx.client.media.set_warnings(
            ctx.account, post=post, media=media, warnings=warnings
        ),
        said="ui.said.warnings",
        batch=_batch,
    )


def start_report(ctx: Context, *, text: str) -> Action[ReportDraft]:
    """Begin a report about what an address or an id points at."""
    reports, account = ctx.client.reports, ctx.account

    async def work() -> ReportDraft:
        ref = await reports.resolve(account, text=text)
        return await reports.start(account, ref=ref)

    return Action(work())


def start_report_about(ctx: Context, *, ref: SubjectRef) -> Action[ReportDraft]:
    """Begin a report about something that is on the screen."""
    return Action(ctx.client.reports.start(ctx.account, ref=ref))


def wipe_draft(ctx: Context, *, draft: DraftId) -> Action[None]:
    """Wipe a draft with everything that was kept for it."""
    return Action(ctx.client.reports.wipe(draft), said="ui.said.wiped")


def start_appeal(ctx: Context, *, case: CaseId) -> Action[ReportDraft]:
    """Begin an appeal against a case's decision."""
    return Action(ctx.client.reports.start_appeal(case))


def undo(ctx: Context, *, batch: BatchId) -> Action[UndoResult]:
    """Take back what was done once."""
    return Action(
        ctx.client.history.undo(batch),
        batch=lambda result: result.receipt.batch,
    )


def undo_sentence(ctx: Context, result: UndoResult) -> str:
    """Return what an undo really did, in words."""
    parts = [
        ctx.say(f"ui.said.undo_{name}", count=count)
        for name, count in (
            ("withdrawn", result.withdrawn),
            ("inverted", result.inverted),
            ("overtaken", result.overtaken),
            ("impossible", result.impossible),
        )
        if count
    ]
    return " ".join(parts) or ctx.say("ui.said.undo_nothing")


def retry(ctx: Context, *, change: ChangeId) -> Action[Receipt]:
    """Try a refused change again."""
    return Action(ctx.client.outbox.retry(change), said="ui.said.retry")


def drop(ctx: Context, *, change: ChangeId) -> Action[None]:
    """Remove a change from the list of problems."""
    return Action(ctx.client.outbox.drop(change), said="ui.said.dropped")


def mark_sent(ctx: Context, *, change: ChangeId) -> Action[None]:
    """Note that an uncertain change did arrive."""
    return Action(ctx.client.outbox.mark_sent(change), said="ui.said.marked")


def send_again(ctx: Context, *, change: ChangeId) -> Action[Receipt]:
    """Send an uncertain change once more."""
    return Action(ctx.client.outbox.send_again(change), said="ui.said.again")


def add_account(
    ctx: Context, *, network: NetworkKind, server: str, handle: str, password: str
) -> Action[Account]:
    """Sign in to a server."""
    return Action(
        ctx.client.accounts.add(
            network, server=server, handle=handle, password=password
        ),
        said="ui.said.signed_in",
    )


def sign_out(ctx: Context, *, account: AccountId, discard: bool) -> Action[None]:
    """Sign out and forget an account on this computer."""
    return Action(
        ctx.client.accounts.sign_out(account, discard=discard),
        said="ui.said.signed_out",
    )


def erase(ctx: Context) -> Action[None]:
    """Erase everything of this profile on this computer."""
    return Action(ctx.client.accounts.erase())


def sync_now(ctx: Context) -> Coroutine[Any, Any, None]:
    """Send what waits and read everything again."""
    account = ctx.account_info.id if ctx.account_info else None
    client = ctx.client

    async def work() -> None:
        client.sync.kick(account)
        await client.sync.refresh(account)

    return work()
