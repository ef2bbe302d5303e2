"""Which keyring programs are taken, told without any of them running."""

from __future__ import annotations

import importlib
import sys
import types
from pathlib import Path

import pytest

from safetyclient.adapters.vault import backends
from safetyclient.adapters.vault.backends import WHITELIST, SystemBackends
from safetyclient.domain.errors import VaultMissing, VaultRefused
from safetyclient.domain.vaults import KeyringState
from tests.adapters.vault.fakes import FakeBackend

WINDOWS = "keyring.backends.Windows.WinVaultKeyring"
KWALLET = "keyring.backends.kwallet.DBusKeyring"


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, bool]:
    """Put stand-ins in the place of every program; the dict says which work."""
    works: dict[str, bool] = {}
    for name in WHITELIST:
        works[name] = False
        module, _, attribute = name.rpartition(".")
        stand_in = types.ModuleType(module)
        setattr(stand_in, attribute, StandIn(works, name))
        monkeypatch.setitem(sys.modules, module, stand_in)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND", raising=False)
    return works


class StandIn:
    """A class whose `viable` changes, as the library's does."""

    def __init__(self, works: dict[str, bool], name: str) -> None:
        self.works = works
        self.name = name

    @property
    def viable(self) -> bool:
        return self.works[self.name]

    def __call__(self) -> FakeBackend:
        return FakeBackend()


def test_d6_first_program_of_the_list_that_works(there: dict[str, bool]) -> None:
    there[WINDOWS] = True
    assert SystemBackends().pick()[0] == WINDOWS
    there[KWALLET] = True
    assert SystemBackends().pick()[0] == KWALLET
    assert SystemBackends().state() is KeyringState.READY


def test_d6_no_program_works(there: dict[str, bool]) -> None:
    with pytest.raises(VaultMissing):
        SystemBackends().pick()
    with pytest.raises(VaultMissing):
        SystemBackends().named(WINDOWS)
    assert SystemBackends().state() is KeyringState.MISSING


@pytest.mark.parametrize(
    "name",
    [
        "keyring.backends.null.Keyring",
        "keyring.backends.fail.Keyring",
        "keyrings.alt.file.PlaintextKeyring",
        "keyrings.alt.file.EncryptedKeyring",
        "keyring.backends.libsecret.Keyring",
        "",
    ],
)
def test_d6_only_the_list_counts(there: dict[str, bool], name: str) -> None:
    there[WINDOWS] = True
    with pytest.raises(VaultRefused):
        SystemBackends().named(name)


def test_d6_environment_and_configuration_may_choose_from_the_list(
    there: dict[str, bool], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    there[KWALLET] = there[WINDOWS] = True
    folder = tmp_path / "python_keyring"
    folder.mkdir()
    config = folder / "keyringrc.cfg"
    config.write_text(f"[backend]\ndefault-keyring = {WINDOWS}\n")
    assert SystemBackends().pick()[0] == WINDOWS
    config.write_text("[backend]\ndefault-keyring=keyring.backends.null.Keyring\n")
    assert SystemBackends().state() is KeyringState.REFUSED
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", WINDOWS)
    assert SystemBackends().pick()[0] == WINDOWS
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
    for nothing in ("no section", "[backend]\n", "[other]\na=1\n"):
        config.write_text(nothing)
        assert SystemBackends().pick()[0] == KWALLET
    config.write_bytes(b"[backend]\n\xff\xfe")
    assert SystemBackends().pick()[0] == KWALLET


def test_d6_a_chain_of_bad_programs_only_is_missing(
    there: dict[str, bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", backends.CHAINER)
    with pytest.raises(VaultMissing):
        SystemBackends().pick()
    there[WINDOWS] = True
    assert SystemBackends().pick()[0] == WINDOWS


def test_d6_a_program_that_cannot_be_loaded_is_passed_over(
    there: dict[str, bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    there[WINDOWS] = True
    monkeypatch.setitem(sys.modules, "keyring.backends.macOS", None)
    broken = types.ModuleType("keyring.backends.kwallet")
    monkeypatch.setitem(sys.modules, "keyring.backends.kwallet", broken)
    assert SystemBackends().pick()[0] == WINDOWS


def test_d6_names_of_the_list_are_the_librarys_own() -> None:
    for name in WHITELIST:
        module, _, attribute = name.rpartition(".")
        if "macOS" in module and sys.platform != "darwin":
            continue
        assert hasattr(importlib.import_module(module), attribute)
