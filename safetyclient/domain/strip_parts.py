"""What the four picture formats share: a careful reader, and the list of cuts."""

from __future__ import annotations

ORDER = ("exif", "xmp", "iptc", "comment", "time", "thumbnail", "other", "trailing")


class Unparsable(Exception):
    """The bytes do not follow the structure of their format."""


class Removed:
    """Collects the names of what was cut out, each once, in a fixed order."""

    def __init__(self) -> None:
        self._words: set[str] = set()

    def add(self, word: str) -> None:
        """Note that something was cut out."""
        self._words.add(word)

    def words(self) -> tuple[str, ...]:
        """Return what was cut out."""
        return tuple(word for word in ORDER if word in self._words)


class Reader:
    """Reads bytes in order and refuses to read past the end."""

    def __init__(self, data: bytes, *, start: int = 0) -> None:
        self.data = data
        self.at = start

    def take(self, size: int) -> bytes:
        """Return the next bytes."""
        end = self.at + size
        if end > len(self.data):
            raise Unparsable
        found = self.data[self.at : end]
        self.at = end
        return found

    def byte(self) -> int:
        """Return the next byte."""
        return self.take(1)[0]

    def left(self) -> int:
        """Return how many bytes are left."""
        return len(self.data) - self.at
