"""Report sender: the check page, and the one transaction that sends a report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from safetyclient.application.flows import Flows
from safetyclient.application.lists import list_wish, restoring_wish
from safetyclient.application.notify import Notifier
from safetyclient.application.ports import Clock
from safetyclient.application.protection import people_params
from safetyclient.application.receipts import Receipt
from safetyclient.application.recorder import Planned, Recorder
from safetyclient.application.report_views import (
    AlsoAct,
    CheckField,
    CheckPage,
    ReportReceipt,
)
from safetyclient.application.report_words import ReportWords, report_fields
from safetyclient.application.store_ports import Store
from safetyclient.application.texts import Texts
from safetyclient.application.touched import Touched
from safetyclient.domain.changes import ChangeKind
from safetyclient.domain.errors import BadInput
from safetyclient.domain.evidence import keeping
from safetyclient.domain.flow import Walk
from safetyclient.domain.flow_guards import WORRIED
from safetyclient.domain.flow_nodes import NodeKind, OutcomeKind
from safetyclient.domain.ids import (
    CaseId,
    ChangeId,
    PersonRef,
    SubjectKey,
    SubjectKind,
    SubjectRef,
    new_case_id,
)
from safetyclient.domain.lists import ListKind
from safetyclient.domain.report_build import build, reasons_of
from safetyclient.domain.reports import Case, CaseState, Report, ReportDraft
from safetyclient.domain.wishes import RemoveFollower, SubmitAppeal, SubmitReport

WAIT_SECONDS = 60
"""How long a mute or a block waits for the report, of reachable network."""
MOST_APPEAL = 4000
_LIVE_LIMIT = 500


class ReportSender:
    """Says what would be sent, and sends it; the draft ends with it."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        notifier: Notifier,
        recorder: Recorder,
        texts: Texts,
        flows: Flows,
    ) -> None:
        self._store = store
        self._clock = clock
        self._notifier = notifier
        self._recorder = recorder
        self._texts = texts
        self._flows = flows
        self._words = ReportWords(texts=texts, reasons=flows.reasons)

    def check(
        self, draft: ReportDraft, walk: Walk, person: PersonRef | None
    ) -> CheckPage:
        """Return the check page of a draft."""
        outcome = _outcome(walk)
        report = build(walk, draft.subject, language=self._texts.language)
        sends = outcome is OutcomeKind.SEND
        handoff = outcome is OutcomeKind.HANDOFF and bool(report.reasons)
        return CheckPage(
            draft=draft,
            outcome=outcome,
            ready=walk.finished,
            sentence=self._sentence(draft, report, outcome),
            receiver=_host(self._store.accounts.get(draft.account).server),
            fields=self._fields(draft, walk, report) if sends else (),
            offers=tuple(offers(walk, person)),
            person=(person.handle or person.id) if person else "",
            notices=_trailing(walk, self._flows.of(draft).id),
            kept=(f"report.kept.{keeping(walk.answers).value}",),
            cards=walk.outcome.cards if walk.outcome else (),
            handoff_text=self._words.handoff(draft, report) if handoff else "",
            url=draft.subject.url if handoff else "",
        )

    def _sentence(
        self, draft: ReportDraft, report: Report, outcome: OutcomeKind
    ) -> str:
        if draft.flow == self._flows.appeal.id:
            return self._words.appeal()
        if outcome is OutcomeKind.NOTHING or not report.reasons:
            return self._words.nothing(draft)
        return self._words.sentence(draft, report)

    def send(
        self,
        draft: ReportDraft,
        walk: Walk,
        *,
        person: PersonRef | None,
        also: Sequence[AlsoAct],
        wait: bool,
    ) -> ReportReceipt:
        """Keep report, case, evidence and extras in one transaction, then announce."""
        missing = next((s.node.id for s in walk.steps if s.missing), "")
        if missing or not walk.finished:
            raise BadInput(field=missing or walk.steps[-1].node.id, reason="missing")
        if not set(also) <= set(offers(walk, person)):
            raise BadInput(field="also", reason="not_offered")
        if draft.flow == self._flows.appeal.id:
            return self._send_appeal(draft, walk)
        outcome = _outcome(walk)
        report = build(walk, draft.subject, language=self._texts.language)
        case = None if outcome is OutcomeKind.NOTHING else new_case_id()
        sent: Receipt | None = None
        extra: Receipt | None = None
        with self._store.transaction():
            if case and outcome is OutcomeKind.SEND:
                sent = self._enter_report(draft, report, case)
            if case:
                self._open_case(draft, report, case, sent)
            if also and person:
                after = sent.changes if sent and wait else ()
                extra = self._enter_also(draft, person, also, after)
            self._store.drafts.drop(draft.id)
        self._store.drafts.clean()
        self._announce(draft, sent, extra)
        handoff = outcome is OutcomeKind.HANDOFF
        return ReportReceipt(
            outcome=outcome,
            report=sent,
            also=extra,
            case=case,
            next_keys=tuple(_next_keys(outcome, report)),
            handoff_text=self._words.handoff(draft, report) if handoff else "",
            url=draft.subject.url if handoff else "",
        )

    def _announce(
        self, draft: ReportDraft, sent: Receipt | None, extra: Receipt | None
    ) -> None:
        self._notifier.announce(Touched.DRAFTS | Touched.CASES)
        kept = [receipt for receipt in (sent, extra) if receipt]
        if kept:
            self._recorder.publish(draft.account, *kept)

    def _enter_report(
        self, draft: ReportDraft, report: Report, case: CaseId
    ) -> Receipt:
        return self._recorder.enter(
            draft.account,
            title="report",
            params=(("kind", report.subject.kind.value),),
            planned=[
                Planned(
                    kind=ChangeKind.REPORT,
                    subject=_subject_key(report.subject),
                    wish=SubmitReport(report=report, case=case),
                )
            ],
        )

    def _open_case(
        self, draft: ReportDraft, report: Report, case: CaseId, sent: Receipt | None
    ) -> None:
        seen = draft.subject
        state = CaseState.WAITING_TO_SEND if sent else CaseState.REPORTED_ELSEWHERE
        self._store.cases.add(
            Case(
                id=case,
                account=draft.account,
                subject=seen.ref,
                title=seen.summary or seen.author or str(seen.ref),
                reasons=report.reasons,
                state=state,
                created=self._clock.now(),
                change=sent.changes[0] if sent else None,
                url=seen.url,
            )
        )
        evidence = self._store.drafts.evidence(draft.id)
        self._store.drafts.keep_evidence(case, evidence, account=draft.account)

    def _enter_also(
        self,
        draft: ReportDraft,
        person: PersonRef,
        also: Sequence[AlsoAct],
        after: tuple[ChangeId, ...],
    ) -> Receipt:
        acts = [act for act in AlsoAct if act in also]
        return self._recorder.enter(
            draft.account,
            title="report_also",
            params=people_params([person]),
            planned=[self._plan(draft, act, person, after) for act in acts],
        )

    def _plan(
        self,
        draft: ReportDraft,
        act: AlsoAct,
        person: PersonRef,
        after: tuple[ChangeId, ...],
    ) -> Planned:
        if act is AlsoAct.REMOVE_FOLLOWER:
            return Planned(
                kind=ChangeKind.REMOVE_FOLLOWER,
                subject=person.key,
                wish=RemoveFollower(person=person),
                after_ids=after,
            )
        muting = act is AlsoAct.MUTE
        kind = ListKind.MUTES if muting else ListKind.BLOCKS
        now = self._clock.now()
        seen = self._store.lists.seen(draft.account, kind, [person], now=now)
        return Planned(
            kind=ChangeKind.MUTE if muting else ChangeKind.BLOCK,
            subject=person.key,
            wish=list_wish(kind, person, on=True),
            before=restoring_wish(kind, person, seen.get(person.key)),
            after_ids=after,
            after_limit=WAIT_SECONDS if after else None,
        )

    def _send_appeal(self, draft: ReportDraft, walk: Walk) -> ReportReceipt:
        case = self._store.cases.get(CaseId(draft.case))
        text = self._appeal_text(draft, walk)
        with self._store.transaction():
            receipt = self._enter_appeal(case, text)
            self._store.drafts.drop(draft.id)
        self._store.drafts.clean()
        self._announce(draft, receipt, None)
        return ReportReceipt(
            outcome=OutcomeKind.SEND,
            report=receipt,
            also=None,
            case=case.id,
            next_keys=("report.next.appeal_sent", "report.next.appealed"),
        )

    def _appeal_text(self, draft: ReportDraft, walk: Walk) -> str:
        said = build(walk, draft.subject, language=self._texts.language)
        grounds = walk.answers.get("appeal.ground", ())
        words = [
            self._texts.say(f"flow.appeal.appeal.ground.option.{ground}")
            if self._texts.has(f"flow.appeal.appeal.ground.option.{ground}")
            else self._texts.say(f"flow.option.{ground}")
            for ground in (grounds if isinstance(grounds, tuple) else ())
        ]
        return "\n\n".join(filter(None, [". ".join(words), said.comment]))

    def _fields(
        self, draft: ReportDraft, walk: Walk, report: Report
    ) -> tuple[CheckField, ...]:
        """Return what is sent: of an appeal nothing but the decision and its text."""
        if draft.flow != self._flows.appeal.id:
            return report_fields(report)
        decision = self._store.cases.get(CaseId(draft.case)).decision
        return (
            CheckField(
                name="decision",
                label_key="report.field.decision",
                value=decision.id if decision else "",
            ),
            CheckField(
                name="text",
                label_key="report.field.text",
                value=self._appeal_text(draft, walk),
            ),
        )

    def appeal(self, case: Case, text: str) -> Receipt:
        """Put an appeal into the outbox."""
        receipt = self._enter_appeal(case, text)
        self._recorder.publish(case.account, receipt)
        return receipt

    def appealable(self, case: Case) -> None:
        """Refuse an appeal that cannot be made."""
        decision = case.decision
        if decision is None:
            raise BadInput(field="case", reason="no_decision")
        if case.appeal is not None and case.appeal.decision == decision.id:
            raise BadInput(field="case", reason="appeal_used")
        for change in self._store.outbox.listed(case.account, limit=_LIVE_LIMIT):
            wish = change.wish
            if isinstance(wish, SubmitAppeal) and wish.decision == decision.id:
                raise BadInput(field="case", reason="appeal_used")
        if decision.appeal_until is None or decision.appeal_until <= self._clock.now():
            raise BadInput(field="case", reason="appeal_late")

    def _enter_appeal(self, case: Case, text: str) -> Receipt:
        self.appealable(case)
        text = text.strip()
        decision = case.decision
        if decision is None or not text or len(text) > MOST_APPEAL:
            raise BadInput(field="text", reason="appeal_text")
        wish = SubmitAppeal(case=case.id, decision=decision.id, text=text)
        return self._recorder.enter(
            case.account,
            title="appeal",
            planned=[Planned(ChangeKind.APPEAL, SubjectKey(f"case:{case.id}"), wish)],
        )


