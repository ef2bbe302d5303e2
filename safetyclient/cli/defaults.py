"""What holds for options that were not typed; importing it costs nothing."""

from __future__ import annotations

from argparse import Namespace
from typing import Final

WAIT: Final = 20.0
"""Seconds that a command waits for the server."""
DEFAULTS: Final[dict[str, object]] = {
    "profile": "",
    "vault": "",
    "account": "",
    "json": False,
    "offline": False,
    "wait": WAIT,
    "passphrase_fd": -1,
}


def fill(args: Namespace) -> Namespace:
    """Give every common option that was not typed its default."""
    for name, default in DEFAULTS.items():
        if not hasattr(args, name):
            setattr(args, name, default)
    return args


def nothing_typed() -> Namespace:
    """Return what the bare command asks for: the window."""
    return fill(Namespace(command=""))
