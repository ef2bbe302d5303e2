"""The vault: one key, one place, no silent second choice."""

from __future__ import annotations

import asyncio
import json
import stat
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from keyring.errors import InitError, KeyringError, NoKeyringError, PasswordDeleteError

from safetyclient.adapters.vault import record
from safetyclient.adapters.vault.keyrings import SERVICE, SystemKeyring
from safetyclient.adapters.vault.vault import Vault
from safetyclient.adapters.vault.wrap import Wrap
from safetyclient.domain.errors import (
    BadInput,
    SafetyError,
    StoreTooNew,
    StoreTrouble,
    VaultLocked,
    VaultMissing,
    VaultRefused,
)
from safetyclient.domain.vaults import KeyringState, VaultKind
from tests.adapters.vault.fakes import NAME, FakeBackend, FakeBackends

KEYRING, PASSPHRASE, SESSION = (
    VaultKind.KEYRING,
    VaultKind.PASSPHRASE,
    VaultKind.SESSION,
)


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


def vault_on(backend: FakeBackend | None, *, patience: float = 3.0) -> Vault:
    ring = SystemKeyring(backends=FakeBackends(backend), patience=patience)
    return Vault(keyring=ring)


def test_d6_keyring_keeps_one_small_entry_and_gives_it_back(tmp_path: Path) -> None:
    backend = FakeBackend()
    vault = vault_on(backend)
    key = run(vault.create(tmp_path, KEYRING))
    assert len(key) == 32
    assert run(vault_on(backend).open(tmp_path)) == key
    (entry,) = backend.entries.items()
    assert entry[0][0] == SERVICE
    assert len(entry[1].encode("utf-16-le")) == 128
    status = run(vault.status(tmp_path))
    assert (status.kind, status.backend, status.leftover) == (KEYRING, NAME, False)


def test_d6_windows_limit_would_refuse_more_than_a_key() -> None:
    backend = FakeBackend()
    ring = SystemKeyring(backends=FakeBackends(backend))
    with pytest.raises(VaultRefused):
        run(ring.put("entry", bytes(641)))  # 1,282 characters, 2,564 bytes
    assert run(ring.put("entry", bytes(640))) == NAME


def test_d6_a_keyring_that_stores_nothing_is_refused(tmp_path: Path) -> None:
    backend = FakeBackend()
    backend.forgetful = True
    with pytest.raises(VaultRefused):
        run(vault_on(backend).create(tmp_path, KEYRING))
    assert not (tmp_path / record.FILE).exists()


@pytest.mark.parametrize(
    ("raised", "ours"),
    [
        (NoKeyringError(), VaultMissing),
        (InitError(), VaultMissing),
        (PasswordDeleteError(), VaultRefused),
        (KeyringError(), VaultLocked),
        (TimeoutError(), VaultLocked),
        (OSError(), VaultMissing),
        (RuntimeError(), VaultMissing),
    ],
)
def test_d6_errors_of_keyring_programs_become_ours(
    tmp_path: Path, raised: Exception, ours: type[SafetyError]
) -> None:
    backend = FakeBackend()
    vault = vault_on(backend)
    run(vault.create(tmp_path, KEYRING))
    backend.error = raised
    with pytest.raises(ours):
        run(vault.open(tmp_path))


def test_d6_locked_is_locked_and_nothing_is_replaced(tmp_path: Path) -> None:
    backend = FakeBackend()
    vault = vault_on(backend)
    key = run(vault.create(tmp_path, KEYRING))
    backend.locked = True
    before = (tmp_path / record.FILE).read_bytes()
    with pytest.raises(VaultLocked):
        run(vault.open(tmp_path, passphrase="x"))
    with pytest.raises(BadInput):
        run(vault.create(tmp_path, PASSPHRASE, passphrase="x"))
    assert (tmp_path / record.FILE).read_bytes() == before
    backend.locked = False
    assert run(vault.open(tmp_path)) == key


def test_d6_only_the_recorded_program_is_asked(tmp_path: Path) -> None:
    backends = FakeBackends(FakeBackend())
    vault = Vault(keyring=SystemKeyring(backends=backends))
    run(vault.create(tmp_path, KEYRING))
    run(vault.open(tmp_path))
    assert backends.asked == [NAME]


@pytest.mark.parametrize("text", [None, "zz", "00", "11" * 32])
def test_d6_a_key_that_is_gone_or_another_is_missing(
    tmp_path: Path, text: str | None
) -> None:
    backend = FakeBackend()
    vault = vault_on(backend)
    run(vault.create(tmp_path, KEYRING))
    (name,) = backend.entries
    if text is None:
        backend.entries.clear()
    else:
        backend.entries[name] = text
    with pytest.raises(VaultMissing):
        run(vault.open(tmp_path))


