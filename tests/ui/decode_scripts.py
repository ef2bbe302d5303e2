"""Stand-ins for the picture helper that do what a captured one might do.

Usage: decode_scripts.py WHAT KIND
"""

from __future__ import annotations

import os
import socket
import struct
import sys
from dataclasses import replace
from pathlib import Path

from safetyclient.ui import decode


def spin() -> None:
    """Burn the processor after the first request."""
    decode.confine(replace(decode.LIMITS["network"], cpu_seconds=1))
    decode.write_frame({"ready": True}, b"")
    os.read(0, 1)
    while True:
        pass


def once(kind: str) -> None:
    """Burn the processor the first time, be a good helper afterwards."""
    mark = Path(os.environ["ONCE"])
    if mark.exists():
        sys.exit(decode.main([kind]))
    mark.touch()
    spin()


def silent() -> None:
    """Take everything and never answer."""
    decode.write_frame({"ready": True}, b"")
    while os.read(0, 65536):
        pass


def liar(answer: bytes) -> None:
    decode.write_frame({"ready": True}, b"")
    os.read(0, 4)
    os.write(1, answer)
    while os.read(0, 65536):
        pass


def escape() -> None:
    """Try what a confined helper must not be able to do; say what worked."""
    decode.rehearse(decode.LIMITS["network"])
    decode.confine(decode.LIMITS["network"])
    worked: list[str] = []
    for name, attempt in (
        ("open", lambda: Path("/etc/passwd").read_bytes()),
        ("socket", socket.socket),
        ("pipe", os.pipe),
        ("fork", _fork),
        ("memory", lambda: bytearray(2 * decode.LIMITS["network"].room)),
        ("limit", _lift),
    ):
        try:
            attempt()
        except (OSError, MemoryError, ValueError):
            continue
        worked.append(name)
    text = ",".join(worked).encode()
    os.write(1, text or b"nothing")


def _fork() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def _lift() -> None:
    import resource

    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, most + 61))


def frame(text: bytes, body: bytes = b"") -> bytes:
    return struct.pack("<I", len(text)) + text + body


def main(what: str, kind: str) -> None:
    liars = {
        "huge": struct.pack("<I", 1 << 30),
        "words": frame(b"text"),
        "none": frame(b"null"),
        "rich": frame(b'{"error": "<img src=/dev/zero>"}'),
        "sizes": frame(b'{"width": 99999, "height": 12}'),
        "twice": frame(b'{"ready": true}'),
        "both": frame(b'{"error": "type"}') + frame(b'{"ready": true}'),
        "flood": frame(b'{"width": 1, "height": 900}', bytes(1 << 25)),
    }
    if what in liars:
        liar(liars[what])
    elif what == "once":
        once(kind)
    else:
        {"spin": spin, "silent": silent, "escape": escape}[what]()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
