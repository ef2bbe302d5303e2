"""D6 against a real Secret Service, in all seven states that people meet."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest
import secretstorage

from safetyclient.adapters.vault import record
from safetyclient.adapters.vault.backends import SECRET_SERVICE
from safetyclient.adapters.vault.keyrings import SERVICE
from safetyclient.adapters.vault.vault import Vault
from safetyclient.domain.errors import (
    SafetyError,
    VaultLocked,
    VaultMissing,
    VaultRefused,
)
from safetyclient.domain.vaults import KeyringState, VaultKind
from tests.keyring.conftest import ROOT, Bus, tool

pytestmark = [
    pytest.mark.keyring,
    # The keyring library leaves its connection open when a collection is locked.
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
T = TypeVar("T")
NULL = "keyring.backends.null.Keyring"


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


def state() -> KeyringState:
    return run(Vault().keyring_state())


def refuses(profile: Path, error: type[SafetyError]) -> None:
    """A new profile is not made, an old one is not replaced."""
    before = {path: path.read_bytes() for path in profile.iterdir()}
    vault = Vault()
    if before:
        with pytest.raises(error):
            run(vault.open(profile))
    else:
        with pytest.raises(error):
            run(vault.create(profile, VaultKind.KEYRING))
    assert {path: path.read_bytes() for path in profile.iterdir()} == before


def lock() -> None:
    connection = secretstorage.dbus_init()
    try:
        collection = secretstorage.get_default_collection(connection)
        collection.lock()
        assert collection.is_locked()
    finally:
        connection.close()


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    folder = tmp_path / "profile"
    folder.mkdir(mode=0o700)
    return folder


def test_d6_unlocked_keeps_the_key_and_gives_it_back(
    given_bus: str, profile: Path
) -> None:
    assert state() is KeyringState.READY
    assert run(Vault().usable_keyring())
    key = run(Vault().create(profile, VaultKind.KEYRING))
    assert run(Vault().open(profile)) == key
    assert run(Vault().status(profile)).backend == SECRET_SERVICE
    entry = record.read(profile)
    assert entry is not None
    words = [tool("secret-tool"), "lookup", "service", SERVICE, "username"]
    found = subprocess.run([*words, entry.profile], capture_output=True, check=True)
    assert bytes.fromhex(found.stdout.decode()) == key
    run(Vault().change(profile, VaultKind.PASSPHRASE, new_passphrase="one"))
    gone = subprocess.run([*words, entry.profile], capture_output=True, check=False)
    assert gone.stdout == b""
    assert run(Vault().open(profile, passphrase="one")) == key
    run(Vault().change(profile, VaultKind.KEYRING, passphrase="one"))
    assert run(Vault().open(profile)) == key
    run(Vault().erase(profile))
    gone = subprocess.run([*words, entry.profile], capture_output=True, check=False)
    assert gone.stdout == b""
    assert list(profile.iterdir()) == []


def test_d6_locked_in_mid_session(bus: Bus, profile: Path) -> None:
    bus.service(unlock=True)
    key = run(Vault().create(profile, VaultKind.KEYRING))
    assert run(Vault().open(profile)) == key
    lock()
    assert state() is KeyringState.LOCKED
    refuses(profile, VaultLocked)
    with pytest.raises(VaultLocked):
        run(Vault().erase(profile))
    assert record.read(profile) is not None


def test_d6_locked_before_a_first_profile(bus: Bus, profile: Path) -> None:
    bus.service(unlock=True)
    lock()
    assert run(Vault().usable_keyring())  # the person only has to unlock it
    refuses(profile, VaultLocked)


def test_d6_no_collection(bus: Bus, profile: Path) -> None:
    bus.service(unlock=False)
    assert state() is KeyringState.MISSING
    assert not run(Vault().usable_keyring())
    refuses(profile, VaultMissing)


@pytest.mark.parametrize("address", [None, "unix:path=/nowhere/bus"])
def test_d6_none(
    bus: Bus, profile: Path, monkeypatch: pytest.MonkeyPatch, address: str | None
) -> None:
    bus.service(unlock=True)
    key = run(Vault().create(profile, VaultKind.KEYRING))
    there = os.environ["DBUS_SESSION_BUS_ADDRESS"]
    if address is None:
        monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS")
    else:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    assert state() is KeyringState.MISSING
    assert not run(Vault().usable_keyring())
    refuses(profile, VaultMissing)
    fresh = profile.parent / "fresh"
    fresh.mkdir()
    refuses(fresh, VaultMissing)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", there)
    assert run(Vault().open(profile)) == key


SILENT = """
import asyncio, sys, time
from pathlib import Path
from safetyclient.adapters.vault.vault import Vault
from safetyclient.domain.errors import VaultLocked
from safetyclient.domain.vaults import VaultKind
began = time.monotonic()
try:
    asyncio.run(Vault().create(Path(sys.argv[1]), VaultKind.KEYRING))
except VaultLocked:
    print(time.monotonic() - began)
"""


def test_d6_silent_is_given_up_after_three_seconds_and_the_program_ends(
    bus: Bus, profile: Path
) -> None:
    bus.silent()
    began = time.monotonic()
    found = subprocess.run(
        [sys.executable, "-c", SILENT, str(profile)],
        capture_output=True,
        timeout=30,
        check=True,
        cwd=ROOT,
    )
    whole = time.monotonic() - began
    assert 2.9 < float(found.stdout) < 4
    assert whole < float(found.stdout) + 2
    assert list(profile.iterdir()) == []
    assert state() is KeyringState.SILENT
    assert not run(Vault().usable_keyring())


@pytest.mark.parametrize("where", ["environment", "configuration"])
def test_d6_null_is_refused(
    bus: Bus, profile: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    bus.service(unlock=True)
    assert state() is KeyringState.READY
    if where == "environment":
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", NULL)
    else:
        folder = bus.home / "config" / "python_keyring"
        folder.mkdir()
        text = f"[backend]\ndefault-keyring={NULL}\n"
        (folder / "keyringrc.cfg").write_text(text)
    assert state() is KeyringState.REFUSED
    assert not run(Vault().usable_keyring())
    refuses(profile, VaultRefused)


@pytest.mark.parametrize(
    "name",
    [
        "keyring.backends.fail.Keyring",
        "keyrings.alt.file.PlaintextKeyring",
        "keyring.backends.libsecret.Keyring",
        "nonsense",
    ],
)
def test_d6_other_programs_are_refused(
    bus: Bus, profile: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    bus.service(unlock=True)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", name)
    refuses(profile, VaultRefused)


@pytest.mark.parametrize(
    "name", [SECRET_SERVICE, "keyring.backends.chainer.ChainerBackend"]
)
def test_d6_a_good_choice_in_the_environment_is_followed(
    bus: Bus, profile: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    bus.service(unlock=True)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", name)
    key = run(Vault().create(profile, VaultKind.KEYRING))
    assert run(Vault().open(profile)) == key
    assert run(Vault().status(profile)).backend == SECRET_SERVICE


def test_d6_killed_service_comes_back_locked(bus: Bus, profile: Path) -> None:
    daemon = bus.service(unlock=True)
    run(Vault().create(profile, VaultKind.KEYRING))
    daemon.kill()
    daemon.wait()
    refuses(profile, VaultLocked)
    assert state() is KeyringState.LOCKED
