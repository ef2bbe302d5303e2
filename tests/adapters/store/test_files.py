"""The file: encrypted, private, refused when it is newer or damaged, never lost."""

from __future__ import annotations

import os
import random
import re
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import apsw
import pytest

from safetyclient.adapters.store import Store, database
from safetyclient.adapters.store.schema import MIGRATIONS
from safetyclient.domain.errors import (
    StoreDamaged,
    StoreFull,
    StoreTooNew,
    StoreTrouble,
)
from safetyclient.domain.ids import DraftId
from tests.adapters.store.kit import (
    FILE,
    KEY,
    block,
    draft,
    entry,
    handles,
    opened,
    ref,
    walk,
)
from tests.fakes.network import ALICE

CANARY = b"CANARY"


def no_key(connection: object, key: bytes) -> None:
    """Leave the file plain: the switch of these tests."""


def no_checkpoint(store: database.Database) -> None:
    """Leave the log as it is."""


def files(folder: Path) -> Iterator[Path]:
    """Yield every file of a profile."""
    yield from (path for path in folder.rglob("*") if path.is_file())


def fill(store: Store) -> None:
    """Put something of everything into a store."""
    store.mirrors.apply(ALICE, [entry(n, note=f"CANARY {n}") for n in range(200)])
    block(store, *[ref(n) for n in range(500, 600)])
    store.drafts.save(draft())
    store.settings.put("CANARY", "CANARY")


def test_d1_every_file_is_private_from_its_first_byte(tmp_path: Path) -> None:
    old = os.umask(0o022)
    try:
        store = opened(tmp_path)
        fill(store)
        profile = tmp_path / "profile"
        assert stat.S_IMODE(profile.stat().st_mode) == 0o700
        modes = {
            path.name: stat.S_IMODE(path.stat().st_mode) for path in files(profile)
        }
        assert set(modes) == {FILE, f"{FILE}-wal", f"{FILE}-shm"}
        assert set(modes.values()) == {0o600}
        store.close()
    finally:
        os.umask(old)


def test_d2_nothing_readable_is_in_any_file(tmp_path: Path) -> None:
    store = opened(tmp_path)
    fill(store)
    for path in files(tmp_path):
        data = path.read_bytes()
        assert CANARY not in data, path
        assert not data.startswith(b"SQLite format 3"), path
    store.close()
    with pytest.raises(sqlite3.DatabaseError, match="not a database"):
        sqlite3.connect(tmp_path / "profile" / FILE).execute("SELECT 1 FROM account")


def test_d2_a_plain_file_would_show_the_canary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The search above can find something: without a key it does."""
    monkeypatch.setattr(database, "unlock", no_key)
    store = opened(tmp_path)
    fill(store)
    assert any(CANARY in path.read_bytes() for path in files(tmp_path))
    store.close()


def copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Return how often a wiped draft is found in a store opened without a key."""
    monkeypatch.setattr(database, "unlock", no_key)
    store = opened(tmp_path)
    for number in range(40):
        store.drafts.save(draft(text=f"CANARY-draft {number} " * 30))
    store.drafts.save(draft("other", "kept"))
    store.drafts.wipe(DraftId("d1"))
    found = sum(
        len(re.findall(b"CANARY-draft", path.read_bytes())) for path in files(tmp_path)
    )
    assert [d.id for d in store.drafts.all()] == ["other"]
    store.close()
    return found


def test_d3_a_wiped_draft_leaves_no_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert copies(tmp_path, monkeypatch) == 0


def test_d3_without_secure_delete_copies_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weaker = tuple(
        p.replace("secure_delete=ON", "secure_delete=OFF") for p in database.PRAGMAS
    )
    assert weaker != database.PRAGMAS
    monkeypatch.setattr(database, "PRAGMAS", weaker)
    assert copies(tmp_path, monkeypatch) > 0


def test_d3_without_the_checkpoint_copies_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database.Database, "checkpoint", no_checkpoint)
    assert copies(tmp_path, monkeypatch) > 0


def test_d3_a_draft_wiped_within_a_transaction_goes_with_its_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "unlock", no_key)
    store = opened(tmp_path)
    store.drafts.save(draft(text="CANARY-draft" * 20))
    with store.transaction():
        block(store, ref(1))
        store.drafts.drop(DraftId("d1"))
    assert not any(b"CANARY-draft" in p.read_bytes() for p in files(tmp_path))
    store.close()


def test_f3_a_newer_file_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    store = opened(tmp_path)
    fill(store)
    store.database.run(f"PRAGMA user_version={len(MIGRATIONS) + 1}")
    store.close()
    path = tmp_path / "profile" / FILE
    before = path.read_bytes()
    with pytest.raises(StoreTooNew):
        Store.open(path, KEY)
    assert path.read_bytes() == before


