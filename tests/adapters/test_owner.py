"""The owner of a profile: one at a time, reachable, private, replaced after a kill."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import stat
import struct
from pathlib import Path

import pytest

from safetyclient.adapters import owner as owner_module
from safetyclient.adapters.owner import (
    LOCK_FILE,
    MOST_BYTES,
    Message,
    Owner,
    ask,
    held,
    own_or_ask,
)
from safetyclient.domain.errors import BadInput, OwnerLost, StoreTrouble


async def echo(request: Message) -> Message:
    return {"echo": request}


def taken(profile: Path) -> Owner:
    owner = Owner.take(profile)
    assert owner is not None
    return owner


def test_one_owner_at_a_time(tmp_path: Path) -> None:
    first = taken(tmp_path / "p")
    assert Owner.take(tmp_path / "p") is None
    assert held(tmp_path / "p")
    first.release()
    first.release()
    assert not held(tmp_path / "p")
    taken(tmp_path / "p").release()


def test_a_request_reaches_the_owner_and_comes_back(
    tmp_path: Path, runtime: Path
) -> None:
    async def scenario() -> None:
        owner = taken(tmp_path)
        await owner.serve(echo)
        asked = [ask(tmp_path, {"n": n, "t": "ü\u202e"}, seconds=5) for n in range(20)]
        answers = await asyncio.gather(*asked)
        assert answers == [{"echo": {"n": n, "t": "ü\u202e"}} for n in range(20)]
        big = await ask(tmp_path, {"t": "x" * (MOST_BYTES - 20)}, seconds=5)
        assert big is not None
        await owner.aclose()
        assert await ask(tmp_path, {}, seconds=5) is None

    asyncio.run(scenario())
    assert list(runtime.iterdir()) == []


def test_an_answer_may_be_longer_than_one_message(
    tmp_path: Path, runtime: Path
) -> None:
    text = "y" * (3 * MOST_BYTES + 17)

    async def long(_request: Message) -> Message:
        return {"text": text}

    async def scenario() -> None:
        owner = taken(tmp_path)
        await owner.serve(long)
        assert await ask(tmp_path, {}, seconds=10) == {"text": text}
        with pytest.raises(BadInput):
            await ask(tmp_path, {"text": text}, seconds=5)
        await owner.aclose()

    asyncio.run(scenario())


def test_no_owner_no_answer(tmp_path: Path) -> None:
    assert asyncio.run(ask(tmp_path / "none", {}, seconds=5)) is None
    (tmp_path / LOCK_FILE).write_text('{"socket": "/nowhere/safetyclient-x/s"}')
    assert asyncio.run(ask(tmp_path, {}, seconds=5)) is None


def test_an_owner_that_does_not_listen_yet_is_waited_for(
    tmp_path: Path, runtime: Path
) -> None:
    async def scenario() -> None:
        owner = taken(tmp_path)
        with pytest.raises(OwnerLost):
            await ask(tmp_path, {}, seconds=0.1)
        asked = asyncio.create_task(ask(tmp_path, {}, seconds=10))
        await asyncio.sleep(0)
        await owner.serve(echo)
        assert await asked == {"echo": {}}
        await owner.aclose()

    asyncio.run(scenario())


def test_a_silent_owner_is_given_up(tmp_path: Path, runtime: Path) -> None:
    async def never(_request: Message) -> Message:
        await asyncio.get_running_loop().create_future()
        raise AssertionError

    async def scenario() -> None:
        owner = taken(tmp_path)
        await owner.serve(never)
        with pytest.raises(OwnerLost):
            await ask(tmp_path, {}, seconds=0.1)
        with pytest.raises(OwnerLost):
            await own_or_ask(tmp_path, {}, seconds=0.1)
        with pytest.raises(OwnerLost):
            await own_or_ask(tmp_path, {}, seconds=0)
        pending = asyncio.create_task(own_or_ask(tmp_path, {"id": 1}, seconds=10))
        for _ in range(5):
            await asyncio.sleep(0.01)
        await owner.aclose()  # ends in the middle: the next one takes over
        following = await pending
        assert isinstance(following, Owner)
        following.release()

    asyncio.run(scenario())


@pytest.mark.parametrize("answer", [ZeroDivisionError(), object(), "x" * 100])
def test_a_failing_handler_is_told_and_not_repeated(
    tmp_path: Path,
    runtime: Path,
    answer: object,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(owner_module, "MOST_ANSWER", 100)
    calls: list[Message] = []

    async def broken(request: Message) -> Message:
        calls.append(request)
        if isinstance(answer, Exception):
            raise answer
        return {"answer": answer}

    async def scenario() -> None:
        owner = taken(tmp_path)
        await owner.serve(broken)
        with pytest.raises(OwnerLost) as lost:
            await own_or_ask(tmp_path, {"id": 1}, seconds=10)
        assert lost.value.params == {"failed": 1}
        await owner.aclose()

    asyncio.run(scenario())
    assert len(calls) == 1
    caplog.clear()


def raw(path: str, data: bytes) -> bytes:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(5)
        client.connect(path)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            client.sendall(data)
            client.shutdown(socket.SHUT_WR)
        found = b""
        with contextlib.suppress(ConnectionResetError):
            while part := client.recv(4096):
                found += part
        return found


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00",
        struct.pack(">I", 5) + b"{}",
        struct.pack(">I", MOST_BYTES + 1) + b"{}",
        struct.pack(">I", 0x8000_0000 | MOST_BYTES) + b" " * MOST_BYTES + b"\0\0\0\1{",
        struct.pack(">I", 3) + b"{},",
        struct.pack(">I", 4) + b"\xff\xff\xff\xff",
        struct.pack(">I", 50000) + b"[" * 50000,
    ],
)
def test_nonsense_gets_no_answer_and_does_no_harm(
    tmp_path: Path, runtime: Path, data: bytes
) -> None:
    async def scenario() -> None:
        owner = taken(tmp_path)
        await owner.serve(echo)
        path = json.loads((tmp_path / LOCK_FILE).read_text())["socket"]
        assert await asyncio.to_thread(raw, path, data) == b""
        assert await ask(tmp_path, {"n": 1}, seconds=5) == {"echo": {"n": 1}}
        await owner.aclose()

    asyncio.run(scenario())


def test_a_request_that_is_no_object_fails(
    tmp_path: Path, runtime: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario() -> None:
        owner = taken(tmp_path)
        await owner.serve(echo)
        path = json.loads((tmp_path / LOCK_FILE).read_text())["socket"]
        found = await asyncio.to_thread(raw, path, struct.pack(">I", 2) + b"[]")
        assert json.loads(found[4:]) == {"failed": True}
        await owner.aclose()

    asyncio.run(scenario())
    caplog.clear()


def test_an_answer_that_is_nonsense_is_a_lost_owner(
    tmp_path: Path, runtime: Path
) -> None:
    folder = runtime / "safetyclient-0123456789abcdef"
    folder.mkdir(mode=0o700)
    path = folder / "s"

    async def scenario() -> None:
        async def lie(
            reader: asyncio.StreamReader, writer: asyncio.StreamWriter
        ) -> None:
            await reader.readexactly(4)
            writer.write(struct.pack(">I", 4) + b"null")
            writer.close()
            await writer.wait_closed()

        server = await asyncio.start_unix_server(lie, str(path))
        owner = taken(tmp_path)
        (tmp_path / LOCK_FILE).write_text(json.dumps({"socket": str(path)}))
        with pytest.raises(OwnerLost):
            await ask(tmp_path, {}, seconds=5)
        server.close()
        owner.release()

    asyncio.run(scenario())


def test_d1_socket_and_lock_are_private(tmp_path: Path, runtime: Path) -> None:
    async def scenario() -> None:
        old = os.umask(0o022)
        try:
            owner = taken(tmp_path / "profile")
            await owner.serve(echo)
        finally:
            os.umask(old)
        lock = tmp_path / "profile" / LOCK_FILE
        path = Path(json.loads(lock.read_text())["socket"])
        assert path.parent.parent == runtime
        assert (mode(lock), mode(path)) == (0o600, 0o600)
        assert (mode(lock.parent), mode(path.parent)) == (0o700, 0o700)
        await owner.aclose()

    asyncio.run(scenario())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def where(profile: Path) -> Path:
    owner = taken(profile)
    await owner.serve(echo)
    path = json.loads((profile / LOCK_FILE).read_text())["socket"]
    await owner.aclose()
    return Path(path).parent


@pytest.mark.parametrize("trap", ["loose", "link", "file"])
def test_d1_a_name_that_somebody_took_is_not_used(
    tmp_path: Path, runtime: Path, trap: str
) -> None:
    folder = asyncio.run(where(tmp_path))
    if trap == "loose":
        folder.mkdir()
        folder.chmod(0o755)
    elif trap == "link":
        folder.symlink_to(runtime)
    else:
        folder.write_text("")

    async def scenario() -> None:
        owner = taken(tmp_path)
        await owner.serve(echo)
        path = Path(json.loads((tmp_path / LOCK_FILE).read_text())["socket"])
        assert path.parent != folder
        assert await ask(tmp_path, {}, seconds=5) == {"echo": {}}
        await owner.aclose()

    asyncio.run(scenario())


def test_d1_a_client_does_not_follow_a_folder_that_others_can_enter(
    tmp_path: Path, runtime: Path
) -> None:
    async def scenario() -> None:
        owner = taken(tmp_path)
        await owner.serve(echo)
        path = Path(json.loads((tmp_path / LOCK_FILE).read_text())["socket"])
        path.parent.chmod(0o755)
        with pytest.raises(OwnerLost):
            await ask(tmp_path, {}, seconds=0.1)
        await owner.aclose()

    asyncio.run(scenario())


def test_d1_another_user_is_refused_on_both_sides(
    tmp_path: Path, runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        owner = taken(tmp_path)
        await owner.serve(echo)
        path = json.loads((tmp_path / LOCK_FILE).read_text())["socket"]
        peers: list[object] = []

        def stranger(peer: object) -> bool:
            peers.append(peer)
            return False

        monkeypatch.setattr(owner_module, "_same_user", stranger)
        assert await asyncio.to_thread(raw, path, struct.pack(">I", 2) + b"{}") == b""
        with pytest.raises(OwnerLost):
            await ask(tmp_path, {}, seconds=0.1)
        assert len(peers) >= 2
        await owner.aclose()

    asyncio.run(scenario())


def test_a_long_runtime_folder_falls_back_to_a_short_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = tmp_path / ("x" * 90)
    long.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(long))

    async def scenario() -> None:
        owner = taken(tmp_path / "p")
        await owner.serve(echo)
        path = json.loads((tmp_path / "p" / LOCK_FILE).read_text())["socket"]
        assert not path.startswith(str(long))
        assert await ask(tmp_path / "p", {}, seconds=5) == {"echo": {}}
        await owner.aclose()

    asyncio.run(scenario())


def test_two_environments_find_each_other(
    tmp_path: Path, runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        owner = taken(tmp_path)
        await owner.serve(echo)
        monkeypatch.delenv("XDG_RUNTIME_DIR")
        assert await ask(tmp_path, {}, seconds=5) == {"echo": {}}
        await owner.aclose()

    asyncio.run(scenario())


def test_a_profile_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "p").write_text("a file")
    with pytest.raises(StoreTrouble):
        Owner.take(tmp_path / "p")
    (tmp_path / LOCK_FILE).symlink_to("elsewhere")
    with pytest.raises(StoreTrouble):
        Owner.take(tmp_path)
    assert not (tmp_path / "elsewhere").exists()
