"""What the reference network offers: everything, with its limits."""

from __future__ import annotations

from safetyclient.domain.capabilities import (
    Capabilities,
    Capability,
    Offer,
    Support,
)
from safetyclient.domain.changes import ChangeKind
from safetyclient.domain.media import MAX_FILE_BYTES, MAX_FILES

BULK = 500
"""Changes in one bulk write."""
PAGE = 500
"""Rows in one page."""
NOTE = 500
"""Characters of a private reason."""

_LIMITS: dict[Capability, dict[str, int]] = {
    Capability.BULK_LISTS: {"bulk": BULK},
    Capability.MUTE: {"bulk": BULK},
    Capability.BLOCK: {"bulk": BULK},
    Capability.PRIVATE_REASON: {"characters": NOTE},
    Capability.PUBLISH: {
        "files": MAX_FILES,
        "file_bytes": MAX_FILE_BYTES,
        "characters": 5000,
        "description": 1500,
    },
    Capability.REPORT_POST: {"characters": 4000, "reasons": 10},
    Capability.REPORT_ACCOUNT: {"characters": 4000, "reasons": 10},
    Capability.REPORT_MEDIA: {"characters": 4000, "reasons": 10},
    Capability.REPORT_SPACE: {"characters": 4000, "reasons": 10},
    Capability.REPORT_OTHER: {"characters": 4000, "reasons": 10},
    Capability.APPEAL: {"characters": 4000},
}

CAPABILITIES = Capabilities(
    {
        capability: Offer(Support.NATIVE, limits=_LIMITS.get(capability, {}))
        for capability in Capability
    }
)
"""The table; a contract test writes and reads back every row of it."""

BULK_KINDS = frozenset({ChangeKind.MUTE, ChangeKind.BLOCK})
"""Kinds of which one request carries many."""
