"""Moments: the one line in which a person says when something was said, and by whom."""

from __future__ import annotations

import re

from safetyclient.domain.errors import BadInput
from safetyclient.domain.spaces import Moment

_LINE = re.compile(
    r"(?:(?P<hours>\d{1,3}):)?(?P<minutes>\d{1,3}):(?P<seconds>[0-5]\d)"
    r"(?:\s+@(?P<who>[^\s:]{1,64}):?)?(?:\s+(?P<quote>.{1,500}))?",
    re.DOTALL,
)
_MOST_SECONDS = 604_800


def parse_moment(text: str) -> Moment:
    """Return the moment of a line like `1:02:30 @name: the words`.

    Raises:
        BadInput: field `moments`, when the line has no time or is too long.
    """
    found = _LINE.fullmatch(text.strip())
    if found is None:
        raise BadInput(field="moments", reason="moment")
    seconds = (int(found["hours"] or 0) * 60 + int(found["minutes"])) * 60
    seconds += int(found["seconds"])
    if seconds > _MOST_SECONDS:
        raise BadInput(field="moments", reason="moment")
    return Moment(
        seconds=seconds,
        quote=(found["quote"] or "").strip(),
        who=found["who"] or "",
    )


def moment_line(moment: Moment) -> str:
    """Return the line of a moment; `parse_moment` reads it back."""
    minutes, seconds = divmod(moment.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    start = f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
    who = f" @{moment.who}:" if moment.who else ""
    return f"{start}{who} {moment.quote}".rstrip()