def test_f3_another_key_is_refused_and_the_file_left_as_it_was(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.close()
    path = tmp_path / "profile" / FILE
    before = path.read_bytes()
    with pytest.raises(StoreDamaged):
        Store.open(path, bytes(32))
    assert path.read_bytes() == before


def test_f3_a_foreign_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / FILE
    connection = cast("database.Connection", apsw.Connection(str(path)))
    connection.execute(f"PRAGMA key='raw:{KEY.hex()}'").fetchall()
    connection.execute("CREATE TABLE other (x)").fetchall()
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreDamaged):
        Store.open(path, KEY)
    assert path.read_bytes() == before


def damaged(data: bytes, dice: random.Random) -> bytes:
    """Return a file that something has happened to."""
    place = dice.randrange(len(data))
    match dice.randrange(5):
        case 0:
            flipped = data[place] ^ (1 << dice.randrange(8))
            return data[:place] + bytes([flipped]) + data[place + 1 :]
        case 1:
            size = dice.randrange(1, 5000)
            return (
                data[:place]
                + bytes(len(data[place : place + size]))
                + data[place + size :]
            )
        case 2:
            return data[:place]
        case 3:
            return dice.randbytes(100) + data[100:]
        case _:
            return b""


def read_all(store: Store) -> tuple[object, ...]:
    """Return everything that the application reads."""
    return (
        store.accounts.all(),
        handles(walk(store, limit=50)),
        store.drafts.all(),
        store.outbox.listed(ALICE, limit=1000),
        store.settings.get("CANARY"),
        store.database.all("PRAGMA integrity_check"),
    )


def test_f3_damage_is_noticed_and_the_file_kept(tmp_path: Path) -> None:
    store = opened(tmp_path)
    fill(store)
    whole = read_all(store)
    store.close()
    path = tmp_path / "profile" / FILE
    data = path.read_bytes()
    dice = random.Random(3)
    noticed = 0
    for _ in range(120):
        harmed = damaged(data, dice)
        path.write_bytes(harmed)
        for beside in (f"{FILE}-wal", f"{FILE}-shm"):
            path.with_name(beside).unlink(missing_ok=True)
        try:
            store = Store.open(path, KEY)
        except StoreTrouble:
            noticed += 1
            assert path.read_bytes() == harmed
            continue
        try:
            assert read_all(store) == whole
        except StoreTrouble:
            noticed += 1
        store.close()
    assert noticed >= 115


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    store = opened(tmp_path)
    block(store, ref(1))
    pages = store.database.value("PRAGMA page_count")
    store.database.run(f"PRAGMA max_page_count={pages + 2}")
    with pytest.raises(StoreFull):
        block(store, *[ref(n) for n in range(2000)])
    assert len(store.outbox.listed(ALICE, limit=10)) == 1
    store.database.run("PRAGMA max_page_count=100000")
    block(store, ref(2))
    assert len(store.outbox.listed(ALICE, limit=10)) == 2
    store.close()


FULL = """
import resource, sys
from pathlib import Path
from safetyclient.domain.errors import StoreTrouble
from tests.adapters.store.kit import block, opened, ref
folder = Path(sys.argv[1])
store = opened(folder)
block(store, ref(1))
size = max(p.stat().st_size for p in (folder / "profile").iterdir())
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 4096, size + 4096))
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
try:
    block(store, *[ref(n) for n in range(3000)])
except StoreTrouble:
    print("refused", len(store.outbox.listed(None, limit=10)))
"""


def test_a_file_that_cannot_grow_loses_nothing(tmp_path: Path) -> None:
    said = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert said.stdout.strip() == "refused 1"
    store = opened(tmp_path)
    assert len(store.outbox.listed(ALICE, limit=10)) == 1
    store.close()


def test_a_half_made_file_is_made_anew(tmp_path: Path) -> None:
    profile = tmp_path / "profile"
    profile.mkdir()
    (profile / f"{FILE}.new").write_bytes(b"half")
    store = opened(tmp_path)
    block(store, ref(1))
    store.close()
    assert [p.name for p in profile.iterdir()] == [FILE]


def test_a_failed_migration_leaves_the_file_at_its_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = opened(tmp_path)
    store.close()
    path = tmp_path / "profile" / FILE
    later = (*MIGRATIONS, ("broken", "CREATE TABLE one (x); CREATE TABLE one (x);"))
    monkeypatch.setattr(database, "MIGRATIONS", later)
    with pytest.raises(apsw.SQLError):
        Store.open(path, KEY)
    monkeypatch.undo()
    store = Store.open(path, KEY)
    assert store.database.value("PRAGMA user_version") == len(MIGRATIONS)
    assert store.accounts.all()
    store.close()