def test_d6_silent_keyring_is_left_behind_and_cleans_up(tmp_path: Path) -> None:
    backend = FakeBackend()
    backend.hold = threading.Event()
    vault = vault_on(backend, patience=0.05)
    with pytest.raises(VaultLocked):
        run(vault.create(tmp_path, KEYRING))
    assert not (tmp_path / record.FILE).exists()
    assert run(vault.keyring_state()) is KeyringState.SILENT
    assert not run(vault.usable_keyring())
    left = [each for each in threading.enumerate() if each.name == "vault"]
    assert left
    assert all(each.daemon for each in left)
    backend.hold.set()
    for each in left:
        each.join(5)
    assert backend.entries == {}  # the late write took itself back


def test_d6_state_without_a_prompt() -> None:
    assert run(vault_on(FakeBackend()).usable_keyring())
    broken = FakeBackend()
    broken.error = OSError()
    assert run(vault_on(broken).keyring_state()) is KeyringState.MISSING


def test_d4_passphrase_wraps_a_random_key(tmp_path: Path) -> None:
    vault = vault_on(None)
    key = run(vault.create(tmp_path, PASSPHRASE, passphrase="pa\u00e9"))
    assert run(vault_on(None).open(tmp_path, passphrase="pae\u0301")) == key
    for wrong in ("pae", "pa\u00e9 ", None, ""):
        with pytest.raises(VaultLocked):
            run(vault.open(tmp_path, passphrase=wrong))
    data = json.loads((tmp_path / record.FILE).read_text())["wrap"]
    assert (data["memory_kib"], data["rounds"], data["lanes"]) == (65536, 3, 1)
    assert key.hex() not in (tmp_path / record.FILE).read_text()


@pytest.mark.parametrize("passphrase", [None, ""])
def test_d4_a_passphrase_is_asked_for(tmp_path: Path, passphrase: str | None) -> None:
    with pytest.raises(BadInput) as problem:
        run(vault_on(None).create(tmp_path, PASSPHRASE, passphrase=passphrase))
    assert problem.value.field == "passphrase"
    assert list(tmp_path.iterdir()) == []


def test_d4_wrap_belongs_to_its_profile(tmp_path: Path) -> None:
    vault = vault_on(None)
    run(vault.create(tmp_path, PASSPHRASE, passphrase="one"))
    edit(tmp_path, lambda data: data.update(profile="0" * 32))
    with pytest.raises(VaultLocked):
        run(vault.open(tmp_path, passphrase="one"))


