"""Commands by name: which handler carries each out, and which documents it prints."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from safetyclient.cli import (
    account,
    cases,
    computer,
    delivery,
    lists,
    people,
    protect,
    publish,
    report,
)
from safetyclient.cli import documents as d
from safetyclient.cli import report_documents as r
from safetyclient.cli.context import Context
from safetyclient.cli.documents import Document
from safetyclient.cli.result import CommandResult

Handler = Callable[[Context], Awaitable[CommandResult]]


@dataclass(frozen=True, slots=True)
class Command:
    """A command on an open profile and the types of what it prints."""

    run: Handler
    prints: tuple[type[Document], ...]


COMMANDS: Final[Mapping[str, Command]] = {
    "account add": Command(account.add, (d.AccountDoc,)),
    "account list": Command(account.list_, (d.AccountsDoc,)),
    "account remove": Command(account.remove, (d.AccountRemovedDoc,)),
    "protect on": Command(protect.on, (d.ProtectDoc,)),
    "protect off": Command(protect.off, (d.ProtectDoc,)),
    "protect show": Command(protect.show, (d.ProtectionDoc,)),
    "requests list": Command(people.requests, (d.PeopleDoc,)),
    "requests accept": Command(people.accept, (d.WrittenDoc,)),
    "requests reject": Command(people.reject, (d.WrittenDoc,)),
    "followers list": Command(people.followers, (d.PeopleDoc,)),
    "followers remove": Command(people.remove, (d.WrittenDoc,)),
    "mute": Command(lists.mute, (d.WrittenDoc,)),
    "unmute": Command(lists.unmute, (d.WrittenDoc,)),
    "block": Command(lists.block, (d.WrittenDoc,)),
    "unblock": Command(lists.unblock, (d.WrittenDoc,)),
    "list mutes": Command(lists.mutes, (d.EntriesDoc,)),
    "list blocks": Command(lists.blocks, (d.EntriesDoc,)),
    "publish": Command(publish.publish, (d.PublishedDoc,)),
    "warn": Command(publish.warn, (d.WrittenDoc,)),
    "report": Command(report.report, (r.ReportedDoc, r.QuestionsDoc)),
    "drafts list": Command(report.drafts, (r.DraftsDoc,)),
    "drafts show": Command(report.show_draft, (r.DraftDoc,)),
    "drafts submit": Command(report.submit_draft, (r.ReportedDoc, r.QuestionsDoc)),
    "drafts wipe": Command(report.wipe_draft, (r.DraftWipedDoc,)),
    "cases": Command(cases.cases, (r.CasesDoc,)),
    "cases show": Command(cases.show, (r.CaseDoc,)),
    "appeal": Command(cases.appeal, (d.WrittenDoc,)),
    "sync": Command(delivery.sync, (d.SyncDoc,)),
    "outbox": Command(delivery.outbox, (d.OutboxDoc,)),
    "outbox show": Command(delivery.show, (d.ChangeDoc,)),
    "outbox retry": Command(delivery.retry, (d.WrittenDoc,)),
    "outbox drop": Command(delivery.drop, (d.OutboxActDoc,)),
    "outbox mark-sent": Command(delivery.mark_sent, (d.OutboxActDoc,)),
    "outbox send-again": Command(delivery.send_again, (d.WrittenDoc,)),
    "history": Command(delivery.history, (d.HistoryDoc,)),
    "undo": Command(delivery.undo, (d.UndoneDoc,)),
    "vault status": Command(computer.vault_status, (d.VaultDoc,)),
    "vault change": Command(computer.vault_change, (d.VaultDoc,)),
    "erase": Command(computer.erase, (d.ErasedDoc,)),
}
"""Commands that work on a profile; the owner process carries them out for others."""

ELSEWHERE: Final[Mapping[str, tuple[type[Document], ...]]] = {
    "--version": (d.VersionDoc,),
    "demo": (d.ReadyDoc,),
    "moderate sign-in": (r.SignedInDoc,),
    "moderate cases": (r.ModerationCasesDoc,),
    "moderate decide": (r.ModeratedDoc,),
    "moderate appeals": (r.ModerationAppealsDoc,),
    "moderate answer": (r.ModeratedDoc,),
}
"""What commands without a profile print."""
