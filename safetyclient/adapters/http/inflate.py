"""Bodies: read in pieces, inflated by us, never longer than allowed."""

from __future__ import annotations

import zlib

from safetyclient.domain.errors import BadAnswer

_GZIP = 16 + zlib.MAX_WBITS
_STEP = 64 * 1024


class Inflater:
    """Collects a body that is plain or gzip, up to a number of bytes.

    Args:
        coding: the value of `Content-Encoding`, empty when there is none.
        limit: bytes after inflating.

    Raises:
        BadAnswer: for another or a stacked coding, here and in every method.
    """

    def __init__(self, coding: str, limit: int) -> None:
        coding = coding.strip().lower()
        if coding not in {"", "identity", "gzip"}:
            raise BadAnswer(why="coding")
        self._zip = zlib.decompressobj(_GZIP) if coding == "gzip" else None
        self._limit = limit
        self._parts: list[bytes] = []
        self._size = 0

    def feed(self, data: bytes) -> None:
        """Take a piece as it came from the wire."""
        if self._zip is None:
            self._keep(data)
            return
        try:
            while data:
                if self._zip.eof:
                    raise BadAnswer(why="coding")
                self._keep(self._zip.decompress(data, _STEP))
                data = self._zip.unconsumed_tail or self._zip.unused_data
        except zlib.error:
            raise BadAnswer(why="coding") from None

    def finish(self) -> bytes:
        """Return the whole body; a stream that was cut short is refused."""
        if self._zip is not None:
            try:
                while not self._zip.eof:
                    more = self._zip.decompress(b"", _STEP)
                    if not more:
                        raise BadAnswer(why="cut")
                    self._keep(more)
            except zlib.error:
                raise BadAnswer(why="coding") from None
        return b"".join(self._parts)

    def _keep(self, data: bytes) -> None:
        self._size += len(data)
        if self._size > self._limit:
            raise BadAnswer(why="size")
        self._parts.append(data)
