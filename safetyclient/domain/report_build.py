"""Report build: folds the answers of a walk into a report, effect by named effect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from safetyclient.domain.flow import Walk
from safetyclient.domain.flow_guards import DISLIKE, LEAVES, UNDER_18, address_only
from safetyclient.domain.flow_nodes import DETAIL
from safetyclient.domain.ids import PostId
from safetyclient.domain.moments import parse_moment
from safetyclient.domain.reports import Answer, Report, SubjectSnapshot
from safetyclient.domain.spaces import Moment, SpacePart

MOST_COMMENT = 4000
MOST_DETAIL = 2000


@dataclass(slots=True)
class Parts:
    """A report while it is put together."""

    snapshot: SubjectSnapshot
    behalf: str = "unsure"
    danger: bool = False
    language: str = ""
    space_part: SpacePart | None = None
    person: str = ""
    reasons: tuple[str, ...] = ()
    posts: tuple[PostId, ...] = ()
    moments: tuple[Moment, ...] = ()
    comments: list[str] = field(default_factory=list[str])
    details: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


Effect = Callable[[Parts, str, Answer], None]


def _lines(answer: Answer) -> tuple[str, ...]:
    return answer if isinstance(answer, tuple) else (str(answer),)


def _behalf(parts: Parts, _node: str, answer: Answer) -> None:
    parts.behalf = str(answer)


def _danger(parts: Parts, _node: str, answer: Answer) -> None:
    parts.danger = parts.danger or answer == "yes"


def _language(parts: Parts, _node: str, answer: Answer) -> None:
    parts.language = str(answer)


def _reasons(parts: Parts, _node: str, answer: Answer) -> None:
    parts.reasons = tuple(leaf for leaf in _lines(answer) if leaf != DISLIKE)


def _space_part(parts: Parts, _node: str, answer: Answer) -> None:
    parts.space_part = SpacePart(str(answer))
    if parts.space_part is SpacePart.HOST:
        hosts = (id_ for role, id_, _ in parts.snapshot.people if role == "host")
        parts.person = next(hosts, "")


def _person(parts: Parts, node: str, answer: Answer) -> None:
    """Name a person of the Space by id; somebody else stays a name in the details."""
    wanted = _lines(answer)[0].removeprefix("@")
    for _, id_, handle in parts.snapshot.people:
        if wanted in {id_, handle}:
            parts.person = id_
            return
    parts.details.append((node, wanted))


def _posts(parts: Parts, _node: str, answer: Answer) -> None:
    parts.posts = tuple(PostId(line) for line in _lines(answer))


def _moments(parts: Parts, _node: str, answer: Answer) -> None:
    parts.moments = tuple(parse_moment(line) for line in _lines(answer))


def _comment(parts: Parts, _node: str, answer: Answer) -> None:
    parts.comments.append(str(answer).strip())


def _detail(parts: Parts, node: str, answer: Answer) -> None:
    parts.details.append((node, ", ".join(_lines(answer))[:MOST_DETAIL]))


def _told_here(_parts: Parts, _node: str, _answer: Answer) -> None:
    """Leave the report as it is: the answer only brings up help on this computer."""


EFFECTS: Mapping[str, Effect] = {
    "behalf": _behalf,
    "danger": _danger,
    "language": _language,
    "reasons": _reasons,
    "space_part": _space_part,
    "person": _person,
    "posts": _posts,
    "moments": _moments,
    "comment": _comment,
    DETAIL: _detail,
    "told_here": _told_here,
}


def build(walk: Walk, snapshot: SubjectSnapshot, *, language: str) -> Report:
    """Return the report that a walk says; `language` stands in when none was chosen."""
    parts = Parts(snapshot=snapshot, language=language)
    for step in walk.steps:
        if step.node.effect and step.answer is not None:
            EFFECTS[step.node.effect](parts, step.node.id, step.answer)
    report = Report(
        subject=snapshot.ref,
        reasons=parts.reasons,
        behalf=parts.behalf,
        comment="\n\n".join(filter(None, parts.comments))[:MOST_COMMENT],
        language=parts.language,
        url=snapshot.url,
        space_part=parts.space_part,
        person=parts.person,
        posts=parts.posts,
        moments=parts.moments,
        details=tuple(parts.details),
        danger=parts.danger,
    )
    return sealed(report) if address_only(walk.answers) else report


def sealed(report: Report) -> Report:
    """Return a report with nothing but address, id and what the law makes of it."""
    return Report(
        subject=report.subject,
        reasons=report.reasons,
        behalf=report.behalf,
        comment="",
        language="",
        url=report.url,
        details=tuple(pair for pair in report.details if pair[0] == UNDER_18),
        danger=report.danger,
    )


def reasons_of(walk: Walk) -> tuple[str, ...]:
    """Return the reasons of a walk, the main one first; what is not sent left out."""
    chosen = walk.answers.get(LEAVES, ())
    return tuple(leaf for leaf in _lines(chosen) if leaf != DISLIKE)
