"""Report words: the plain sentence about a report, and each field that is sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from safetyclient.application.report_views import CheckField
from safetyclient.application.texts import Texts
from safetyclient.domain.moments import moment_line
from safetyclient.domain.people import display_name
from safetyclient.domain.reasons import Reasons
from safetyclient.domain.reports import Report, ReportDraft
from safetyclient.domain.spaces import SpacePart

_SAID_BEHALF = frozenset({"me", "represented", "other", "everyone"})


class ReportWords:
    """Says reports in one language; knows nothing of any network."""

    def __init__(self, *, texts: Texts, reasons: Reasons) -> None:
        self._texts = texts
        self._reasons = reasons

    def sentence(self, draft: ReportDraft, report: Report) -> str:
        """Return "You report … because …" with everything that is added."""
        return " ".join(self._sentences(draft, report))

    def nothing(self, draft: ReportDraft) -> str:
        """Return the sentence for a walk that sends nothing."""
        return self._texts.say("flow.sentence.nothing", what=self._what(draft, None))

    def appeal(self) -> str:
        """Return the sentence for an appeal."""
        return self._texts.say("flow.sentence.appeal")

    def _sentences(self, draft: ReportDraft, report: Report) -> Iterator[str]:
        say = self._texts.say
        what = self._what(draft, report)
        because = self._join([say(f"flow.because.{leaf}") for leaf in report.reasons])
        if draft.subject.author:
            who = display_name(draft.subject.author)
            yield say("flow.sentence.report_named", what=what, who=who, reasons=because)
        else:
            yield say("flow.sentence.report", what=what, reasons=because)
        if person := self._person(draft, report):
            yield say("flow.sentence.person_speaker", who=person)
        if rules := self._rules(report.reasons):
            yield say("flow.sentence.rule", rules=self._join(rules))
        if report.behalf in _SAID_BEHALF:
            yield say(f"flow.sentence.behalf_{report.behalf}")
        if report.danger:
            yield say("flow.sentence.danger")
        if report.posts:
            yield say("flow.sentence.posts", count=len(report.posts))
        if report.moments:
            yield say("flow.sentence.moments", count=len(report.moments))

    def _what(self, draft: ReportDraft, report: Report | None) -> str:
        kind = draft.subject.ref.kind.value
        part = report.space_part if report else None
        if part is not None and part is not SpacePart.WHOLE:
            kind = f"{kind}_{part.value}"
        return self._texts.say(f"flow.sentence.subject.{kind}")

    def _person(self, draft: ReportDraft, report: Report) -> str:
        if report.space_part is not SpacePart.SPEAKER:
            return ""
        for _, id_, handle in draft.subject.people:
            if id_ == report.person and id_:
                return display_name(f"@{handle}")
        named = dict(report.details).get("space.who", "")
        return display_name(f"@{named}") if named else ""

    def _rules(self, leaves: Sequence[str]) -> list[str]:
        families = dict.fromkeys(self._reasons.by_id[leaf].family for leaf in leaves)
        keys = [f"flow.family.{family}" for family in families]
        return [self._texts.say(key) for key in keys if self._texts.has(key)]

    def _join(self, parts: Sequence[str]) -> str:
        """Return parts as the language lists them: a, b and c."""
        whole, *rest = parts
        for number, part in enumerate(rest, start=1):
            key = "and" if number == len(rest) else "comma"
            whole = self._texts.say(f"flow.sentence.{key}", first=whole, last=part)
        return whole

    def handoff(self, draft: ReportDraft, report: Report) -> str:
        """Return the text that a person copies where they must report themselves."""
        say = self._texts.say
        leaves = report.reasons
        policies = dict.fromkeys(self._reasons.by_id[leaf].policy for leaf in leaves)
        lines = [
            self.sentence(draft, report),
            say("report.handoff.address", url=report.url or str(report.subject)),
            say("report.handoff.rule", rules=", ".join(policies)),
            report.comment,
        ]
        return "\n".join(line for line in lines if line)


def report_fields(report: Report) -> tuple[CheckField, ...]:
    """Return every field that is sent, by its name on the wire; empty ones left out."""
    found = [(name, value) for name, value in _written(report) if value]
    return tuple(
        CheckField(name=name, label_key=f"report.field.{name}", value=value)
        for name, value in found
    ) + tuple(
        CheckField(name=f"details.{name}", label_key="", value=value)
        for name, value in report.details
    )


def _written(report: Report) -> Iterator[tuple[str, str]]:
    yield "subject", str(report.subject)
    yield "url", report.url
    yield "reasons", ", ".join(report.reasons)
    yield "behalf", report.behalf
    yield "danger", "true" if report.danger else ""
    yield "space_part", report.space_part.value if report.space_part else ""
    yield "person", report.person
    yield "posts", ", ".join(report.posts)
    yield "moments", "\n".join(moment_line(each) for each in report.moments)
    yield "language", report.language
    yield "comment", report.comment
