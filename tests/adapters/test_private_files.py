"""D1, D2 and D5: other accounts read nothing, and memory does not leave a process."""

from __future__ import annotations

import asyncio
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from safetyclient.adapters.owner import LOCK_FILE, Message, Owner
from safetyclient.adapters.spool import EncryptedSpool
from safetyclient.adapters.store import Store
from safetyclient.adapters.vault.keyrings import SystemKeyring
from safetyclient.adapters.vault.vault import Vault
from safetyclient.domain.vaults import VaultKind
from tests.adapters.vault.fakes import FakeBackend, FakeBackends
from tests.domain import pictures as p

ROOT = Path(__file__).parents[2]
NOBODY = 65534
EXPECTED = {"vault.json", LOCK_FILE, "store.db", "store.db-wal", "spool", "kept", "s"}
CANARY = b"CANARY-OF-A-PRIVATE-PICTURE"


def as_nobody() -> list[str]:
    """Return the words before a command that make it an unprivileged one."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    setpriv = shutil.which("setpriv")
    assert setpriv is not None
    return [setpriv, f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Return a folder that everybody can enter, under the usual umask."""
    old = os.umask(0o022)
    try:
        with tempfile.TemporaryDirectory(prefix="sc") as name:
            Path(name).chmod(0o755)
            yield Path(name)
    finally:
        os.umask(old)


def lived_in(profile: Path) -> list[Path]:
    """Live through a whole scenario; return the folders it left, still in use."""
    keyring = SystemKeyring(backends=FakeBackends(FakeBackend()))
    picture = profile.parent / "picked.jpg"
    picture.write_bytes(p.jpeg(p.segment(0xFE, CANARY)))
    clip = profile.parent / "picked.mp4"
    clip.write_bytes(p.MP4 + CANARY * 10_000)

    async def echo(request: Message) -> Message:
        return request

    async def scenario() -> list[Path]:
        vault = Vault(keyring=keyring)
        owner = Owner.take(profile)
        assert owner is not None
        await owner.serve(echo)
        key = await vault.create(profile, VaultKind.KEYRING)
        await vault.change(profile, VaultKind.PASSPHRASE, new_passphrase="one")
        store = Store.open(profile / "store.db", key)
        store.settings.put("note", CANARY.decode())
        spool = EncryptedSpool(profile / "spool", store_key=key)
        first = await spool.keep(picture)
        await spool.keep(clip)
        await spool.keep(picture)
        spool.release(first.spool)
        sockets = [Path(folder) for folder in _folders(profile)]
        paths = [each for folder in [profile, *sockets] for each in _walk(folder)]
        check(paths)
        store.close()
        await owner.aclose()
        return [profile]

    return asyncio.run(scenario())


def _folders(profile: Path) -> list[str]:
    text = (profile / LOCK_FILE).read_text()
    return [os.path.dirname(text.split('"')[3])]


def _walk(folder: Path) -> list[Path]:
    return [folder, *sorted(folder.rglob("*"))]


def check(paths: list[Path]) -> None:
    """Assert that every folder is 0700 and everything else 0600."""
    kinds: set[str] = set()
    for path in paths:
        mode = path.lstat().st_mode
        expected = 0o700 if stat.S_ISDIR(mode) else 0o600
        assert stat.S_IMODE(mode) == expected, (path, oct(mode))
        kinds.add(path.name if path.parent.name != "spool" else "kept")
    assert kinds >= EXPECTED


def test_d1_every_file_is_private_after_a_whole_scenario(
    open_folder: Path, runtime: Path
) -> None:
    lived_in(open_folder / "profile")


READ_ALL = """
import os, sys
for folder in sys.argv[1:]:
    for base, _, names in os.walk(folder):
        for name in names:
            try:
                os.read(os.open(os.path.join(base, name), os.O_RDONLY), 1)
            except OSError:
                continue
            print(os.path.join(base, name))
    try:
        print(os.listdir(folder))
    except OSError:
        pass
"""


def test_d1_another_account_reads_nothing(open_folder: Path, runtime: Path) -> None:
    folders = lived_in(open_folder / "profile")
    words = [*as_nobody(), sys.executable, "-c", READ_ALL]
    found = subprocess.run(
        [*words, *map(str, folders)], capture_output=True, check=True, cwd="/"
    )
    assert found.stdout == b""
    # The same eyes do see what is left open.
    (open_folder / "profile").chmod(0o755)
    (open_folder / "profile" / "vault.json").chmod(0o644)
    found = subprocess.run(
        [*words, *map(str, folders)], capture_output=True, check=True, cwd="/"
    )
    assert b"vault.json" in found.stdout


def test_d2_nothing_of_a_kept_file_is_on_disk(open_folder: Path, runtime: Path) -> None:
    (profile,) = lived_in(open_folder / "profile")
    files = [path for path in profile.rglob("*") if path.is_file()]
    assert len(files) >= 4
    for path in files:
        data = path.read_bytes()
        assert CANARY not in data
        assert b"ftyp" not in data
        assert b"JFIF" not in data


PEEK = """
import os, sys
from safetyclient.adapters import hardening
mine, yours = os.pipe()
stay, leave = os.pipe()
child = os.fork()
if child == 0:
    os.close(mine)
    os.close(leave)
    hardening.no_core_dumps()
    agreed = sys.argv[1] == "leave" or hardening.unreadable()
    import resource
    none = resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)
    os.write(yours, b"1" if agreed and none else b"0")
    os.read(stay, 1)
    os._exit(0)
os.close(yours)
assert os.read(mine, 1) == b"1"
try:
    open(f"/proc/{child}/environ", "rb").read(1)
    print("readable")
except PermissionError:
    print("denied")
"""


@pytest.mark.parametrize(("how", "said"), [("harden", "denied"), ("leave", "readable")])
def test_d5_another_process_of_the_user_cannot_look_in(how: str, said: str) -> None:
    found = subprocess.run(
        [*as_nobody(), sys.executable, "-c", PEEK, how],
        capture_output=True,
        check=False,
        cwd=ROOT,
    )
    assert found.stdout.decode().strip() == said, found


CRASH = """
import os, resource, sys
from safetyclient.adapters import hardening
resource.setrlimit(resource.RLIMIT_CORE, (1 << 20, 1 << 20))
hardening.no_core_dumps()
os.abort()
"""


def test_d5_a_crash_writes_no_memory_to_disk(tmp_path: Path) -> None:
    found = subprocess.run(
        [sys.executable, "-c", CRASH],
        capture_output=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert found.returncode == -6
    assert list(tmp_path.iterdir()) == []
