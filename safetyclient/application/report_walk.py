"""Report walk: a draft as the page of questions that is shown now."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import takewhile

from safetyclient.application.flows import Flows
from safetyclient.application.report_views import FlowView, NodeView, OptionView
from safetyclient.application.texts import Texts
from safetyclient.domain.flow import Flow, Step, Walk
from safetyclient.domain.flow_guards import LEAVES, SYMPTOMS
from safetyclient.domain.flow_nodes import Node, NodeKind
from safetyclient.domain.reports import ReportDraft


@dataclass(slots=True)
class Page:
    """Questions that are shown together, and whether each follows by itself."""

    id: str
    steps: list[Step] = field(default_factory=list[Step])

    @property
    def skipped(self) -> bool:
        """Return whether every question of the page answers itself."""
        return all(step.implied for step in self.steps)

    @property
    def unasked(self) -> bool:
        """Return whether a needed question was not seen yet."""
        return any(step.unasked for step in self.steps)


def pages_of(walk: Walk) -> list[Page]:
    """Return the pages of a way in order, those that answer themselves left out."""
    pages: list[Page] = []
    for step in walk.steps:
        if step.node.page:
            if not pages or pages[-1].id != step.node.page:
                pages.append(Page(step.node.page))
            pages[-1].steps.append(step)
    return [page for page in pages if not page.skipped]


def page_now(walk: Walk, at: str) -> int:
    """Return the index of the page to show: `at`, else the first with a question."""
    pages = pages_of(walk)
    for number, page in enumerate(pages):
        if page.id == at:
            return number
    return next((n for n, p in enumerate(pages) if p.unasked), len(pages) - 1)


class Viewer:
    """Turns walks into views; holds no state of its own."""

    def __init__(self, *, flows: Flows, texts: Texts) -> None:
        self._flows = flows
        self._texts = texts

    def view(self, draft: ReportDraft, walk: Walk, *, at: str) -> FlowView:
        """Return what is shown of a draft at a page (empty: where it stands)."""
        flow = self._flows.of(draft)
        pages = pages_of(walk)
        number = page_now(walk, at)
        page = pages[number]
        shown = tuple(self.node(flow, walk, step, draft) for step in page.steps)
        open_ = tuple(
            self.node(flow, walk, step, draft)
            for step in walk.steps
            if step.node.page and step.given is None and not step.implied
        )
        known = len(pages) if walk.outcome else max(len(pages), _page_count(flow))
        return FlowView(
            draft=draft,
            node=shown[0],
            page=shown,
            progress=(number + 1, known),
            open=open_,
            finished=walk.finished,
            page_id=page.id,
            can_go_back=number > 0,
        )

    def node(self, flow: Flow, walk: Walk, step: Step, draft: ReportDraft) -> NodeView:
        """Return one question as it stands."""
        node = step.node
        base = f"flow.{flow.id}.{node.id}"
        before = _notices_before(walk, step)
        help_key = f"{base}.help"
        options = tuple(
            OptionView(
                id=option.id,
                text_key=self._option_key(base, option.id),
                search_key=_search_key(node, option.id),
            )
            for option in step.options
        )
        return NodeView(
            id=node.id,
            kind=node.kind,
            options=options or _people(node, draft),
            title_key=f"{base}.title",
            help_key=help_key if self._texts.has(help_key) else "",
            answer=step.answer,
            compulsory=node.compulsory,
            notices=tuple(f"flow.{flow.id}.{each.id}.text" for each in before),
            cards=tuple(card for each in before for card in each.cards),
            answered=step.given is not None,
        )

    def _option_key(self, base: str, option: str) -> str:
        own = f"{base}.option.{option}"
        return own if self._texts.has(own) else f"flow.option.{option}"


def _people(node: Node, draft: ReportDraft) -> tuple[OptionView, ...]:
    """Offer the people that were seen in a Space; their names are foreign, not keys."""
    if node.kind is not NodeKind.PEOPLE or node.effect != "person":
        return ()
    return tuple(
        OptionView(id=f"@{handle}", text_key="")
        for _, _, handle in draft.subject.people
        if handle
    )


def _notices_before(walk: Walk, step: Step) -> list[Node]:
    found: list[Node] = []
    for each in takewhile(lambda each: each is not step, walk.steps):
        if each.node.kind is NodeKind.NOTICE:
            found.append(each.node)
        else:
            found.clear()
    return found


def _search_key(node: Node, option: str) -> str:
    if node.id == LEAVES:
        return f"flow.search.{option}"
    return f"flow.symptom_search.{option}" if node.id == SYMPTOMS else ""


def _page_count(flow: Flow) -> int:
    return len({node.page for node in flow.nodes.values() if node.page})
