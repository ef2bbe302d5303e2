"""The spool: stripped, encrypted, private, durable, and damage is noticed."""

from __future__ import annotations

import asyncio
import hashlib
import os
import stat
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest

from safetyclient.adapters import spool
from safetyclient.adapters.spool import EncryptedSpool
from safetyclient.adapters.spool_file import CHUNK, write_sealed
from safetyclient.application.ports import Spool
from safetyclient.domain.errors import (
    BadInput,
    StoreDamaged,
    StoreFull,
    StoreTrouble,
)
from safetyclient.domain.ids import SpoolId
from safetyclient.domain.media import MAX_FILE_BYTES, MediaType, StagedFile
from safetyclient.domain.strip import strip
from tests.domain import pictures as p

T = TypeVar("T")
KEY = bytes(range(32))


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


def picked(tmp_path: Path, data: bytes, name: str = "holiday.jpg") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


def made(tmp_path: Path) -> EncryptedSpool:
    return EncryptedSpool(tmp_path / "spool", store_key=KEY)


def video(size: int) -> bytes:
    return p.MP4 + bytes(number * 7 % 251 for number in range(size - len(p.MP4)))


def all_ids(kept: EncryptedSpool) -> list[SpoolId]:
    async def collect() -> list[SpoolId]:
        return [each async for each in kept.ids()]

    return run(collect())


def test_it_is_the_port(tmp_path: Path) -> None:
    port: Spool = made(tmp_path)
    assert port.ids() is not None


def test_a_picture_is_kept_without_its_metadata(tmp_path: Path) -> None:
    data = p.jpeg(p.exif_segment(6), p.segment(0xFE, p.SECRET), after=p.SECRET)
    kept = made(tmp_path)
    found = run(kept.keep(picked(tmp_path, data)))
    clean = strip(data).data
    assert found == StagedFile(
        spool=found.spool,
        name="holiday.jpg",
        type=MediaType.JPEG,
        size=len(clean),
        sha256=hashlib.sha256(clean).hexdigest(),
        removed=("exif", "comment", "trailing"),
    )
    assert kept.read(found.spool, 0, found.size) == clean
    assert all_ids(kept) == [found.spool]


@pytest.mark.parametrize("size", [60, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 5])
def test_every_part_of_a_video_reads_back(tmp_path: Path, size: int) -> None:
    data = video(size)
    kept = made(tmp_path)
    found = run(kept.keep(picked(tmp_path, data, "clip.jpg")))
    assert (found.type, found.size, found.removed) == (MediaType.MP4, size, ())
    assert found.sha256 == hashlib.sha256(data).hexdigest()
    for offset in {0, 1, CHUNK - 1, CHUNK, size - 1, size, size + 9}:
        for length in (0, 1, CHUNK, 10 * CHUNK):
            there = kept.read(found.spool, offset, length)
            assert there == data[offset : offset + length]


def test_d2_nothing_of_the_file_is_readable_on_disk(tmp_path: Path) -> None:
    canary = b"CANARY-BYTES-IN-THE-VIDEO"
    kept = made(tmp_path)
    found = run(kept.keep(picked(tmp_path, p.MP4 + canary * 9000, "secret-name.mp4")))
    (path,) = (tmp_path / "spool").iterdir()
    raw = path.read_bytes()
    assert b"CANARY" not in raw
    assert b"ftyp" not in raw
    assert "secret" not in path.name
    assert path.name == found.spool
    other = EncryptedSpool(tmp_path / "spool", store_key=bytes(32))
    with pytest.raises(StoreDamaged):
        other.read(found.spool, 0, 10)


def test_the_same_file_twice_has_two_names_and_other_bytes(tmp_path: Path) -> None:
    kept = made(tmp_path)
    path = picked(tmp_path, p.png())
    first, second = run(kept.keep(path)), run(kept.keep(path))
    assert first.spool != second.spool
    folder = tmp_path / "spool"
    assert (folder / first.spool).read_bytes() != (folder / second.spool).read_bytes()
    kept.release(first.spool)
    kept.release(first.spool)
    assert all_ids(kept) == [second.spool]
    with pytest.raises(BadInput):
        kept.read(first.spool, 0, 1)
    assert kept.read(second.spool, 0, second.size) == p.png()


