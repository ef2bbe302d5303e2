"""Flow check: says what is wrong with flow data before anybody walks it."""

from __future__ import annotations

from collections.abc import Iterator

from safetyclient.domain.flow import Flow
from safetyclient.domain.flow_guards import GUARDS
from safetyclient.domain.flow_nodes import LISTS, SILENT, Node, NodeKind


def check(flow: Flow, *, effects: frozenset[str]) -> tuple[str, ...]:
    """Return every fault of a flow as one line each; empty when it is sound."""
    faults = [
        *_unknown(flow),
        *_shapes(flow, effects),
        *_sections(flow),
    ]
    if faults:
        # Edges to nowhere would make the two searches below meaningless.
        return tuple(faults)
    return (*_unreachable(flow), *_loops(flow))


def edges(node: Node) -> Iterator[tuple[str, str]]:
    """Yield (target, label) of each way on from a node, sections not included."""
    for option in node.options:
        if option.next:
            yield option.next, option.id
    for branch in node.branches:
        yield branch.next, branch.when
    if node.next:
        yield node.next, ""


def _unknown(flow: Flow) -> Iterator[str]:
    if flow.start not in flow.nodes:
        yield f"start: no node {flow.start}"
    for node in flow.nodes.values():
        for target in (*(to for to, _ in edges(node)), node.source):
            if target and target not in flow.nodes:
                yield f"{node.id}: no node {target}"
    for name, entries in flow.sections.items():
        for entry in entries:
            if entry not in flow.nodes:
                yield f"section {name}: no node {entry}"


def _shapes(flow: Flow, effects: frozenset[str]) -> Iterator[str]:
    for node in flow.nodes.values():
        found = (*_names(node, effects), *_kinds(node), *_options(flow, node))
        yield from (f"{node.id}: {fault}" for fault in found)


def _names(node: Node, effects: frozenset[str]) -> Iterator[str]:
    guards = [node.when, *(b.when for b in node.branches)]
    guards += [option.when for option in node.options]
    for guard in guards:
        if guard and guard not in GUARDS:
            yield f"no guard {guard}"
    if node.effect and node.effect not in effects:
        yield f"no effect {node.effect}"


def _kinds(node: Node) -> Iterator[str]:
    picked = node.kind in {NodeKind.CHOICE, NodeKind.SEVERAL}
    if picked != bool(node.options):
        yield "options and kind do not fit"
    if (node.kind is NodeKind.OUTCOME) != (node.outcome is not None):
        yield "outcome and kind do not fit"
    if node.kind in SILENT and node.compulsory:
        yield "what asks nothing cannot be compulsory"
    if node.kind not in SILENT and not node.page:
        yield "a question needs a page"
    if node.branches and node.branches[-1].when and not node.next:
        yield "the last branch must always hold"


def _options(flow: Flow, node: Node) -> Iterator[str]:
    if node.kind in LISTS and any(option.next for option in node.options):
        yield "only a choice may lead different ways"
    names = [option.id for option in node.options]
    if len(set(names)) != len(names):
        yield "an option stands twice"
    if node.source in flow.nodes:
        parents = {option.id for option in flow.nodes[node.source].options}
        for option in node.options:
            if not option.under or not option.under <= parents:
                yield f"{option.id}: under what?"


def _sections(flow: Flow) -> Iterator[str]:
    wanted = {
        option.id
        for node in flow.nodes.values()
        if node.sections
        for option in node.options
    }
    for name in sorted(wanted - set(flow.sections)):
        yield f"no section {name}"
    for name in sorted(set(flow.sections) - wanted):
        yield f"section {name}: nothing leads there"


def _targets(flow: Flow, node: Node) -> set[str]:
    found = {target for target, _ in edges(node)}
    if node.sections:
        for entries in flow.sections.values():
            found.update(entries)
    return found


def _unreachable(flow: Flow) -> Iterator[str]:
    seen: set[str] = set()
    ahead = [flow.start]
    while ahead:
        name = ahead.pop()
        if name not in seen:
            seen.add(name)
            ahead += _targets(flow, flow.nodes[name])
    for name in sorted(set(flow.nodes) - seen):
        yield f"{name}: nothing leads there"


def _loops(flow: Flow) -> Iterator[str]:
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> Iterator[str]:
        if name in trail:
            yield f"loop: {' > '.join((*trail[trail.index(name) :], name))}"
        elif name not in done:
            for target in sorted(_targets(flow, flow.nodes[name])):
                yield from visit(target, (*trail, name))
            done.add(name)

    yield from visit(flow.start, ())
