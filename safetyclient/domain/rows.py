"""What a person reads beside every row: how sure it is."""

from __future__ import annotations

import enum


class RowState(enum.Enum):
    """How far what a row shows has got."""

    ON_SERVER = "on_server"
    WAITING = "waiting"
    SENDING = "sending"
    REFUSED = "refused"
    UNSURE = "unsure"
