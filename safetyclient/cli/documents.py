"""Documents: what `--json` prints, one type per command; `schema` is made from them."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct


class Document(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a command says; nothing else is printed with `--json`."""


class Problem(Document, frozen=True, kw_only=True):
    """Why a command did not do what it was asked.

    `error` is a stable code, `message` a sentence. `address` and `text` are what the
    person can use to finish it themselves (exit code 6).
    """

    error: str
    message: str
    exit: int
    field: str = ""
    choices: tuple[str, ...] = ()
    address: str = ""
    text: str = ""


class VersionDoc(Document, frozen=True, kw_only=True):
    """The version of the program."""

    name: str
    version: str


class PersonDoc(Document, frozen=True, kw_only=True):
    """Somebody else's account; name is foreign text."""

    id: str
    handle: str
    name: str = ""


class AccountDoc(Document, frozen=True, kw_only=True):
    """An account that is signed in on this computer."""

    id: str
    network: str
    server: str
    handle: str
    name: str
    state: str
    test_server: bool


class AccountsDoc(Document, frozen=True, kw_only=True):
    """All accounts of the profile."""

    accounts: tuple[AccountDoc, ...]


class AccountRemovedDoc(Document, frozen=True, kw_only=True):
    """An account that was signed out; `left_behind` changes were never sent."""

    account: str
    left_behind: int


class ChangeDoc(Document, frozen=True, kw_only=True):
    """One change, and how far it got."""

    id: str
    batch: str
    account: str
    kind: str
    subject: str
    status: str
    created: datetime
    attempts: int = 0
    problem: str = ""
    result: str = ""


class WrittenDoc(Document, frozen=True, kw_only=True):
    """What became of what the person asked for."""

    account: str
    batch: str
    changes: tuple[ChangeDoc, ...]
    exit: int


class ConsequencesDoc(Document, frozen=True, kw_only=True):
    """What switching would do; without `known` no number is given."""

    protected: bool
    known: bool
    pending_requests: int | None = None
    followers: int | None = None
    followers_not_followed: int | None = None
    posts: int | None = None
    posts_with_media: int | None = None
    as_of: datetime | None = None


class ProtectionDoc(Document, frozen=True, kw_only=True):
    """Whether the account is protected, as far as is known here."""

    account: str
    protected: bool
    state: str
    problem: str = ""
    consequences: ConsequencesDoc | None = None


class ProtectDoc(Document, frozen=True, kw_only=True):
    """A switch: what it was to do, and what became of it (null: preview only)."""

    account: str
    consequences: ConsequencesDoc | None
    written: WrittenDoc | None


class PersonRowDoc(Document, frozen=True, kw_only=True):
    """Somebody who follows or asks to follow."""

    person: PersonDoc
    since: datetime
    state: str


class PeopleDoc(Document, frozen=True, kw_only=True):
    """Followers or follow requests; `more` tells that not all are shown."""

    account: str
    rows: tuple[PersonRowDoc, ...]
    more: bool
    fresh: bool


class EntryDoc(Document, frozen=True, kw_only=True):
    """Somebody muted or blocked."""

    person: PersonDoc
    since: datetime | None
    until: datetime | None
    note: str
    state: str
    problem: str = ""


class EntriesDoc(Document, frozen=True, kw_only=True):
    """A list: its first rows, and how many there are."""

    account: str
    list: str
    rows: tuple[EntryDoc, ...]
    total: int
    more: bool
    fresh: bool


class FileDoc(Document, frozen=True, kw_only=True):
    """A file as it was kept: what was cut out of it, how it is warned about."""

    name: str
    type: str
    size: int
    removed: tuple[str, ...]
    description: str
    warnings: tuple[str, ...]


class PublishedDoc(Document, frozen=True, kw_only=True):
    """A post that was handed in; `post` is its id once it stands on the server."""

    files: tuple[FileDoc, ...]
    written: WrittenDoc
    post: str = ""


class HeldDoc(Document, frozen=True, kw_only=True):
    """A list that shrank too much at the server to be believed without asking."""

    list: str
    before: int
    after: int


class SyncedDoc(Document, frozen=True, kw_only=True):
    """One account after reading the server again."""

    account: str
    waiting: int
    refused: int
    unsure: int
    reachable: bool
    problem: str
    held: tuple[HeldDoc, ...]


class SyncDoc(Document, frozen=True, kw_only=True):
    """All accounts after reading their servers again."""

    accounts: tuple[SyncedDoc, ...]
    exit: int


class OutboxDoc(Document, frozen=True, kw_only=True):
    """What waits, is under way, was refused or is not certain."""

    changes: tuple[ChangeDoc, ...]
    waiting: int
    sending: int
    refused: int
    unsure: int
    paused: str


class OutboxActDoc(Document, frozen=True, kw_only=True):
    """A change that was dropped or marked as sent."""

    change: str
    act: str


class BatchDoc(Document, frozen=True, kw_only=True):
    """What the person did once."""

    id: str
    account: str
    title: str
    created: datetime
    total: int
    counts: dict[str, int]
    undoable: bool
    reversibility: str
    undone_by: str = ""
    undoes: str = ""


class HistoryDoc(Document, frozen=True, kw_only=True):
    """What the person did, newest first."""

    batches: tuple[BatchDoc, ...]
    more: bool


class UndoneDoc(Document, frozen=True, kw_only=True):
    """What an undo could do."""

    withdrawn: int
    inverted: int
    overtaken: int
    impossible: int
    written: WrittenDoc | None
    exit: int


class VaultDoc(Document, frozen=True, kw_only=True):
    """Where the key of the profile is kept."""

    profile: str
    vault: str
    changed: bool = False


class ErasedDoc(Document, frozen=True, kw_only=True):
    """What was erased: the key first, then the files."""

    profile: str
    servers: tuple[str, ...]
    message: str


class DemoAccountDoc(Document, frozen=True, kw_only=True):
    """Somebody of the demo backend who can be signed in."""

    handle: str
    password: str
    role: str


class ReadyDoc(Document, frozen=True, kw_only=True):
    """The line that `demo --headless` prints when it is ready."""

    url: str
    openapi: str
    accounts: tuple[DemoAccountDoc, ...]
    pid: int
    profile: str