def edit(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    data = json.loads((folder / record.FILE).read_text())
    change(data)
    (folder / record.FILE).write_text(json.dumps(data))


def test_session_key_lives_in_memory_only(tmp_path: Path) -> None:
    vault = vault_on(None)
    key = run(vault.create(tmp_path, SESSION))
    assert run(vault.open(tmp_path)) == key
    assert run(vault.status(tmp_path)).kind is SESSION
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(BadInput):
        run(vault.create(tmp_path, SESSION))
    with pytest.raises(BadInput):
        run(vault.change(tmp_path, PASSPHRASE, new_passphrase="x"))
    run(vault.erase(tmp_path))
    with pytest.raises(VaultMissing):
        run(vault.open(tmp_path))


def test_d6_change_moves_the_same_key_both_ways(tmp_path: Path) -> None:
    backend = FakeBackend()
    vault = vault_on(backend)
    key = run(vault.create(tmp_path, KEYRING))
    run(vault.change(tmp_path, PASSPHRASE, new_passphrase="new"))
    assert backend.entries == {}
    assert run(vault.open(tmp_path, passphrase="new")) == key
    run(vault.change(tmp_path, PASSPHRASE, passphrase="new", new_passphrase="two"))
    with pytest.raises(VaultLocked):
        run(vault.open(tmp_path, passphrase="new"))
    assert run(vault.open(tmp_path, passphrase="two")) == key
    run(vault.change(tmp_path, KEYRING, passphrase="two"))
    assert run(vault.open(tmp_path)) == key
    assert "wrap" not in json.loads((tmp_path / record.FILE).read_text())


@pytest.mark.parametrize(
    ("kind", "new"), [(KEYRING, None), (SESSION, None), (PASSPHRASE, None)]
)
def test_d6_change_that_makes_no_sense(
    tmp_path: Path, kind: VaultKind, new: str | None
) -> None:
    vault = vault_on(FakeBackend())
    key = run(vault.create(tmp_path, KEYRING))
    with pytest.raises(BadInput):
        run(vault.change(tmp_path, kind, new_passphrase=new))
    assert run(vault.open(tmp_path)) == key


def test_d6_change_says_when_the_old_copy_is_still_there(tmp_path: Path) -> None:
    backend = FakeBackend()
    vault = vault_on(backend)
    key = run(vault.create(tmp_path, KEYRING))
    backend.sticky = True
    run(vault.change(tmp_path, PASSPHRASE, new_passphrase="new"))
    assert run(vault.status(tmp_path)).leftover
    assert backend.entries
    backend.sticky = False
    assert run(vault.open(tmp_path, passphrase="new")) == key
    assert not run(vault.status(tmp_path)).leftover
    assert backend.entries == {}


def test_d4_erase_takes_the_key_first(tmp_path: Path) -> None:
    backend = FakeBackend()
    vault = vault_on(backend)
    run(vault.create(tmp_path, KEYRING))
    (tmp_path / "store.db").write_bytes(b"noise")
    backend.locked = True
    with pytest.raises(VaultLocked):
        run(vault.erase(tmp_path))
    assert (tmp_path / record.FILE).exists()
    backend.locked = False
    run(vault.erase(tmp_path))
    assert backend.entries == {}
    assert not (tmp_path / record.FILE).exists()
    run(vault.erase(tmp_path))
    run(vault.erase(tmp_path / "nowhere"))


@pytest.mark.parametrize("name", ["store.db", "store.db-wal", "spool/abc"])
def test_d6_data_without_a_key_is_never_given_a_new_one(
    tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"x")
    for kind in VaultKind:
        with pytest.raises(VaultMissing):
            run(vault_on(FakeBackend()).create(tmp_path, kind, passphrase="x"))
    assert path.read_bytes() == b"x"


def test_open_without_a_record(tmp_path: Path) -> None:
    assert run(vault_on(None).status(tmp_path)).kind is None
    with pytest.raises(VaultMissing):
        run(vault_on(None).open(tmp_path))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{",
        '{"version": 1}',
        '{"version": 0}',
        '{"version": "1"}',
        "[" * 8000,
        '{"version":1,"kind":"session","profile":"p","check":"c"}',
        '{"version":1,"kind":"keyring","profile":"p","check":"c"}',
        '{"version":1,"kind":"passphrase","profile":"p","check":"c"}',
        '{"version":1,"kind":"keyring","profile":1,"check":"c","backend":"b"}',
        '{"version":1,"kind":"passphrase","profile":"p","check":"c","wrap":[]}',
    ],
)
def test_d6_a_damaged_record_is_kept_and_never_replaced(
    tmp_path: Path, text: str
) -> None:
    (tmp_path / record.FILE).write_text(text)
    vault = vault_on(FakeBackend())
    with pytest.raises(VaultMissing):
        run(vault.open(tmp_path))
    with pytest.raises(VaultMissing):
        run(vault.create(tmp_path, KEYRING))
    assert (tmp_path / record.FILE).read_text() == text


def test_f3_record_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    vault = vault_on(FakeBackend())
    run(vault.create(tmp_path, KEYRING))
    edit(tmp_path, lambda data: data.update(version=2))
    with pytest.raises(StoreTooNew):
        run(vault.open(tmp_path))


@pytest.mark.parametrize(
    "change",
    [{"memory_kib": 2**31}, {"rounds": 0}, {"lanes": 99}, {"salt": "00"}],
)
def test_d4_hostile_parameters_are_refused_before_any_work(
    tmp_path: Path, change: dict[str, Any]
) -> None:
    vault = vault_on(None)
    run(vault.create(tmp_path, PASSPHRASE, passphrase="x"))
    edit(tmp_path, lambda data: data["wrap"].update(change))
    with pytest.raises(VaultMissing):
        run(vault.open(tmp_path, passphrase="x"))


def test_d1_record_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "profile"
    run(vault_on(None).create(folder, PASSPHRASE, passphrase="x"))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / record.FILE).stat().st_mode) == 0o600
    assert [each.name for each in folder.iterdir()] == [record.FILE]


def test_record_that_cannot_be_read_or_written(tmp_path: Path) -> None:
    folder = tmp_path / "profile"
    folder.write_text("a file")
    made = record.Record(kind=KEYRING, profile="p", check="c", backend="b")
    with pytest.raises(StoreTrouble):
        record.write(folder, made)
    with pytest.raises(StoreTrouble):
        record.read(folder)
    with pytest.raises(StoreTrouble):
        record.remove(folder)


def test_wrap_of_our_own_making_is_sound() -> None:
    Wrap(salt=bytes(16), nonce=bytes(12), sealed=bytes(48))


def test_a_kind_without_its_wrap_is_missing(tmp_path: Path) -> None:
    vault = vault_on(FakeBackend())
    run(vault.create(tmp_path, PASSPHRASE, passphrase="x"))
    edit(tmp_path, lambda data: data.pop("wrap"))
    with pytest.raises(VaultMissing):
        run(vault.open(tmp_path, passphrase="x"))
