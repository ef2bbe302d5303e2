"""ReportsService: drafts, the check page, sending with its evidence, cases, appeals."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from safetyclient.application.flows import Card, Flows
from safetyclient.application.notify import Notifier
from safetyclient.application.pool import NetworkPool
from safetyclient.application.ports import Clock
from safetyclient.application.receipts import Receipt
from safetyclient.application.recorder import Recorder
from safetyclient.application.report_drafts import DraftDesk
from safetyclient.application.report_search import SearchHit, find
from safetyclient.application.report_sender import ReportSender
from safetyclient.application.report_views import (
    AlsoAct,
    CheckPage,
    FlowView,
    ReportReceipt,
)
from safetyclient.application.report_walk import Viewer, page_now, pages_of
from safetyclient.application.store_ports import Store
from safetyclient.application.texts import Texts
from safetyclient.domain.errors import BadInput
from safetyclient.domain.evidence import EvidenceItem
from safetyclient.domain.flow_guards import LEAVES, SYMPTOMS, listed
from safetyclient.domain.ids import (
    AccountId,
    CaseId,
    DraftId,
    SubjectKind,
    SubjectRef,
)
from safetyclient.domain.reports import Answer, Case, ReportDraft

_TYPED = re.compile(r"(?P<kind>[a-z]+):(?P<id>@?[A-Za-z0-9_][A-Za-z0-9_.:-]{0,62})")


class ReportsService:
    """The guided report from its first question to the answer to an appeal.

    Every answer is kept durably before the next question is shown. The one danger:
    what a reason forbids to keep must leave the draft in the same transaction in
    which the reason is chosen.
    """

    def __init__(
        self,
        *,
        store: Store,
        pool: NetworkPool,
        clock: Clock,
        notifier: Notifier,
        recorder: Recorder,
        texts: Texts,
        flows: Flows,
    ) -> None:
        self._store = store
        self._pool = pool
        self._texts = texts
        self._flows = flows
        self._viewer = Viewer(flows=flows, texts=texts)
        self._desk = DraftDesk(
            store=store, pool=pool, clock=clock, notifier=notifier, flows=flows
        )
        self._sender = ReportSender(
            store=store,
            clock=clock,
            notifier=notifier,
            recorder=recorder,
            texts=texts,
            flows=flows,
        )
        self._at: dict[DraftId, str] = {}
        """Page that a person went back or on to; lost with the process, on purpose."""
        self._addresses: dict[SubjectRef, str] = {}

    @property
    def cards(self) -> Mapping[str, Card]:
        """Return the resource cards by id."""
        return self._flows.cards

    async def resolve(self, account: AccountId, *, text: str) -> SubjectRef:
        """Return what an address or a form like `post:12` points at.

        Raises:
            BadInput: field `ref`, when it can be neither.
        """
        text = text.strip()
        if found := _TYPED.fullmatch(text):
            kinds = {kind.value: kind for kind in SubjectKind}
            if found["kind"] in kinds:
                return SubjectRef(kind=kinds[found["kind"]], id=found["id"])
        ref = self._pool.get(account).parse_address(text)
        if ref is None:
            raise BadInput(field="ref", reason="ref")
        self._addresses[ref] = text
        return ref

    async def start(
        self, account: AccountId, *, ref: SubjectRef, url: str = ""
    ) -> ReportDraft:
        """Begin a report: what can be seen of the subject is kept first of all.

        Waits for the server a short while; without it the draft begins with address,
        id and time, and with what the mirror knows.
        """
        address = url or self._addresses.get(ref, "")
        return await self._desk.begin(account, ref, address)

    async def start_appeal(self, case: CaseId) -> ReportDraft:
        """Begin an appeal against the decision of a case.

        Raises:
            BadInput: no decision, a second appeal, or too late.
        """
        found = self._store.cases.get(case)
        self._sender.appealable(found)
        return self._desk.begin_appeal(found)

    async def view(self, draft: DraftId) -> FlowView:
        """Return the page of questions where a draft stands."""
        return self._view(self._store.drafts.get(draft))

    async def answer(self, draft: DraftId, *, node: str, value: Answer) -> FlowView:
        """Keep one answer; the page stays, so that others on it can be answered.

        An empty text or list takes an answer back.

        Raises:
            BadInput: field is the node's id.
        """
        kept = self._desk.answer(self._store.drafts.get(draft), {node: value})
        self._at[draft] = self._flows.of(kept).nodes[node].page
        return self._view(kept)

    async def answer_all(
        self, draft: DraftId, *, answers: Mapping[str, Answer]
    ) -> FlowView:
        """Keep answers as an answers file gives them, and go as far as they lead.

        Raises:
            BadInput: field is the node's id; nothing of `answers` is kept then.
        """
        kept = self._desk.answer(self._store.drafts.get(draft), answers)
        self._at.pop(draft, None)
        return self._view(kept)

    async def pick(self, draft: DraftId, *, leaf: str) -> FlowView:
        """Choose a reason that was searched for, and the symptom it belongs to."""
        found = self._store.drafts.get(draft)
        answers = self._desk.walk(found).answers
        options = self._flows.report.nodes[LEAVES].options
        under = {o.id: sorted(o.under) for o in options}
        if leaf not in under:
            raise BadInput(field=LEAVES, reason="answer")
        symptoms = listed(answers, SYMPTOMS)
        if not set(under[leaf]) & set(symptoms):
            symptoms = (*symptoms, under[leaf][0])
        leaves = dict.fromkeys((*listed(answers, LEAVES), leaf))
        kept = self._desk.answer(found, {SYMPTOMS: symptoms, LEAVES: tuple(leaves)})
        self._at.pop(draft, None)
        return self._view(kept)

    async def forward(self, draft: DraftId) -> FlowView:
        """Go on to the next page; what stands on this one by default is kept.

        Raises:
            BadInput: field is the first needed question without an answer.
        """
        found = self._store.drafts.get(draft)
        walk = self._desk.walk(found)
        page = pages_of(walk)[page_now(walk, self._at.get(draft, ""))]
        for step in page.steps:
            if step.missing:
                raise BadInput(field=step.node.id, reason="missing")
        shown = {
            step.node.id: step.answer
            for step in page.steps
            if step.unasked and step.answer is not None
        }
        found = self._desk.answer(found, shown) if shown else found
        ids = [each.id for each in pages_of(self._desk.walk(found))]
        here = ids.index(page.id)
        self._at[draft] = ids[min(here + 1, len(ids) - 1)]
        return self._view(found)

    async def back(self, draft: DraftId) -> FlowView:
        """Show the page before; every answer stays."""
        found = self._store.drafts.get(draft)
        walk = self._desk.walk(found)
        here = page_now(walk, self._at.get(draft, ""))
        self._at[draft] = pages_of(walk)[max(here - 1, 0)].id
        return self._view(found)

    async def search(self, draft: DraftId, *, words: str) -> tuple[SearchHit, ...]:
        """Return the reasons that fit a person's own words, the best first."""
        found = self._store.drafts.get(draft)
        scene = self._desk.scene(found)
        return find(self._flows.report, scene, self._texts, words=words)

    async def check(self, draft: DraftId) -> CheckPage:
        """Return exactly what would be sent to whom, and what else may help."""
        found = self._store.drafts.get(draft)
        walk = self._desk.walk(found)
        return self._sender.check(found, walk, self._desk.person(found, walk))

    async def submit(
        self,
        draft: DraftId,
        *,
        also: Sequence[AlsoAct] = (),
        block_after_report: bool = True,
    ) -> ReportReceipt:
        """Put a report into the outbox, with its case, its evidence and extras.

        All of it stands or falls in one transaction, and the draft ends in it too.
        With `block_after_report` the extras wait for the report, a mute or a block at
        most a minute of reachable network; without it they go at once.

        Raises:
            BadInput: a needed answer is missing, or an extra is not offered.
        """
        found = self._store.drafts.get(draft)
        walk = self._desk.walk(found)
        receipt = self._sender.send(
            found,
            walk,
            person=self._desk.person(found, walk),
            also=also,
            wait=block_after_report,
        )
        self._at.pop(draft, None)
        self._desk.forget(draft)
        return receipt

    async def drafts(self, account: AccountId | None = None) -> tuple[ReportDraft, ...]:
        """Return the drafts, the last changed first."""
        return self._store.drafts.all(account)

    async def draft(self, id: DraftId) -> ReportDraft:
        """Return one draft."""
        return self._store.drafts.get(id)

    async def wipe(self, draft: DraftId) -> None:
        """Delete a draft and its evidence so that no copy stays."""
        self._desk.wipe(draft)
        self._at.pop(draft, None)

    async def cases(self, account: AccountId) -> tuple[Case, ...]:
        """Return the cases of an account, newest first."""
        return self._store.cases.all(account)

    async def case(self, id: CaseId) -> Case:
        """Return one case."""
        return self._store.cases.get(id)

    async def evidence(self, owner: DraftId | CaseId) -> tuple[EvidenceItem, ...]:
        """Return what is kept for a draft or a case, as a chain that can be checked."""
        return self._store.drafts.evidence(owner)

    async def wipe_evidence(self, case: CaseId) -> None:
        """Delete what is kept for a case so that no copy stays; the case stays."""
        self._store.drafts.wipe_evidence(case)

    async def appeal(self, case: CaseId, *, text: str) -> Receipt:
        """Put an appeal into the outbox: one for each decision, within its time.

        Raises:
            BadInput: no decision, a second appeal, too late, or no text.
        """
        return self._sender.appeal(self._store.cases.get(case), text)

    def _view(self, draft: ReportDraft) -> FlowView:
        walk = self._desk.walk(draft)
        return self._viewer.view(draft, walk, at=self._at.get(draft.id, ""))
