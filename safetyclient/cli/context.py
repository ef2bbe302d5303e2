"""Context: what every command's handler is given, and the steps they share."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from safetyclient.application.facade import SafetyClient
from safetyclient.application.ports import Clock
from safetyclient.application.receipts import Receipt
from safetyclient.cli.documents import ChangeDoc, WrittenDoc
from safetyclient.cli.inputs import CommandError, Inputs
from safetyclient.cli.result import exit_of, worst
from safetyclient.cli.sentences import plain, sentence
from safetyclient.domain.accounts import Account
from safetyclient.domain.changes import Change, ChangeStatus
from safetyclient.domain.errors import BadInput, SafetyError
from safetyclient.domain.ids import (
    AccountId,
    BatchId,
    PersonRef,
    batch_of_request,
)
from safetyclient.domain.people import display_name
from safetyclient.domain.wishes import (
    AnswerRequest,
    RemoveFollower,
    SetBlock,
    SetMute,
    SetProtection,
    SubmitReport,
)

ALL = 1_000_000
"""More changes than one batch of a command line can have."""
SHOWN = 20
"""Changes that get a line of their own before they are only counted."""


class Profile(Protocol):
    """What commands may do with the profile itself; bootstrap provides it."""

    @property
    def path(self) -> Path:
        """Return the profile's directory."""
        ...

    @property
    def vault(self) -> str:
        """Return the vault that is in use."""
        ...

    async def change_vault(
        self, *, vault: str, passphrase: str, new_passphrase: str
    ) -> None:
        """Keep the store's key in another vault, or under another passphrase."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """An open profile and one command for it."""

    client: SafetyClient
    clock: Clock
    profile: Profile
    args: argparse.Namespace
    inputs: Inputs
    notes: list[str] = field(default_factory=list[str])

    async def account(self) -> Account:
        """Return the account that the command is for.

        Raises:
            CommandError: there is none, or several and none was named.
        """
        accounts = await self.client.accounts.list()
        if self.args.account:
            return chosen(accounts, self.args.account)
        if not accounts:
            raise CommandError("no_account")
        first, *others = accounts
        if others:
            raise CommandError("which_account", choices=names_of(accounts))
        return first

    async def people(self, account: AccountId) -> tuple[PersonRef, ...]:
        """Return the people that WHO... names, each once."""
        found: dict[str, PersonRef] = {}
        for who in self.args.who:
            ref = await self.client.lists.resolve(account, who=who)
            found.setdefault(ref.key, ref)
        return tuple(found.values())

    async def freshen(self, account: AccountId) -> bool:
        """Read the server again; False when what is shown may be older."""
        if self.args.offline:
            return False
        try:
            async with asyncio.timeout(self.args.wait):
                await self.client.sync.refresh(account)
        except (SafetyError, TimeoutError):
            self.notes.append(sentence("cli.note.not_fresh"))
            return False
        return True

    async def recorded(
        self, record: Callable[[], Awaitable[Receipt]], *, number: int = 0
    ) -> tuple[Change, ...]:
        """Return the changes of the command's batch, recorded now or before.

        When an owner process died after it had recorded this very request, its batch
        is there already and nothing is recorded again.
        """
        done = await self.recorded_before(number=number)
        if done is not None:
            return done
        receipt = await record()
        return await self.client.history.changes(receipt.batch, limit=ALL)

    async def recorded_before(self, *, number: int = 0) -> tuple[Change, ...] | None:
        """Return what this very request recorded before, through another owner."""
        batch = batch_of_request(self.inputs.request, number=number)
        try:
            return await self.client.history.changes(batch, limit=ALL)
        except BadInput:
            return None

    async def settled(self, changes: Sequence[Change]) -> tuple[Change, ...]:
        """Wait for the server, as long as the command may."""
        if self.args.offline or not changes:
            return tuple(changes)
        found = await self.client.sync.settle(
            [change.id for change in changes], seconds=self.args.wait
        )
        return tuple(found.get(change.id, change) for change in changes)

    async def write(
        self, account: AccountId, record: Callable[[], Awaitable[Receipt]]
    ) -> tuple[WrittenDoc, tuple[str, ...]]:
        """Record, wait, and say what became of it."""
        changes = await self.settled(await self.recorded(record))
        return written(account, changes), change_lines(changes)


def chosen(accounts: Sequence[Account], wanted: str) -> Account:
    """Return the account with an id or handle.

    Raises:
        CommandError: no account, or several, have it.
    """
    name = wanted.strip().removeprefix("@").casefold()
    found = [
        each
        for each in accounts
        if each.id == wanted.strip() or each.handle.casefold() == name
    ]
    if len(found) == 1:
        return found[0]
    raise CommandError(
        "which_account" if found else "unknown_account", choices=names_of(accounts)
    )


def names_of(accounts: Sequence[Account]) -> tuple[str, ...]:
    """Return what `--account` takes for each account."""
    return tuple(f"{each.id} @{each.handle} {each.server}" for each in accounts)


def change_doc(change: Change) -> ChangeDoc:
    """Return a change as a document."""
    return ChangeDoc(
        id=change.id,
        batch=change.batch,
        account=change.account,
        kind=change.kind.value,
        subject=str(change.subject),
        status=change.status.value,
        created=change.created,
        attempts=change.attempts,
        problem=change.problem,
        result=change.result,
    )


def written(account: AccountId, changes: Sequence[Change]) -> WrittenDoc:
    """Return what became of a batch as a document."""
    return WrittenDoc(
        account=account,
        batch=changes[0].batch if changes else BatchId(""),
        changes=tuple(change_doc(change) for change in changes),
        exit=worst(exit_of(change) for change in changes),
    )


def subject_of(change: Change) -> str:
    """Return what a change is about, in words that are safe to print."""
    match change.wish:
        case (
            SetMute(person=person)
            | SetBlock(person=person)
            | AnswerRequest(person=person)
            | RemoveFollower(person=person)
        ):
            return f"@{plain(person.handle)}" if person.handle else str(person.id)
        case SetProtection():
            return ""
        case SubmitReport(report=report):
            return plain(str(report.subject))
        case _:
            return plain(str(change.subject))


def verb_of(change: Change) -> str:
    """Return the text key of what a change does."""
    match change.wish:
        case SetMute(muted=False) | SetBlock(blocked=False):
            return f"cli.did.un{change.kind.value}"
        case SetProtection(protected=False):
            return "cli.did.unprotect"
        case AnswerRequest(accept=False):
            return "cli.did.reject_request"
        case _:
            return f"cli.did.{change.kind.value}"


def change_line(change: Change) -> str:
    """Return one line about one change."""
    what = " ".join((sentence(verb_of(change)), subject_of(change))).strip()
    status = sentence(f"cli.status.{change.status.value}")
    if not change.problem:
        return sentence("cli.change.line", what=what, status=status)
    problem = sentence(f"error.{change.problem}")
    return sentence("cli.change.problem", what=what, status=status, problem=problem)


def change_lines(changes: Sequence[Change]) -> tuple[str, ...]:
    """Return a line per change, or counts when there are many."""
    if len(changes) <= SHOWN:
        return tuple(change_line(change) for change in changes)
    counts: dict[ChangeStatus, int] = {}
    for change in changes:
        counts[change.status] = counts.get(change.status, 0) + 1
    return tuple(
        sentence(
            "cli.change.count",
            count=count,
            status=sentence(f"cli.status.{status.value}"),
        )
        for status, count in counts.items()
    )


def name_of(handle: str, name: str) -> str:
    """Return a person as a line shows them: handle first, then the foreign name."""
    shown = display_name(name)
    return f"@{plain(handle)} {shown}" if shown else f"@{plain(handle)}"
