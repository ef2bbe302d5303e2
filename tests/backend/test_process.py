"""The process: ready line, stop, temporary database, refusals, hardening."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from safetyclient.backend.__main__ import main
from safetyclient.backend.clock import Clock
from safetyclient.backend.settings import Settings
from tests.backend.processes import LIGHT, start_server
from tests.backend.stage import new_key, sign_in


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_ready_line_then_a_clean_end(tmp_path: Path, stop: signal.Signals) -> None:
    environment = {**LIGHT, "TMPDIR": str(tmp_path)}
    server = start_server(tmp_path, environment=environment)
    assert set(server.ready) == {"url", "openapi", "accounts", "pid"}
    assert server.ready["pid"] == server.process.pid
    assert server.url.startswith("http://127.0.0.1:")
    roles = {one["handle"]: one["role"] for one in server.ready["accounts"]}
    assert roles == {
        "alice": "user",
        "bob": "user",
        "carol": "user",
        "mod": "moderator",
    }
    with httpx.Client(trust_env=False) as client:
        assert client.get(server.ready["openapi"]).json()["openapi"]
    (folder,) = tmp_path.glob("safetyclient-server-*")
    assert folder.stat().st_mode & 0o777 == 0o700
    assert server.stop(by=stop) == 0
    assert not folder.exists()
    assert server.process.stdout is not None


def test_a_database_of_ones_own_stays_with_its_people_and_tokens(
    tmp_path: Path,
) -> None:
    database = f"sqlite:///{tmp_path / 'kept.sqlite3'}"
    first = start_server(tmp_path, "--database", database)
    with httpx.Client(base_url=first.url, trust_env=False) as client:
        alice = sign_in(client, "alice", first.password("alice"))
        alice.do("PUT", "/v1/mutes/@bob", json={})
    assert first.stop() == 0
    second = start_server(tmp_path, "--database", database, seed="demo")
    with httpx.Client(base_url=second.url, trust_env=False) as client:
        alice.client = client
        assert len(alice.get("/v1/mutes")["items"]) == 1
        assert sign_in(client, "bob", second.password("bob")).token
        assert alice.call("GET", "/v1/people/@crowd_1001").status_code == 404
    assert second.stop() == 0


def test_another_host_than_loopback_is_warned_about(tmp_path: Path) -> None:
    quiet = start_server(tmp_path)
    assert quiet.stop() == 0
    assert "WARNING" not in quiet.log()
    loud = start_server(tmp_path, "--host", "0.0.0.0")
    assert loud.stop() == 0
    assert "WARNING" in loud.log()
    assert "beyond this computer" in loud.log()


def test_the_clock_is_moved_on_loopback_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = str(tmp_path / "clock")
    with pytest.raises(SystemExit) as ended:
        main(["--host", "0.0.0.0", "--clock-file", clock])
    assert ended.value.code == 2
    assert "loopback" in capsys.readouterr().err


@pytest.mark.parametrize("host", ["::1", "localhost"])
def test_other_names_of_loopback_are_loopback(tmp_path: Path, host: str) -> None:
    server = start_server(
        tmp_path, "--host", host, "--clock-file", str(tmp_path / "clock")
    )
    with httpx.Client(base_url=server.url, trust_env=False) as client:
        assert client.get("/v1/server").status_code == 200
    assert server.stop() == 0
    assert "WARNING" not in server.log()


def test_an_argument_that_makes_no_sense_ends_with_2() -> None:
    for arguments in (["--seed", "huge"], ["--port", "x"], ["--what"]):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 2


def test_nothing_said_by_people_is_logged(tmp_path: Path) -> None:
    server = start_server(tmp_path)
    with httpx.Client(base_url=server.url, trust_env=False) as client:
        password = server.password("alice")
        alice = sign_in(client, "alice", password)
        alice.do("PUT", "/v1/mutes/@bob", json={"note": "canary-note"})
        alice.get("/v1/people?search=canary-search")
        alice.call("GET", "/v1/people/@canary-handle")
    assert server.stop() == 0
    for secret in ("canary", password, alice.token, "bob"):
        assert secret not in server.log()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_d5_no_core_dump_and_no_look_into_memory(tmp_path: Path) -> None:
    server = start_server(tmp_path)
    proc = Path(f"/proc/{server.process.pid}")
    limits = (proc / "limits").read_text(encoding="ascii")
    line = next(row for row in limits.splitlines() if "core file" in row)
    assert line.split()[4:6] == ["0", "0"]
    # What is not dumpable belongs to root in /proc, whoever runs it.
    if os.geteuid() != 0:
        assert (proc / "mem").stat().st_uid == 0
    assert server.stop() == 0


@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0,
    reason="needs root, to run a server as nobody",
)
def test_d5_another_process_of_the_same_user_cannot_read_memory() -> None:
    # The interpreter may stand where nobody may look: import it all as root first.
    # Changing the user clears the flag by itself: put it back to the usual 1.
    script = """
