"""Flow graph: draws a flow as a mermaid diagram for documents and support staff."""

from __future__ import annotations

import re
from collections.abc import Iterator

from safetyclient.domain.flow import Flow
from safetyclient.domain.flow_check import edges
from safetyclient.domain.flow_nodes import Node, NodeKind

_SHAPES = {
    NodeKind.CHOICE: ("{", "}"),
    NodeKind.SEVERAL: ("[/", "/]"),
    NodeKind.NOTICE: (">", "]"),
    NodeKind.OUTCOME: ("([", "])"),
}


def mermaid(flow: Flow) -> str:
    """Return the diagram: every node, every edge, every section once."""
    lines = ["flowchart TD"]
    lines += [f"  {_name(node.id)}{_box(node)}" for node in flow.nodes.values()]
    for node in flow.nodes.values():
        lines += _arrows(flow, node)
    return "\n".join(lines) + "\n"


def _name(node: str) -> str:
    return "n_" + re.sub(r"\W", "_", node)


def _box(node: Node) -> str:
    left, right = _SHAPES.get(node.kind, ("[", "]"))
    star = " *" if node.compulsory else ""
    return f'{left}"{node.id}{star}"{right}'


def _arrows(flow: Flow, node: Node) -> Iterator[str]:
    start = _name(node.id)
    for target, label in edges(node):
        arrow = f"-- {label} -->" if label else "-->"
        yield f"  {start} {arrow} {_name(target)}"
    if not node.sections:
        return
    for option in node.options:
        here = start
        for entry in flow.sections[option.id]:
            yield f"  {here} -. {option.id} .-> {_name(entry)}"
            here = _name(entry)
