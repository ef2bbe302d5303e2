"""Receipts: what every write hands back at once, long before a server answers."""

from __future__ import annotations

from dataclasses import dataclass

from safetyclient.application.touched import Touched
from safetyclient.domain.ids import BatchId, ChangeId


@dataclass(frozen=True, slots=True)
class Receipt:
    """A batch that now stands durably in the outbox, and its changes in order."""

    batch: BatchId
    changes: tuple[ChangeId, ...]
    touched: Touched
