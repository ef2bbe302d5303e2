"""Flow: guided questions as data, walked again from the start for each answer.

Data names nodes, edges, sections and guards; it holds no text and computes nothing.
Answers are a mapping from node id to answer. They are never a position: going back
keeps every answer, and an answer that no longer fits is left out of the walk, not lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from safetyclient.domain.errors import BadInput
from safetyclient.domain.flow_guards import (
    GUARDS,
    UNDER_18,
    Answers,
    Scene,
    address_only,
    listed,
)
from safetyclient.domain.flow_nodes import (
    DETAIL,
    LISTS,
    SILENT,
    Node,
    NodeKind,
    Option,
    load_node,
)
from safetyclient.domain.reports import Answer

_TOLD = frozenset({DETAIL, "language"})
"""Effects that tell the receiver more about what was seen."""
_MAX_STEPS = 500


@dataclass(frozen=True, slots=True)
class Step:
    """A node on the way: what can be picked, what was given, what holds.

    `given` is what the person answered, where it still fits. `answer` is that, or what
    follows by itself (`implied`), or the default.
    """

    node: Node
    options: tuple[Option, ...]
    given: Answer | None
    answer: Answer | None
    implied: bool = False

    @property
    def missing(self) -> bool:
        """Return whether an answer is needed and there is none."""
        return self.node.compulsory and self.answer is None

    @property
    def unasked(self) -> bool:
        """Return whether the person has yet to see it: a default must be seen too."""
        return self.node.compulsory and self.given is None and not self.implied


@dataclass(frozen=True, slots=True)
class Walk:
    """The way that answers lead, as far as they lead."""

    steps: tuple[Step, ...]
    outcome: Node | None

    @property
    def finished(self) -> bool:
        """Return whether an outcome was reached and no needed answer is missing."""
        return self.outcome is not None and not any(s.missing for s in self.steps)

    @property
    def answers(self) -> dict[str, Answer]:
        """Return the answers that hold, by node id, in the order of the way."""
        return {s.node.id: s.answer for s in self.steps if s.answer is not None}

    def step(self, node: str) -> Step | None:
        """Return the step of a node, or None when the way does not pass it."""
        return next((s for s in self.steps if s.node.id == node), None)


@dataclass(frozen=True, slots=True)
class Flow:
    """A whole flow; `load` makes one from data, `flow_check.check` judges it."""

    id: str
    start: str
    nodes: Mapping[str, Node]
    sections: Mapping[str, tuple[str, ...]]

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Flow:
        """Make a flow from parsed TOML.

        Raises:
            ValueError: for an unknown word in the data.
        """
        nodes = {key: load_node(key, raw) for key, raw in data["nodes"].items()}
        sections = {key: tuple(raw) for key, raw in data.get("sections", {}).items()}
        return cls(id=data["id"], start=data["start"], nodes=nodes, sections=sections)

    def walk(self, scene: Scene, answers: Answers) -> Walk:
        """Replay answers from the start."""
        walk = self._walk(scene, answers)
        if address_only(walk.answers) and not scene.sealed:
            return self._walk(replace(scene, sealed=True), answers)
        return walk

    def _walk(self, scene: Scene, answers: Answers) -> Walk:
        run = _Run(self, scene, answers)
        run.follow(self.start)
        return Walk(steps=tuple(run.steps), outcome=run.outcome)

    def children(self, node: str) -> Iterator[Node]:
        """Yield the nodes whose options come up under options of this one."""
        for each in self.nodes.values():
            if each.source == node:
                yield each


class _Run:
    """One replay; `steps` and `outcome` are what it found."""

    def __init__(self, flow: Flow, scene: Scene, answers: Answers) -> None:
        self._flow = flow
        self._scene = scene
        self._raw = answers
        self._held: dict[str, Answer] = {}
        self._seen: set[str] = set()
        self._budget = _MAX_STEPS
        self.steps: list[Step] = []
        self.outcome: Node | None = None

    def follow(self, node_id: str) -> bool:
        """Walk from a node; return false when the way ends before its section does."""
        while node_id:
            self._budget -= 1
            if self._budget < 0:
                raise ValueError(f"{self._flow.id}: the way never ends")
            node = self._flow.nodes[node_id]
            if node_id not in self._seen and self._applies(node):
                self._seen.add(node_id)
                if not self._take(node):
                    return False
            node_id = self._next(node)
        return True

    def _take(self, node: Node) -> bool:
        step = self._step(node)
        self.steps.append(step)
        if node.kind is NodeKind.OUTCOME:
            self.outcome = node
            return False
        if step.answer is not None:
            self._held[node.id] = step.answer
        if node.sections:
            return self._run_sections(node)
        routed = any(option.next for option in step.options)
        return not (routed and step.missing)

    def _run_sections(self, node: Node) -> bool:
        chosen = listed(self._held, node.id)
        entries = (e for c in chosen for e in self._flow.sections[c])
        return bool(chosen) and all(self.follow(entry) for entry in entries)

    def _next(self, node: Node) -> str:
        answer = self._held.get(node.id)
        for option in node.options:
            if option.id == answer and option.next:
                return option.next
        for branch in node.branches:
            if self._holds(branch.when):
                return branch.next
        return node.next

    def _holds(self, guard: str) -> bool:
        return not guard or GUARDS[guard](self._scene, self._held)

    def _applies(self, node: Node) -> bool:
        fits = not node.only or self._scene.kind in node.only
        open_ = not self._scene.sealed or may_seal(node)
        return fits and open_ and self._holds(node.when)

    def _step(self, node: Node) -> Step:
        options = self._options(node)
        given = fit(node, options, self._raw.get(node.id))
        implied = self._implied(node, options) if given is None else None
        answer = given if given is not None else implied
        whole = answer is not None and given is None and self._covers(node, answer)
        if answer is None:
            answer = fit(node, options, node.default)
        return Step(node, options, given, answer, implied=whole)

    def _options(self, node: Node) -> tuple[Option, ...]:
        below = [o for child in self._flow.children(node.id) for o in child.options]
        found = [o for o in node.options if self._offered(node, o, below)]
        first = node.first.get(self._scene.kind.value, ())
        rank = {name: place for place, name in enumerate(first)}
        found.sort(key=lambda option: rank.get(option.id, len(rank)))
        return tuple(found)

    def _offered(self, node: Node, option: Option, below: list[Option]) -> bool:
        """Return whether an option can be picked and, with a list below, leads on."""
        if not self._possible(option):
            return False
        if node.source:
            return bool(option.under & set(listed(self._held, node.source)))
        mine = [o for o in below if option.id in o.under]
        return not below or any(self._possible(o) for o in mine)

    def _possible(self, option: Option) -> bool:
        fits = not option.only or self._scene.kind in option.only
        able = all(self._scene.capabilities.offer(c).usable for c in option.needs)
        return fits and able and self._holds(option.when)

    def _implied(self, node: Node, options: tuple[Option, ...]) -> Answer | None:
        """Return what follows by itself: the only thing there is to pick."""
        if not node.compulsory or node.default is not None:
            return None
        if not node.source:
            return _as_answer(node, options) if len(options) == 1 else None
        only: list[Option] = []
        for parent in listed(self._held, node.source):
            mine = [option for option in options if parent in option.under]
            only += mine if len(mine) == 1 and mine[0] not in only else []
        return _as_answer(node, tuple(only)) if only else None

    def _covers(self, node: Node, answer: Answer) -> bool:
        if not node.source or not isinstance(answer, tuple):
            return True
        picked = [option for option in node.options if option.id in answer]
        under = {parent for option in picked for parent in option.under}
        return set(listed(self._held, node.source)) <= under


def _as_answer(node: Node, options: tuple[Option, ...]) -> Answer | None:
    if node.kind is NodeKind.SEVERAL:
        return tuple(option.id for option in options)
    return options[0].id if node.kind is NodeKind.CHOICE else None


def may_seal(node: Node) -> bool:
    """Return whether a node may be asked where only address, id and time are kept.

    Free text, people, posts and moments may not, nor a choice that is told on; that
    somebody was under 18 is the one exception, for it is why nothing else is told.
    """
    if node.kind in {NodeKind.CHOICE, NodeKind.SEVERAL}:
        return node.effect not in _TOLD or node.id == UNDER_18
    return node.kind in SILENT


def fit(node: Node, options: tuple[Option, ...], value: Answer | None) -> Answer | None:
    """Return an answer as far as it still fits the node, or None."""
    if value is None or node.kind in SILENT:
        return None
    names = {option.id for option in options}
    if node.kind is NodeKind.CHOICE:
        return value if isinstance(value, str) and value in names else None
    if node.kind is NodeKind.TEXT:
        return value if isinstance(value, str) and value.strip() else None
    if not isinstance(value, tuple):
        return None
    if node.kind is NodeKind.SEVERAL:
        value = tuple(dict.fromkeys(each for each in value if each in names))
    return value[: node.limit or None] or None


def check_answer(step: Step, value: Answer) -> None:
    """Refuse an answer that the question does not have.

    An empty text or list takes an answer back, so it always fits.

    Raises:
        BadInput: field is the node's id.
    """
    node = step.node
    if node.kind in SILENT:
        raise BadInput(field=node.id, reason="question")
    if isinstance(value, bool) or isinstance(value, tuple) != (node.kind in LISTS):
        raise BadInput(field=node.id, reason="answer")
    if node.limit and len(value) > node.limit:
        raise BadInput(
            field=node.id,
            reason="too_long" if isinstance(value, str) else "too_many",
        )
    if value and node.kind in {NodeKind.CHOICE, NodeKind.SEVERAL}:
        wanted = set(value) if isinstance(value, tuple) else {value}
        if not wanted <= {option.id for option in step.options}:
            raise BadInput(field=node.id, reason="answer")
