"""Draft desk: begins drafts, keeps their answers, and lets go of what must not stay."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from safetyclient.application.flows import Flows
from safetyclient.application.notify import Notifier
from safetyclient.application.pool import NetworkPool
from safetyclient.application.ports import Clock
from safetyclient.application.store_ports import Store
from safetyclient.application.touched import Touched
from safetyclient.domain.errors import BadInput, SafetyError
from safetyclient.domain.evidence import (
    Keeping,
    items_of,
    keeping,
    reduce_items,
    reduce_snapshot,
)
from safetyclient.domain.flow import Walk, check_answer, may_seal
from safetyclient.domain.flow_guards import Scene
from safetyclient.domain.flow_nodes import Node, NodeKind
from safetyclient.domain.ids import (
    AccountId,
    DraftId,
    PersonId,
    PersonRef,
    SpaceId,
    SubjectKind,
    SubjectRef,
    new_draft_id,
)
from safetyclient.domain.moments import moment_line, parse_moment
from safetyclient.domain.reports import Answer, Case, ReportDraft, SubjectSnapshot
from safetyclient.domain.spaces import Space

LOOK_UP_SECONDS = 8.0
"""How long a report may wait for a look at its subject."""


class DraftDesk:
    """Drafts and their evidence; every method leaves the store consistent.

    `_authors` remembers who is meant only while the program runs: so a person can
    still be blocked after a report that may keep nothing but an address.
    """

    def __init__(
        self,
        *,
        store: Store,
        pool: NetworkPool,
        clock: Clock,
        notifier: Notifier,
        flows: Flows,
    ) -> None:
        self._store = store
        self._pool = pool
        self._clock = clock
        self._notifier = notifier
        self._flows = flows
        self._authors: dict[DraftId, SubjectSnapshot] = {}

    async def begin(self, account: AccountId, ref: SubjectRef, url: str) -> ReportDraft:
        """Take the snapshot, then keep the new draft with it."""
        snapshot = await self._look_up(account, ref)
        snapshot = snapshot or self._bare(account, ref)
        if not snapshot.url:
            snapshot = replace(snapshot, url=url)
        return self._keep_new(account, snapshot, flow=self._flows.report.id, case="")

    def begin_appeal(self, case: Case) -> ReportDraft:
        """Keep a new draft of an appeal; there is nothing to be seen for it."""
        now = self._clock.now()
        snapshot = SubjectSnapshot(ref=case.subject, url=case.url, taken=now)
        return self._keep_new(
            case.account, snapshot, flow=self._flows.appeal.id, case=case.id
        )

    def _keep_new(
        self, account: AccountId, snapshot: SubjectSnapshot, *, flow: str, case: str
    ) -> ReportDraft:
        now = self._clock.now()
        draft = ReportDraft(
            id=new_draft_id(),
            account=account,
            subject=snapshot,
            answers=(),
            created=now,
            changed=now,
            flow=flow,
            case=case,
        )
        with self._store.transaction():
            self._store.drafts.save(draft)
            self._store.drafts.keep_evidence(
                draft.id, items_of(snapshot), account=account
            )
        self._authors[draft.id] = snapshot
        self._notifier.announce(Touched.DRAFTS)
        return draft

    async def _look_up(
        self, account: AccountId, ref: SubjectRef
    ) -> SubjectSnapshot | None:
        try:
            async with asyncio.timeout(LOOK_UP_SECONDS):
                return await self._pool.asking(account).look_up(ref)
        except (SafetyError, TimeoutError):
            # Whatever the server says now, the person saw something: the report
            # goes on with what is known here.
            return None

    def _bare(self, account: AccountId, ref: SubjectRef) -> SubjectSnapshot:
        now = self._clock.now()
        if ref.kind is SubjectKind.SPACE:
            space = self._store.spaces.get(account, SpaceId(ref.id))
            if space is not None:
                return _of_space(space, SubjectSnapshot(ref, space.url, now))
        return SubjectSnapshot(ref=ref, url="", taken=now)

    def scene(self, draft: ReportDraft) -> Scene:
        """Return what a walk of this draft depends on."""
        account = self._store.accounts.get(draft.account)
        seen = draft.subject
        blind = seen.ref.kind is SubjectKind.SPACE and bool(seen.people or seen.summary)
        return Scene(
            kind=seen.ref.kind,
            capabilities=self._pool.get(draft.account).capabilities(),
            pictures=seen.has_video or not blind,
            untaken=self._flows.reasons.untaken(account.network),
        )

    def walk(self, draft: ReportDraft) -> Walk:
        """Replay a draft's answers."""
        return self._walk(draft, dict(draft.answers))

    def _walk(self, draft: ReportDraft, answers: Mapping[str, Answer]) -> Walk:
        return self._flows.of(draft).walk(self.scene(draft), answers)

    def answer(self, draft: ReportDraft, answers: Mapping[str, Answer]) -> ReportDraft:
        """Keep answers, all or none, and let go of what they forbid to keep.

        Raises:
            BadInput: field is the node's id.
        """
        held = dict(draft.answers)
        left = {
            node: self._written(draft, node, value) for node, value in answers.items()
        }
        while left:
            # An answer can bring up the question of another: so go round until
            # nothing more finds its question.
            walk = self._walk(draft, {**held, **left})
            found = [step for step in walk.steps if step.node.id in left]
            for step in found:
                check_answer(step, left[step.node.id])
                held[step.node.id] = left.pop(step.node.id)
            if not found:
                held.update(left)
                break
        held = {node: value for node, value in held.items() if value not in ("", ())}
        return self._save(draft, held)

    def _written(self, draft: ReportDraft, name: str, value: Answer) -> Answer:
        """Return an answer in its one spelling."""
        node = self._flows.of(draft).nodes.get(name)
        if node is None:
            raise BadInput(field=name, reason="question")
        if isinstance(value, str):
            return value.strip()
        if isinstance(value, tuple):
            lines = (line.strip() for line in value)
            read = (self._line(draft, node, line) for line in lines if line)
            return tuple(dict.fromkeys(read))
        return value

    def _line(self, draft: ReportDraft, node: Node, line: str) -> str:
        if node.kind is NodeKind.MOMENT:
            return moment_line(parse_moment(line))
        if node.kind is NodeKind.POSTS:
            return self._post_id(draft, line)
        if node.kind is NodeKind.PEOPLE and len(line) > 64:
            raise BadInput(field=node.id, reason="answer")
        return line

    def _post_id(self, draft: ReportDraft, line: str) -> str:
        line = line.removeprefix("post:")
        if line.isascii() and line.isalnum() and len(line) <= 64:
            return line
        ref = self._pool.get(draft.account).parse_address(line)
        if ref is None or ref.kind is not SubjectKind.POST:
            raise BadInput(field="posts", reason="ref")
        return ref.id

    def _save(self, draft: ReportDraft, held: Mapping[str, Answer]) -> ReportDraft:
        walk = self._walk(draft, held)
        how = keeping(walk.answers)
        flow = self._flows.of(draft)
        if how is Keeping.ADDRESS_ONLY:
            held = {n: value for n, value in held.items() if may_seal(flow.nodes[n])}
        kept = replace(
            draft,
            subject=reduce_snapshot(draft.subject, how),
            answers=tuple(held.items()),
            changed=self._clock.now(),
        )
        before = self._store.drafts.evidence(draft.id)
        after = reduce_items(before, how)
        with self._store.transaction():
            self._store.drafts.save(kept)
            if after != before:
                self._store.drafts.keep_evidence(draft.id, after, account=draft.account)
        if kept.subject != draft.subject or len(held) < len(draft.answers):
            # What was let go of must not stay in the log either.
            self._store.drafts.clean()
        self._notifier.announce(Touched.DRAFTS)
        return kept

    def person(self, draft: ReportDraft, walk: Walk) -> PersonRef | None:
        """Return the person that may be muted or blocked, where one is known."""
        seen = self._authors.get(draft.id, draft.subject)
        wanted = walk.answers.get("space.who")
        if isinstance(wanted, tuple) and wanted:
            handle = wanted[0].removeprefix("@")
            id_ = next((i for _, i, h in seen.people if h == handle), "")
            return PersonRef(id=PersonId(id_), handle=handle.casefold())
        if seen.ref.kind is SubjectKind.SPACE:
            return next(
                (
                    PersonRef(PersonId(i), h)
                    for role, i, h in seen.people
                    if role == "host"
                ),
                None,
            )
        if seen.author_id or seen.author:
            return PersonRef(PersonId(seen.author_id), seen.author.removeprefix("@"))
        return _from_ref(seen.ref)

    def wipe(self, draft: DraftId) -> None:
        """Delete a draft and its evidence."""
        self._store.drafts.wipe(draft)
        self.forget(draft)
        self._notifier.announce(Touched.DRAFTS)

    def forget(self, draft: DraftId) -> None:
        """Forget who was meant."""
        self._authors.pop(draft, None)


def _from_ref(ref: SubjectRef) -> PersonRef | None:
    if ref.kind is not SubjectKind.ACCOUNT:
        return None
    if ref.id.startswith("@"):
        return PersonRef(id=PersonId(""), handle=ref.id[1:].casefold())
    return PersonRef(id=PersonId(ref.id), handle="")


def _of_space(space: Space, bare: SubjectSnapshot) -> SubjectSnapshot:
    """Return what the mirror knew of a Space when it was last read."""
    return replace(
        bare,
        summary=space.title,
        text=space.topic,
        has_video=space.has_video,
        people=tuple(
            (each.role.value, each.person.id, each.person.handle)
            for each in space.participants
        ),
    )
