"""People: somebody else's accounts, handle grammar, and names that cannot fool."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from safetyclient.domain.errors import BadInput
from safetyclient.domain.ids import PersonId, PersonRef

_HANDLE = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{0,61}[a-z0-9_])?")
_FSI, _PDI = "\u2068", "\u2069"
# Shown as nothing or as a space, yet not in the Unicode categories C* and Z*:
# Hangul fillers, the braille blank, the combining grapheme joiner.
_BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
_MAX_MARKS = 2
_MAX_NAME = 80


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody else's account as a network describes it; all text is foreign."""

    id: PersonId
    handle: str
    name: str = ""
    bio: str = ""
    protected: bool = False
    follows_me: bool = False
    followed: bool = False

    @property
    def ref(self) -> PersonRef:
        """Return the reference to this person."""
        return PersonRef(id=self.id, handle=self.handle)


def parse_handle(text: str) -> str:
    """Return a handle in its one spelling: lower case, no leading `@`.

    Raises:
        BadInput: field `handle`, when the text cannot be a handle.
    """
    handle = text.strip().removeprefix("@").casefold()
    if not _HANDLE.fullmatch(handle):
        raise BadInput(field="handle", reason="handle")
    return handle


def display_name(text: str) -> str:
    """Return a foreign name that can only be read as what it is.

    Controls, line breaks, direction marks, fillers and piles of combining marks
    are removed, the length is capped, and the rest is wrapped in a first strong
    isolate so that it cannot reorder what stands beside it.
    """
    kept: list[str] = []
    marks = 0
    for char in text[: _MAX_NAME * 8]:
        category = unicodedata.category(char)
        if category[0] == "C" or category in {"Zl", "Zp"} or char in _BLANKS:
            continue
        if category in {"Mn", "Me"}:
            marks += 1
            if marks > _MAX_MARKS or 0xFE00 <= ord(char) <= 0xFE0F:
                continue
        else:
            marks = 0
        kept.append(char)
        if len(kept) >= _MAX_NAME:
            kept.append("…")
            break
    plain = " ".join("".join(kept).split())
    return f"{_FSI}{plain}{_PDI}" if plain else ""


def mixed_scripts(text: str) -> bool:
    """Return whether letters of several alphabets that look alike are mixed."""
    scripts = {
        unicodedata.name(char, "").split(" ", 1)[0] for char in text if char.isalpha()
    }
    return len(scripts & {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"}) > 1
