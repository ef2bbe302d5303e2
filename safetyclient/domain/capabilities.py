"""What a network offers: capability, support, offer; unknown is never "off"."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field


class Capability(enum.Enum):
    """One thing a person may want to do or see on a network."""

    PROTECT_ACCOUNT = "protect_account"
    FOLLOW_REQUESTS = "follow_requests"
    REMOVE_FOLLOWER = "remove_follower"
    MUTE = "mute"
    MUTE_WITH_END = "mute_with_end"
    BLOCK = "block"
    BLOCK_WITH_END = "block_with_end"
    BULK_LISTS = "bulk_lists"
    PRIVATE_REASON = "private_reason"
    PUBLISH = "publish"
    MEDIA_WARNING_PER_FILE = "media_warning_per_file"
    CHANGE_WARNING = "change_warning"
    REPORT_POST = "report_post"
    REPORT_ACCOUNT = "report_account"
    REPORT_MEDIA = "report_media"
    REPORT_SPACE = "report_space"
    REPORT_OTHER = "report_other"
    SPACES = "spaces"
    CASE_STATUS = "case_status"
    APPEAL = "appeal"


class Support(enum.Enum):
    """How far a capability goes on one network."""

    NATIVE = "native"
    EMULATED = "emulated"
    READ_ONLY = "read_only"
    HANDOFF = "handoff"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Offer:
    """Support for one capability.

    `note` is a text key that says what is different or why it is not offered;
    `limits` holds numbers by name, for instance `{"bulk": 500}`.
    """

    support: Support
    note: str = ""
    limits: Mapping[str, int] = field(default_factory=dict[str, int])

    @property
    def usable(self) -> bool:
        """Return whether the act can be done from here."""
        return self.support in {Support.NATIVE, Support.EMULATED}


UNSUPPORTED = Offer(Support.NONE, note="offer.unsupported")


@dataclass(frozen=True, slots=True)
class Capabilities:
    """All offers of one account on its network."""

    offers: Mapping[Capability, Offer]

    def offer(self, capability: Capability) -> Offer:
        """Return the offer; a capability that nobody declared is unsupported."""
        return self.offers.get(capability, UNSUPPORTED)
