"""Where the key is, how it moves, and how everything is erased."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.processes import Server


def test_the_vault_is_told_and_changed(
    alice: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert alice("vault", "status", "--json").doc["vault"] == "passphrase"
    reader, writer = os.pipe()
    os.write(writer, b"another one entirely\n")
    os.close(writer)
    said = alice("vault", "change", "--new-passphrase-fd", str(reader), "--json")
    assert (said.exit, said.doc["changed"]) == (0, True)
    locked = alice("account", "list", "--json")
    assert (locked.exit, locked.doc["error"]) == (2, "vault_locked")
    (tmp_path / "passphrase").write_text("another one entirely")
    assert alice("account", "list", "--json").exit == 0


def test_a_vault_is_never_swapped_silently(alice: Command) -> None:
    said = alice("account", "list", "--vault", "keyring", "--json")
    assert (said.exit, said.doc["error"]) == (2, "other_vault")


def test_the_session_vault_is_not_for_commands(command: Command) -> None:
    said = command("mute", "bob", "--vault", "session", "--json")
    assert (said.exit, said.doc["error"]) == (2, "session_vault")


def test_without_a_keyring_the_choices_are_named(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    said = command("account", "list", "--json")
    assert (said.exit, said.doc["error"]) == (2, "choose_vault")
    assert said.doc["choices"] == ["keyring", "passphrase"]


def test_a_passphrase_file_that_others_can_read_is_refused(
    command: Command, tmp_path: Path
) -> None:
    (tmp_path / "passphrase").chmod(0o644)
    said = command("account", "list", "--vault", "passphrase", "--json")
    assert (said.exit, said.doc["error"]) == (2, "passphrase_file")


def test_erasing_takes_the_key_and_the_files(
    alice: Command, server: Server, profile: Path
) -> None:
    asked = alice("erase", "--json")
    assert (asked.exit, asked.doc["error"]) == (2, "erase_needs_yes")
    assert (profile / "store.db").exists()
    said = alice("erase", "--yes", "--json")
    assert (said.exit, said.doc["servers"]) == (0, [server.url])
    assert {each.name for each in profile.iterdir()} <= {"owner.lock"}


def test_a_profile_that_cannot_be_opened_can_still_be_erased(
    alice: Command, profile: Path, tmp_path: Path
) -> None:
    (tmp_path / "passphrase").write_text("forgotten")
    assert alice("account", "list").exit == 2
    assert alice("erase", "--yes", "--json").exit == 0
    assert not (profile / "store.db").exists()