import ctypes, os, resource, signal, sys
from safetyclient.backend.hardening import harden
os.setgroups([]); os.setgid(65534); os.setuid(65534)
ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)
read, write = os.pipe()
child = os.fork()
if child == 0:
    if sys.argv[1] == "hardened":
        harden()
    os.write(write, b"x")
    signal.pause()
os.read(read, 1)
try:
    open(f"/proc/{child}/mem", "rb").close()
    print("readable")
except PermissionError:
    print("denied")
finally:
    os.kill(child, signal.SIGKILL)
"""
    for how, expected in (("plain", "readable"), ("hardened", "denied")):
        result = subprocess.run(
            [sys.executable, "-c", script, how],
            capture_output=True,
            text=True,
            check=True,
        )
        assert result.stdout.strip() == expected, result.stderr


def test_limits_are_settings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environment = {
        **LIGHT,
        "SAFETYCLIENT_SERVER_BULK": "2",
        "SAFETYCLIENT_SERVER_PAGE": "1",
    }
    server = start_server(tmp_path, environment=environment)
    with httpx.Client(base_url=server.url, trust_env=False) as client:
        limits = client.get("/v1/server").json()["limits"]
        assert (limits["bulk"], limits["page"]) == (2, 1)
        alice = sign_in(client, "alice", server.password("alice"))
        items = [
            {"change": new_key(), "person": who, "on": True}
            for who in ("@bob", "@carol", "@mod")
        ]
        path = "/v1/mutes/bulk"
        assert alice.call("POST", path, json={"items": items}).status_code == 400
        alice.do("POST", path, json={"items": items[:2]})
        for path in ("/v1/mutes", "/v1/people"):
            page = alice.get(f"{path}?limit=50")
            assert len(page["items"]) == 1
            assert page["next"]
    assert server.stop() == 0
    for value in ("0", "-1", "x", "1.5", ""):
        with pytest.raises(ValueError, match="whole number"):
            Settings.from_environment({"SAFETYCLIENT_SERVER_BULK": value})
    assert Settings.from_environment({}) == Settings()
    with pytest.raises(SystemExit):
        main(["--help"])
    shown = capsys.readouterr().out
    for name in Settings.__slots__:
        assert f"SAFETYCLIENT_SERVER_{name.upper()}=" in shown
        assert f"        {name}: " in (Settings.__doc__ or "")


def test_the_clock_file_moves_time_both_ways(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    real, moved = Clock(), Clock(file)
    assert abs((moved.now() - real.now()).total_seconds()) < 5
    for seconds in (86_400.5, -3600):
        file.write_text(f"{seconds}\n", encoding="ascii")
        offset = (moved.now() - real.now()).total_seconds()
        assert abs(offset - seconds) < 5


def test_the_ready_line_is_the_only_line(tmp_path: Path) -> None:
    server = start_server(tmp_path)
    server.process.send_signal(signal.SIGTERM)
    assert server.process.stdout is not None
    assert server.process.stdout.read() == ""
    assert server.stop() == 0
    assert json.loads(json.dumps(server.ready)) == server.ready
