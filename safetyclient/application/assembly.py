"""Assembly: builds the services over a store, networks, a spool and a clock."""

from __future__ import annotations

import random
from dataclasses import dataclass

from safetyclient.application.accounts import AccountsService, Erase
from safetyclient.application.history import HistoryService
from safetyclient.application.lists import ListsService
from safetyclient.application.media import MediaService
from safetyclient.application.notify import Notifier
from safetyclient.application.outbox import OutboxService
from safetyclient.application.pool import NetworkPool
from safetyclient.application.ports import Clock, Networks, Spool
from safetyclient.application.protection import ProtectionService
from safetyclient.application.recorder import Recorder
from safetyclient.application.spaces import SpacesService
from safetyclient.application.store_ports import Store
from safetyclient.application.sync import SyncService


@dataclass(frozen=True, slots=True)
class Core:
    """The services, and the parts that further services are built from."""

    store: Store
    pool: NetworkPool
    clock: Clock
    notifier: Notifier
    recorder: Recorder
    accounts: AccountsService
    protection: ProtectionService
    lists: ListsService
    media: MediaService
    spaces: SpacesService
    history: HistoryService
    outbox: OutboxService
    sync: SyncService


def assemble(
    *,
    store: Store,
    networks: Networks,
    spool: Spool,
    clock: Clock,
    erase: Erase,
    notifier: Notifier | None = None,
    online: bool = True,
    dice: random.Random | None = None,
) -> Core:
    """Build the services; `Core.sync.start()` begins delivery (never when offline)."""
    notifier = notifier or Notifier()
    pool = NetworkPool(store=store, networks=networks, online=online)
    sync = SyncService(
        store=store, pool=pool, spool=spool, clock=clock, notifier=notifier, dice=dice
    )
    recorder = Recorder(store=store, clock=clock, notifier=notifier, kick=sync.kick)
    return Core(
        store=store,
        pool=pool,
        clock=clock,
        notifier=notifier,
        recorder=recorder,
        accounts=AccountsService(
            store=store, pool=pool, notifier=notifier, sync=sync, erase=erase
        ),
        protection=ProtectionService(
            store=store, pool=pool, clock=clock, recorder=recorder
        ),
        lists=ListsService(
            store=store, pool=pool, clock=clock, notifier=notifier, recorder=recorder
        ),
        media=MediaService(store=store, spool=spool, recorder=recorder),
        spaces=SpacesService(store=store),
        history=HistoryService(
            store=store, spool=spool, clock=clock, recorder=recorder
        ),
        outbox=OutboxService(
            store=store, spool=spool, notifier=notifier, recorder=recorder, sync=sync
        ),
        sync=sync,
    )
