"""MirrorRows: what servers said, written from facts only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from safetyclient.adapters.store.codec import (
    end_from,
    flags_of,
    pack,
    person_from,
    when_text,
)
from safetyclient.adapters.store.database import Database, Taken, Value
from safetyclient.adapters.store.entry_rows import entry_rows
from safetyclient.adapters.store.topics import (
    FOLLOWERS,
    POSTS,
    REQUESTS,
    SPACES,
    Topics,
)
from safetyclient.application.store_ports import HeldShrink
from safetyclient.domain.changes import Change
from safetyclient.domain.facts import (
    CaseFact,
    EntryFact,
    EntryGone,
    Fact,
    FollowerFact,
    FollowerGone,
    PostFact,
    ProtectionFact,
    RequestFact,
    RequestGone,
    SpaceFact,
)
from safetyclient.domain.ids import AccountId
from safetyclient.domain.lists import ListEntry, ListKind
from safetyclient.domain.people import Person
from safetyclient.domain.wishes import AnswerRequest

_SHRINK_ROWS = 10
_SHRINK_SHARE = 0.20
_CHANGE_KINDS = {ListKind.MUTES: "mute", ListKind.BLOCKS: "block"}
_LISTS = frozenset(kind.value for kind in ListKind)
_TABLES = {
    REQUESTS: "mirror_person",
    FOLLOWERS: "mirror_person",
    POSTS: "mirror_post",
}
_ADD_ENTRY = (
    "INSERT INTO mirror_entry"
    " (list, person, sort_key, handle, name, flags, since, until, note, gen)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_PUT_ENTRY = (
    f"{_ADD_ENTRY} ON CONFLICT (list, person) DO UPDATE SET sort_key=excluded.sort_key,"
    " handle=excluded.handle, name=excluded.name, flags=excluded.flags,"
    " since=excluded.since, until=excluded.until, note=excluded.note,"
    " gen=excluded.gen, held=0"
)
_PUT_PERSON = (
    "INSERT INTO mirror_person"
    " (topic, person, sort_key, handle, name, bio, flags, since, gen)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (topic, person) DO UPDATE SET sort_key=excluded.sort_key,"
    " handle=excluded.handle, name=excluded.name, bio=excluded.bio,"
    " flags=excluded.flags, since=excluded.since, gen=excluded.gen"
)


class MirrorRows:
    """The tables `mirror_*`."""

    def __init__(self, database: Database, topics: Topics) -> None:
        self._db = database
        self._topics = topics
        self._fresh: set[int] = set()
        self._writers: dict[type[Any], Callable[[AccountId, list[Any]], None]] = {
            ProtectionFact: self._protection,
            EntryFact: self._entries,
            EntryGone: self._entries_gone,
            RequestFact: lambda a, facts: self._people(a, REQUESTS, facts),
            RequestGone: lambda a, facts: self._people_gone(a, REQUESTS, facts),
            FollowerFact: lambda a, facts: self._people(a, FOLLOWERS, facts),
            FollowerGone: lambda a, facts: self._people_gone(a, FOLLOWERS, facts),
            PostFact: self._posts,
            SpaceFact: self._spaces,
            CaseFact: self._cases,
        }

    def apply(self, account: AccountId, facts: Sequence[Fact]) -> None:
        """Take facts over in one transaction, in their order."""
        with self._db.transaction():
            for kind, group in groupby(facts, type):
                self._writers[kind](account, list(group))

    def begin(self, account: AccountId, topic: str) -> None:
        """Begin a whole read of a mirror."""
        number = self._topics.number(account, topic)
        with self._db.transaction():
            self._topics.begin(number)
        if topic in _LISTS and not self._count(number):
            self._fresh.add(number)

    def finish(self, account: AccountId, topic: str) -> None:
        """End a whole read: rows that it did not bring are gone."""
        number = self._topics.number(account, topic)
        gen = self._topics.generation(number)
        if topic == SPACES:
            # An ended Space can still be read about in a draft that was begun.
            self._db.run(
                "UPDATE mirror_space SET gone=1 WHERE topic=? AND gen<?", [number, gen]
            )
            return
        self._db.run(
            f"DELETE FROM {_TABLES[topic]} WHERE topic=? AND gen<?", [number, gen]
        )

    def finish_list(
        self, account: AccountId, kind: ListKind, *, mark: str, now: datetime
    ) -> HeldShrink | None:
        """End a whole read of a list; a great shrink is held instead (B1)."""
        number = self._topics.number(account, kind.value)
        gen = self._topics.generation(number)
        self._fresh.discard(number)
        with self._db.transaction():
            rows = self._db.all(
                "SELECT person FROM mirror_entry WHERE list=? AND gen<?", [number, gen]
            )
            return self.apply_removed(
                account, kind, [row[0] for row in rows], mark=mark, now=now
            )

    def apply_removed(
        self,
        account: AccountId,
        kind: ListKind,
        people: Sequence[str],
        *,
        mark: str,
        now: datetime,
    ) -> HeldShrink | None:
        """Take removals since a mark over; a great shrink is held instead (B1)."""
        number = self._topics.number(account, kind.value)
        with self._db.transaction():
            self._topics.set_mark(number, mark)
            if not people:
                return None
            gone = pack(list(people))
            here = "list=? AND person IN (SELECT value FROM json_each(?))"
            explained = (
                "(until <= ? OR EXISTS (SELECT 1 FROM change AS c WHERE c.account=?"
                " AND c.subject='account:' || person AND c.kind=? AND c.is_on=0"
                " AND c.status IN ('sending', 'resend')))"
            )
            before = self._count(number)
            missing = self._db.value(
                f"SELECT count(*) FROM mirror_entry WHERE {here} AND NOT"
                f" coalesce({explained}, 0)",
                [number, gone, when_text(now), account, _CHANGE_KINDS[kind]],
            )
            if missing > _SHRINK_ROWS or missing > before * _SHRINK_SHARE:
                held = self._db.run(
                    f"UPDATE mirror_entry SET held=1 WHERE {here}", [number, gone]
                )
                return HeldShrink(kind, before=before, after=before - held)
            self._db.run(f"DELETE FROM mirror_entry WHERE {here}", [number, gone])
        return None

    def mark(self, account: AccountId, kind: ListKind) -> str:
        """Return where the last read of a list ended, or an empty string."""
        return self._topics.mark(self._topics.number(account, kind.value))

    def held(self, account: AccountId) -> tuple[HeldShrink, ...]:
        """Return the shrinks that wait for an answer."""
        found: list[HeldShrink] = []
        for kind in ListKind:
            number = self._topics.number(account, kind.value)
            held = self._db.value(
                "SELECT count(*) FROM mirror_entry WHERE list=? AND held=1", [number]
            )
            if held:
                before = self._count(number)
                found.append(HeldShrink(kind, before=before, after=before - held))
        return tuple(found)

    def held_entries(self, account: AccountId, kind: ListKind) -> tuple[ListEntry, ...]:
        """Return the rows that a held shrink would remove."""
        rows = self._db.all(
            "SELECT person, handle, name, flags, since, until, note FROM mirror_entry"
            " WHERE list=? AND held=1 ORDER BY sort_key, person",
            [self._topics.number(account, kind.value)],
        )
        return tuple(
            ListEntry(
                kind=kind,
                person=person_from(*row[:4]),
                since=end_from(row[4]),
                until=end_from(row[5]),
                note=row[6],
            )
            for row in rows
        )

    def let_go(self, account: AccountId, kind: ListKind) -> None:
        """Remove the rows of a held shrink from the mirror; nothing is held now."""
        self._db.run(
            "DELETE FROM mirror_entry WHERE list=? AND held=1",
            [self._topics.number(account, kind.value)],
        )

    def person_by_handle(self, account: AccountId, handle: str) -> Person | None:
        """Return a person that a mirror knows by handle."""
        key = handle.casefold()
        for table, column in (("mirror_person", "topic"), ("mirror_entry", "list")):
            row = self._db.one(
                f"SELECT person, handle, name, flags FROM {table} WHERE {column} IN"
                " (SELECT no FROM mirror_topic WHERE account=?) AND sort_key=?",
                [account, key],
            )
            if row is not None:
                return person_from(*row)
        return None

    def answered(self, account: AccountId, change: Change) -> None:
        """Let an accepted follow request become a follower."""
        wish = change.wish
        if isinstance(wish, AnswerRequest) and wish.accept:
            number = self._topics.number(account, FOLLOWERS)
            self._db.run(
                "INSERT OR IGNORE INTO mirror_person SELECT ?, person, sort_key,"
                " handle, name, bio, flags, since, ? FROM mirror_person"
                " WHERE topic=? AND person=?",
                [
                    number,
                    self._topics.generation(number),
                    self._topics.number(account, REQUESTS),
                    wish.person.id,
                ],
            )

    def _count(self, number: int) -> int:
        return int(
            self._db.value("SELECT count(*) FROM mirror_entry WHERE list=?", [number])
        )

    def _protection(self, account: AccountId, facts: list[ProtectionFact]) -> None:
        self._db.run(
            "INSERT INTO mirror_protection VALUES (?, ?)"
            " ON CONFLICT (account) DO UPDATE SET protected=excluded.protected",
            [account, int(facts[-1].protected)],
        )

    def _entries(self, account: AccountId, facts: list[EntryFact]) -> None:
        for kind in ListKind:
            some = [fact for fact in facts if fact.kind is kind]
            if some:
                number = self._topics.number(account, kind.value)
                rows = entry_rows(number, self._topics.generation(number), some)
                if number not in self._fresh or not self._add(rows):
                    self._db.many(_PUT_ENTRY, rows)

    def _add(self, rows: list[tuple[Value, ...]]) -> bool:
        """Add rows to a list that was empty; false when one was there all the same.

        A plain insert costs three quarters of one that may have to update.
        """
        try:
            with self._db.savepoint():
                self._db.many(_ADD_ENTRY, rows)
        except Taken:
            return False
        return True

    def _entries_gone(self, account: AccountId, facts: list[EntryGone]) -> None:
        self._db.many(
            "DELETE FROM mirror_entry WHERE list=? AND person=?",
            [(self._topics.number(account, f.kind.value), f.person) for f in facts],
        )

    def _people(
        self,
        account: AccountId,
        topic: str,
        facts: Sequence[RequestFact | FollowerFact],
    ) -> None:
        number = self._topics.number(account, topic)
        gen = self._topics.generation(number)
        self._db.many(
            _PUT_PERSON,
            [
                (
                    number,
                    (person := fact.person).id,
                    person.handle.casefold(),
                    person.handle,
                    person.name,
                    person.bio,
                    flags_of(person),
                    when_text(fact.since),
                    gen,
                )
                for fact in facts
            ],
        )

    def _people_gone(
        self,
        account: AccountId,
        topic: str,
        facts: Sequence[RequestGone | FollowerGone],
    ) -> None:
        number = self._topics.number(account, topic)
        self._db.many(
            "DELETE FROM mirror_person WHERE topic=? AND person=?",
            [(number, fact.person) for fact in facts],
        )

    def _posts(self, account: AccountId, facts: list[PostFact]) -> None:
        number = self._topics.number(account, POSTS)
        gen = self._topics.generation(number)
        self._db.many(
            "INSERT OR REPLACE INTO mirror_post VALUES (?, ?, ?, ?, ?)",
            [(number, f.id, when_text(f.created), pack(f), gen) for f in facts],
        )

    def _spaces(self, account: AccountId, facts: list[SpaceFact]) -> None:
        number = self._topics.number(account, SPACES)
        gen = self._topics.generation(number)
        self._db.many(
            "INSERT OR REPLACE INTO mirror_space VALUES (?, ?, ?, 0, ?)",
            [(number, f.space.id, pack(f.space), gen) for f in facts],
        )

    def _cases(self, account: AccountId, facts: list[CaseFact]) -> None:
        self._db.many(
            "INSERT INTO mirror_case VALUES (?, ?, ?, ?)"
            " ON CONFLICT (account, remote_id) DO UPDATE SET body=excluded.body,"
            " change=iif(excluded.change<>'', excluded.change, change)",
            [(account, f.remote_id, f.change, pack(f)) for f in facts],
        )
