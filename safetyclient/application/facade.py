"""SafetyClient: the one object that the window and the command line receive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from safetyclient.application.accounts import AccountsService
from safetyclient.application.history import HistoryService
from safetyclient.application.lists import ListsService
from safetyclient.application.media import MediaService
from safetyclient.application.outbox import OutboxService
from safetyclient.application.protection import ProtectionService
from safetyclient.application.spaces import SpacesService
from safetyclient.application.sync import SyncService

if TYPE_CHECKING:
    from safetyclient.application.reports import ReportsService


@dataclass(frozen=True, slots=True)
class SafetyClient:
    """Every use case, one attribute per service; all methods run on the core loop."""

    accounts: AccountsService
    protection: ProtectionService
    lists: ListsService
    media: MediaService
    spaces: SpacesService
    reports: ReportsService
    history: HistoryService
    outbox: OutboxService
    sync: SyncService
