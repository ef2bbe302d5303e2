"""`vault.json`: what a profile remembers about its key; nothing in it is secret."""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from safetyclient.adapters.files import (
    create_private,
    private_folder,
    store_errors,
    sync_file,
    sync_folder,
)
from safetyclient.adapters.vault.wrap import Wrap
from safetyclient.domain.errors import (
    StoreTooNew,
    StoreTrouble,
    VaultMissing,
    VaultTrouble,
)
from safetyclient.domain.vaults import VaultKind

FILE = "vault.json"
VERSION = 1
_MOST_BYTES = 16 * 1024


@dataclass(frozen=True, slots=True)
class Record:
    """Which vault a profile uses.

    `check` is a keyed hash made with the key: it shows that a key is the right one
    and says nothing about it. `stale` names a keyring program that still has to
    give up an older copy of the key.
    """

    kind: VaultKind
    profile: str
    check: str
    backend: str = ""
    wrap: Wrap | None = None
    stale: str = ""

    def fits(self, key: bytes) -> bool:
        """Return whether a key is the one of this profile."""
        return hmac.compare_digest(self.check, check_of(key))


def check_of(key: bytes) -> str:
    """Return the keyed hash by which a key is known again."""
    return hmac.digest(key, b"safetyclient vault check", "sha256")[:16].hex()


def read(folder: Path) -> Record | None:
    """Return the record of a profile; None when it has none yet.

    Raises:
        VaultMissing: there is one that says nothing usable.
        StoreTooNew: a newer version wrote it.
    """
    with store_errors():
        try:
            with (folder / FILE).open("rb") as file:
                data = file.read(_MOST_BYTES)
        except FileNotFoundError:
            return None
    try:
        return _parse(cast("dict[str, Any]", json.loads(data)))
    except (VaultTrouble, StoreTrouble):
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise VaultMissing(why="record") from None


def write(folder: Path, record: Record) -> None:
    """Put a record in the place of the older one; it is on disk when this returns."""
    wrap = record.wrap
    data: dict[str, object] = {
        "version": VERSION,
        "kind": record.kind.value,
        "profile": record.profile,
        "check": record.check,
        "backend": record.backend,
        "stale": record.stale,
    }
    if wrap is not None:
        data["wrap"] = {
            "kdf": "argon2id",
            "cipher": "chacha20-poly1305",
            "salt": wrap.salt.hex(),
            "nonce": wrap.nonce.hex(),
            "sealed": wrap.sealed.hex(),
            "memory_kib": wrap.memory_kib,
            "rounds": wrap.rounds,
            "lanes": wrap.lanes,
        }
    part = folder / f"{FILE}.part"
    with store_errors():
        private_folder(folder)
        part.unlink(missing_ok=True)
        with create_private(part) as file:
            file.write(json.dumps(data, indent=1).encode())
            sync_file(file)
        part.replace(folder / FILE)
        sync_folder(folder)


def remove(folder: Path) -> None:
    """Remove the record; a missing one is fine."""
    with store_errors():
        (folder / FILE).unlink(missing_ok=True)
        sync_folder(folder)


def _parse(data: dict[str, Any]) -> Record:
    version = data["version"]
    if type(version) is not int or version < 1:
        raise ValueError
    if version > VERSION:
        raise StoreTooNew
    wrap = data.get("wrap")
    record = Record(
        kind=VaultKind(data["kind"]),
        profile=_text(data["profile"]),
        check=_text(data["check"]),
        backend=_text(data.get("backend", "")),
        wrap=None if wrap is None else _parse_wrap(cast("dict[str, Any]", wrap)),
        stale=_text(data.get("stale", "")),
    )
    whole = {
        VaultKind.KEYRING: bool(record.backend),
        VaultKind.PASSPHRASE: record.wrap is not None,
        VaultKind.SESSION: False,
    }
    if not whole[record.kind]:
        raise ValueError
    return record


def _parse_wrap(data: dict[str, Any]) -> Wrap:
    return Wrap(
        salt=bytes.fromhex(data["salt"]),
        nonce=bytes.fromhex(data["nonce"]),
        sealed=bytes.fromhex(data["sealed"]),
        memory_kib=int(data["memory_kib"]),
        rounds=int(data["rounds"]),
        lanes=int(data["lanes"]),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