def offers(walk: Walk, person: PersonRef | None) -> Iterator[AlsoAct]:
    """Yield what else may help; never a block for somebody one is worried about."""
    if walk.outcome is None or person is None:
        return
    for act in AlsoAct:
        worried = act is AlsoAct.BLOCK and WORRIED in reasons_of(walk)
        if act.value in walk.outcome.offer and not worried:
            yield act


def _subject_key(subject: SubjectRef) -> SubjectKey:
    """Return the key that keeps reports of a subject in order.

    For an account it is not the account's own key: a block of the same account must be
    able to overtake a report that cannot go.
    """
    if subject.kind is SubjectKind.ACCOUNT:
        return SubjectKey(f"report:{subject}")
    return subject.key


def _outcome(walk: Walk) -> OutcomeKind:
    found = walk.outcome.outcome if walk.outcome else None
    return found or OutcomeKind.NOTHING


def _trailing(walk: Walk, flow: str) -> tuple[str, ...]:
    """Return every notice of the way: the check page shows them once more."""
    notices = (s.node.id for s in walk.steps if s.node.kind is NodeKind.NOTICE)
    return tuple(f"flow.{flow}.{node}.text" for node in notices)


def _next_keys(outcome: OutcomeKind, report: Report) -> Iterator[str]:
    if outcome is OutcomeKind.NOTHING:
        yield "report.next.nothing"
        return
    if outcome is OutcomeKind.HANDOFF:
        yield "report.next.handoff"
        return
    yield "report.next.sent"
    if WORRIED in report.reasons:
        yield "report.next.worried"
    yield "report.next.case"
    yield "report.next.appeal"


def _host(server: str) -> str:
    return urlsplit(server).netloc or server
