"""Which keyring programs may be used: a short list, never what merely is installed."""

from __future__ import annotations

import configparser
import importlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol, cast

from safetyclient.domain.errors import VaultMissing, VaultRefused
from safetyclient.domain.vaults import KeyringState

SECRET_SERVICE = "keyring.backends.SecretService.Keyring"  # noqa: S105 - a class name
WHITELIST = (
    SECRET_SERVICE,
    "keyring.backends.kwallet.DBusKeyring",
    "keyring.backends.macOS.Keyring",
    "keyring.backends.Windows.WinVaultKeyring",
)
CHAINER = "keyring.backends.chainer.ChainerBackend"


class Backend(Protocol):
    """The three calls of a keyring program that the vault makes."""

    def get_password(self, service: str, username: str) -> str | None:
        """Return what is kept, or None."""
        ...

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep something."""
        ...

    def delete_password(self, service: str, username: str) -> None:
        """Remove something."""
        ...


class Backends(Protocol):
    """Finds keyring programs; the system's, or one of a test."""

    def pick(self) -> tuple[str, Backend]:
        """Return the name and the object of the first one that may be used."""
        ...

    def named(self, name: str) -> Backend:
        """Return the very one that a profile was made with."""
        ...

    def state(self) -> KeyringState:
        """Tell without a prompt what it would do now."""
        ...


class SystemBackends:
    """The keyring programs of this computer.

    The library's own choice is never asked for: it would take plain text files
    (`keyrings.alt`) as soon as they are installed, and `null`, which stores nothing
    and reports success. All methods block and belong into a thread of `within`.
    """

    def pick(self) -> tuple[str, Backend]:
        """Return the first program of the list that works here.

        Raises:
            VaultRefused: the environment or the keyring configuration names a
                program that is not on the list.
            VaultMissing: none works here.
        """
        asked = _asked_for()
        if asked and asked != CHAINER:
            if asked not in WHITELIST:
                raise VaultRefused(backend=asked)
            return asked, self.named(asked)
        for name, kind in _viable():
            return name, kind()
        raise VaultMissing

    def named(self, name: str) -> Backend:
        """Return one program of the list by its name, if it works here."""
        if name not in WHITELIST:
            raise VaultRefused(backend=name)
        for found, kind in _viable():
            if found == name:
                return kind()
        raise VaultMissing(backend=name)

    def state(self) -> KeyringState:
        """Tell what the keyring would do now; may block, never prompts."""
        try:
            name, _ = self.pick()
        except VaultRefused:
            return KeyringState.REFUSED
        except VaultMissing:
            return KeyringState.MISSING
        return _secret_service_state() if name == SECRET_SERVICE else KeyringState.READY


class _Kind(Protocol):
    viable: bool

    def __call__(self) -> Backend: ...


def _viable() -> Iterator[tuple[str, _Kind]]:
    for name in WHITELIST:
        module, _, attribute = name.rpartition(".")
        try:
            kind = cast(_Kind, getattr(importlib.import_module(module), attribute))
        except (ImportError, AttributeError):
            continue
        if kind.viable:
            yield name, kind


def _asked_for() -> str:
    """Return the program that the environment or the configuration names."""
    from_environment = os.environ.get("PYTHON_KEYRING_BACKEND", "").strip()
    if from_environment:
        return from_environment
    platform = importlib.import_module("keyring.util.platform_")
    path = Path(cast(str, platform.config_root())) / "keyringrc.cfg"
    parser = configparser.RawConfigParser()
    try:
        parser.read(path, encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError):
        return ""
    return parser.get("backend", "default-keyring", fallback="").strip()


def _secret_service_state() -> KeyringState:
    secretstorage = importlib.import_module("secretstorage")
    try:
        bus = secretstorage.dbus_init()
    except secretstorage.SecretStorageException:
        return KeyringState.MISSING
    try:
        # The alias, not get_default_collection: that one would ask to make one.
        collection = secretstorage.collection.get_collection_by_alias(bus, "default")
        locked = collection.is_locked()
    except secretstorage.SecretStorageException:
        return KeyringState.MISSING
    finally:
        bus.close()
    return KeyringState.LOCKED if locked else KeyringState.READY