def test_f3_damage_is_noticed_wherever_it_is(tmp_path: Path) -> None:
    kept = made(tmp_path)
    data = video(2 * CHUNK + 100)
    found = run(kept.keep(picked(tmp_path, data)))
    path = tmp_path / "spool" / found.spool
    whole = path.read_bytes()
    head, sealed = 32, CHUNK + 16

    def read_all(broken: bytes) -> bytes:
        path.write_bytes(broken)
        return kept.read(found.spool, 0, found.size)

    flips = [
        whole[:at] + bytes((whole[at] ^ 1,)) + whole[at + 1 :]
        for at in (0, 9, 31, head, head + sealed, len(whole) - 1)
    ]
    cuts = [b"", whole[:5], whole[:head], whole[:-1], whole[: head + sealed]]
    first, second = (
        whole[head : head + sealed],
        whole[head + sealed : head + 2 * sealed],
    )
    swapped = whole[:head] + second + first + whole[head + 2 * sealed :]
    smaller = whole[:24] + (2 * CHUNK).to_bytes(8, "big") + first + second
    for broken in (*flips, *cuts, whole + b"x", swapped, smaller):
        with pytest.raises(StoreDamaged):
            read_all(broken)
    assert read_all(whole) == data
    twin = SpoolId("0" * 32)
    (tmp_path / "spool" / twin).write_bytes(whole)
    with pytest.raises(StoreDamaged):
        kept.read(twin, 0, 1)


def test_d1_files_and_folder_are_private_whatever_the_umask(tmp_path: Path) -> None:
    (tmp_path / "spool").mkdir(mode=0o755)
    old = os.umask(0o022)
    try:
        run(made(tmp_path).keep(picked(tmp_path, p.gif())))
    finally:
        os.umask(old)
    folder = tmp_path / "spool"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()] == [0o600]


def test_it_is_synced_before_it_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        path = Path(f"/proc/self/fd/{handle}").resolve()
        synced.append("folder" if path.is_dir() else path.suffix)
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    run(made(tmp_path).keep(picked(tmp_path, p.gif())))
    assert synced == [".part", "folder"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "type"),
        (b"<svg/>", "type"),
        (p.jpeg()[:-2], "metadata"),
    ],
)
def test_what_cannot_be_used_leaves_nothing(
    tmp_path: Path, data: bytes, reason: str
) -> None:
    kept = made(tmp_path)
    with pytest.raises(BadInput) as problem:
        run(kept.keep(picked(tmp_path, data)))
    assert (problem.value.field, problem.value.reason) == ("media", reason)
    assert all_ids(kept) == []


def test_a_file_over_the_limit_is_not_read(tmp_path: Path) -> None:
    path = picked(tmp_path, p.MP4)
    os.truncate(path, MAX_FILE_BYTES + 1)
    with pytest.raises(BadInput) as problem:
        run(made(tmp_path).keep(path))
    assert problem.value.reason == "size"


def test_what_is_no_file_is_unreadable(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "none", tmp_path, tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(BadInput) as problem:
            run(made(tmp_path).keep(path))
        assert problem.value.reason == "unreadable"
    with pytest.raises(BadInput):
        run(made(tmp_path).keep(Path("a\0b")))


def test_a_disk_that_fails_while_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        def read(self, _size: int) -> bytes:
            raise OSError(5, "input/output error")

    with pytest.raises(BadInput):
        spool._read(Broken(), 1)  # type: ignore[arg-type]  # as far as it is used


def test_a_file_that_changes_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = picked(tmp_path, video(5 * CHUNK))
    real = write_sealed

    def shrinking(*args: Any, **more: Any) -> int:
        os.truncate(path, CHUNK)
        return real(*args, **more)

    monkeypatch.setattr(spool, "write_sealed", shrinking)
    kept = made(tmp_path)
    with pytest.raises(BadInput) as problem:
        run(kept.keep(path))
    assert problem.value.reason == "unreadable"
    assert list((tmp_path / "spool").iterdir()) == []


def test_a_full_disk_is_said_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_file: object) -> None:
        raise OSError(28, "no space left on device")

    monkeypatch.setattr(spool, "sync_file", full)
    kept = made(tmp_path)
    with pytest.raises(StoreFull):
        run(kept.keep(picked(tmp_path, p.png())))
    assert list((tmp_path / "spool").iterdir()) == []


def test_a_folder_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "spool").write_text("a file")
    kept = made(tmp_path)
    with pytest.raises(StoreTrouble):
        run(kept.keep(picked(tmp_path, p.png())))
    with pytest.raises(StoreTrouble):
        kept.read(SpoolId("0" * 32), 0, 1)


def test_only_names_of_ours_are_touched(tmp_path: Path) -> None:
    kept = made(tmp_path)
    run(kept.keep(picked(tmp_path, p.png())))
    other = tmp_path / "spool" / "notes.txt"
    other.write_text("not ours")
    left = tmp_path / "spool" / ("a" * 32 + ".part")
    left.write_text("never finished")
    assert len(all_ids(kept)) == 1
    assert other.exists()
    assert not left.exists()
    for bad in ("../notes", "", "A" * 32, "a" * 33, "notes.txt"):
        with pytest.raises(BadInput):
            kept.read(SpoolId(bad), 0, 1)
        with pytest.raises(BadInput):
            kept.release(SpoolId(bad))


def test_a_spool_that_was_never_used_is_empty(tmp_path: Path) -> None:
    assert all_ids(made(tmp_path)) == []
