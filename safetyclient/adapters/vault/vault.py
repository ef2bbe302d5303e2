"""The key of a profile's store: made once, kept in one place, never in plain text."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from safetyclient.adapters.vault import record
from safetyclient.adapters.vault.keyrings import KEY_BYTES, SystemKeyring
from safetyclient.adapters.vault.record import Record
from safetyclient.adapters.vault.wrap import unwrap, wrap
from safetyclient.domain.errors import BadInput, SafetyError, VaultLocked, VaultMissing
from safetyclient.domain.vaults import KeyringState, VaultKind, VaultStatus


class Vault:
    """Makes, opens, moves and erases the 32-byte key of a profile.

    A key that cannot be had is an error: nothing here makes a new one for a profile
    that has data, and no other place than the recorded one is looked into. The one
    danger: a key that is erased takes everything in the profile with it.
    """

    def __init__(self, *, keyring: SystemKeyring | None = None) -> None:
        self._keyring = keyring or SystemKeyring()
        self._session: dict[Path, bytes] = {}

    async def keyring_state(self) -> KeyringState:
        """Tell what the system keyring would do now, without a prompt."""
        return await self._keyring.state()

    async def usable_keyring(self) -> bool:
        """Return whether a first profile may go to the keyring without asking."""
        return (await self._keyring.state()).usable

    async def status(self, profile_dir: Path) -> VaultStatus:
        """Tell where the key of a profile is, without asking for it."""
        if profile_dir in self._session:
            return VaultStatus(kind=VaultKind.SESSION)
        found = record.read(profile_dir)
        if found is None:
            return VaultStatus(kind=None)
        return VaultStatus(
            kind=found.kind, backend=found.backend, leftover=bool(found.stale)
        )

    async def create(
        self, profile_dir: Path, kind: VaultKind, *, passphrase: str | None = None
    ) -> bytes:
        """Make the key of a new profile.

        Raises:
            BadInput: the profile has a key already, or a passphrase is needed.
            VaultMissing: the profile has data but no record of its key.
            VaultTrouble: the keyring cannot keep it; nothing was written.
        """
        if profile_dir in self._session or record.read(profile_dir) is not None:
            raise BadInput(field="vault", reason="vault_exists")
        if _holds_data(profile_dir):
            raise VaultMissing(why="data_without_key")
        key = os.urandom(KEY_BYTES)
        if kind is VaultKind.SESSION:
            self._session[profile_dir] = key
            return key
        made = Record(kind=kind, profile=uuid4().hex, check=record.check_of(key))
        record.write(profile_dir, await self._placed(made, key, passphrase))
        return key

    async def open(self, profile_dir: Path, *, passphrase: str | None = None) -> bytes:
        """Return the key of a profile, from the place that it was put in.

        Raises:
            BadInput: a passphrase is needed.
            VaultLocked: the keyring is locked or silent, or the passphrase is wrong.
            VaultMissing: the profile has no key, or it is no longer there.
        """
        if profile_dir in self._session:
            return self._session[profile_dir]
        found = _known(profile_dir)
        if found.kind is VaultKind.KEYRING:
            key = await self._keyring.get(found.profile, backend=found.backend)
        else:
            key = await self._unwrapped(found, passphrase)
        if not found.fits(key):
            raise VaultMissing(why="other_key")
        if found.stale:
            await self._forget_stale(profile_dir, found)
        return key

    async def change(
        self,
        profile_dir: Path,
        kind: VaultKind,
        *,
        passphrase: str | None = None,
        new_passphrase: str | None = None,
    ) -> None:
        """Move the same key to another place, or wrap it by a new passphrase.

        The new place is written and read back before the old one is given up; what
        could not be taken out of the keyring is reported by `status`.
        """
        if profile_dir in self._session or kind is VaultKind.SESSION:
            raise BadInput(field="vault", reason="vault_session")
        found = _known(profile_dir)
        if found.kind is kind is VaultKind.KEYRING:
            raise BadInput(field="vault", reason="vault_same")
        key = await self.open(profile_dir, passphrase=passphrase)
        found = _known(profile_dir)
        base = Record(kind=kind, profile=found.profile, check=found.check)
        moved = await self._placed(base, key, new_passphrase)
        if kind is VaultKind.PASSPHRASE:
            moved = replace(moved, stale=found.backend or found.stale)
        record.write(profile_dir, moved)
        if moved.stale:
            await self._forget_stale(profile_dir, moved)

    async def erase(self, profile_dir: Path) -> None:
        """Destroy the key of a profile: without it, its files are noise.

        Raises:
            VaultTrouble: the keyring still has it (locked, silent); nothing changed.
        """
        self._session.pop(profile_dir, None)
        found = record.read(profile_dir)
        if found is None:
            return
        for backend in {found.backend, found.stale} - {""}:
            await self._keyring.delete(found.profile, backend=backend)
        record.remove(profile_dir)

    async def _placed(self, base: Record, key: bytes, passphrase: str | None) -> Record:
        if base.kind is VaultKind.KEYRING:
            backend = await self._keyring.put(base.profile, key)
            return replace(base, backend=backend)
        if not passphrase:
            raise BadInput(field="passphrase", reason="passphrase_empty")
        wrapped = await wrap(key, passphrase=passphrase, profile=base.profile)
        return replace(base, wrap=wrapped)

    async def _unwrapped(self, found: Record, passphrase: str | None) -> bytes:
        if found.wrap is None:
            raise VaultMissing(why="record")
        if not passphrase:
            raise VaultLocked(passphrase=1)
        return await unwrap(found.wrap, passphrase=passphrase, profile=found.profile)

    async def _forget_stale(self, profile_dir: Path, found: Record) -> None:
        try:
            await self._keyring.delete(found.profile, backend=found.stale)
        except SafetyError:
            return  # `status` says so, and the next opening tries again
        record.write(profile_dir, replace(found, stale=""))


def _known(profile_dir: Path) -> Record:
    found = record.read(profile_dir)
    if found is None:
        raise VaultMissing(why="no_record")
    return found


def _holds_data(profile_dir: Path) -> bool:
    """Return whether a profile has a store or kept files."""
    patterns = ("*.db", "*.db-wal", "*.sqlite", "*.sqlite3", "spool/*")
    return any(next(profile_dir.glob(each), None) for each in patterns)
