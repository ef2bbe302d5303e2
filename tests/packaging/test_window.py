"""`packaging/run` under a virtual screen reaches a painted, signed-in window."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.processes import wait_until

ROOT = Path(__file__).resolve().parents[2]
GRAB = """
import sys
from PySide6.QtGui import QGuiApplication
app = QGuiApplication([])
picture = app.primaryScreen().grabWindow(0)
picture.save(sys.argv[1])
image = picture.toImage()
colours = {image.pixel(x, y) for x in range(0, image.width(), 3)
           for y in range(0, image.height(), 3)}
print(len(colours))
"""
ACTIVATE = ["xdotool", "windowactivate", "--sync"]
pytestmark = pytest.mark.window


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Yield the environment of a screen of its own with a window manager."""
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1280x800x24"]
    xvfb = subprocess.Popen(
        [*command, "-nolisten", "tcp"], pass_fds=[writer], stderr=subprocess.DEVNULL
    )
    os.close(writer)
    with os.fdopen(reader) as lines:
        display = f":{lines.readline().strip()}"
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "TMPDIR": str(tmp_path),
        "DISPLAY": display,
        "QT_QPA_PLATFORM": "xcb",
        "LANG": "C.UTF-8",
    }
    manager = subprocess.Popen(["openbox"], env=env, stderr=subprocess.DEVNULL)
    yield env
    for process in (manager, xvfb):
        process.terminate()
        process.wait(10)


def ask(env: dict[str, str], *words: str) -> Any:
    """Run a command of the app and return its document."""
    done = subprocess.run(
        [sys.executable, "-m", "safetyclient", "--json", *words],
        env=env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return json.loads(done.stdout)


def windows(env: dict[str, str]) -> list[str]:
    """Return the visible windows of the app."""
    command = ["xdotool", "search", "--onlyvisible", "--class", "safetyclient"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    return done.stdout.split()


def test_the_run_command_reaches_a_painted_signed_in_window(
    screen: dict[str, str], tmp_path: Path
) -> None:
    app = subprocess.Popen([str(ROOT / "packaging" / "run")], env=screen, cwd=tmp_path)
    try:
        wait_until(lambda: bool(windows(screen)), seconds=60, what="a window")
        (profile,) = tmp_path.glob("safetyclient-demo-*")
        wait_until(
            lambda: (profile / "owner.lock").exists(), seconds=30, what="an owner"
        )
        # The window owns the profile, so it is the window that answers.
        accounts = ("--profile", str(profile), "account", "list")
        wait_until(
            lambda: "alice" in json.dumps(ask(screen, *accounts)),
            seconds=30,
            what="the sign-in",
        )
        shown = ask(screen, "--profile", str(profile), "protect", "show")
        assert "protected" in json.dumps(shown)
        shot = tmp_path / "shot.png"
        colours = subprocess.run(
            [sys.executable, "-c", GRAB, str(shot)],
            env=screen,
            capture_output=True,
            text=True,
            check=True,
        )
        assert int(colours.stdout) > 50
        subprocess.run(
            [
                "xdotool",
                "windowactivate",
                "--sync",
                windows(screen)[-1],
                "key",
                "ctrl+q",
            ],
            env=screen,
            check=True,
        )
        assert app.wait(20) == 0
        assert not list(tmp_path.glob("safetyclient-demo-*"))
    finally:
        if app.poll() is None:
            app.kill()
            app.wait(10)
