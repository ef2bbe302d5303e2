"""Report views: what the wizard, the check page and the command line are given."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from safetyclient.application.receipts import Receipt
from safetyclient.domain.flow_nodes import NodeKind, OutcomeKind
from safetyclient.domain.ids import CaseId
from safetyclient.domain.reports import Answer, ReportDraft


class AlsoAct(enum.Enum):
    """What a person may do beside the report."""

    MUTE = "mute"
    BLOCK = "block"
    REMOVE_FOLLOWER = "remove_follower"


@dataclass(frozen=True, slots=True)
class OptionView:
    """One answer that can be picked; `search_key` holds other words for it."""

    id: str
    text_key: str
    search_key: str = ""


@dataclass(frozen=True, slots=True)
class NodeView:
    """One question as it stands: what is asked, what was answered so far.

    `answer` is what the person gave, or the default where they gave nothing.
    `help_key` is empty where there is no help. `notices` are text keys shown with it,
    `cards` the ids of resource cards.
    """

    id: str
    kind: NodeKind
    options: tuple[OptionView, ...]
    title_key: str
    help_key: str
    answer: Answer | None
    compulsory: bool
    notices: tuple[str, ...] = ()
    cards: tuple[str, ...] = ()
    answered: bool = False


@dataclass(frozen=True, slots=True)
class FlowView:
    """Where a draft stands.

    `page` holds the questions that are shown together now, `node` is the first of
    them, `open` are all questions of the way that have no answer yet. `progress` is
    (this page, pages known so far). When `finished`, every needed answer is given or
    stands by default: it could be sent.
    """

    draft: ReportDraft
    node: NodeView
    page: tuple[NodeView, ...]
    progress: tuple[int, int]
    open: tuple[NodeView, ...]
    finished: bool
    page_id: str
    can_go_back: bool


@dataclass(frozen=True, slots=True)
class CheckField:
    """One field exactly as it is sent: its name on the wire, its label, its value."""

    name: str
    label_key: str
    value: str


@dataclass(frozen=True, slots=True)
class CheckPage:
    """What will be sent, to whom, and what else may help.

    `ready` is false while a compulsory question is open. For
    `OutcomeKind.HANDOFF` nothing is sent: `handoff_text` is to be copied and `url`
    opened. `kept` are text keys that say what this computer keeps.
    """

    draft: ReportDraft
    outcome: OutcomeKind
    ready: bool
    sentence: str
    receiver: str
    fields: tuple[CheckField, ...]
    offers: tuple[AlsoAct, ...]
    person: str
    notices: tuple[str, ...]
    kept: tuple[str, ...]
    cards: tuple[str, ...]
    handoff_text: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class ReportReceipt:
    """What became of a report: `report` is None where nothing is sent from here.

    `case` is None only when the answers lead to no report at all. `next_keys` are the
    sentences of the last page.
    """

    outcome: OutcomeKind
    report: Receipt | None
    also: Receipt | None
    case: CaseId | None
    next_keys: tuple[str, ...]
    handoff_text: str = ""
    url: str = ""
