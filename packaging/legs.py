"""Runs the legs of the test command, one line for each: ran, or not run and why."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / ".venv" / "bin" / "python"
MARKS = ("postgresql", "crash", "keyring", "window", "wheel")
MEASURED = (
    "tests/domain",
    "tests/application",
    "tests/flows/test_data.py",
    "tests/flows/test_faults.py",
)
"""Tests that reach every line and branch of domain and application.

Tracing makes them twice as slow and the walks of the flows four times: so these few
run on their own, and the others reach no line that these do not.
"""


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg: its pytest arguments, or its plain commands, and what it needs.

    A `measured` leg has one check more: its tests leave out no line and no branch
    that pyproject.toml wants covered.
    """

    name: str
    select: tuple[str, ...] = ()
    mark: str = ""
    commands: tuple[tuple[str, ...], ...] = ()
    wrap: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    reason: str = ""
    measured: bool = False
    env: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a leg; `ran` counts tests or checks."""

    ran: int = 0
    failed: int = 0
    reason: str = ""
    seconds: float = 0.0


def without_marks() -> str:
    """Return the expression of tests that need nothing but Python and Qt."""
    return " and ".join(f"not {mark}" for mark in MARKS)


LEGS = (
    Leg(
        "static",
        commands=(
            ("ruff", "check", "."),
            ("ruff", "format", "--check", "."),
            ("mypy",),
            ("pyright",),
            ("python", "-m", "pytest", "-q", "tests/architecture"),
        ),
    ),
    Leg(
        "unit",
        select=(
            "tests",
            "--ignore=tests/backend",
            "--ignore=tests/architecture",
            "--ignore=tests/desktop",
            *(f"--ignore={path}" for path in MEASURED),
        ),
        mark=without_marks(),
    ),
    Leg("coverage", select=MEASURED, mark=without_marks(), measured=True),
    Leg("backend-sqlite", select=("tests/backend",), mark=without_marks()),
    Leg("backend-postgresql", select=("tests",), mark="postgresql"),
    Leg("crash", select=("tests",), mark="crash"),
    Leg(
        "keyring",
        select=("tests/keyring",),
        mark="keyring",
        wrap=("sh", "tests/with-keyring.sh"),
        needs=("dbus-run-session", "gnome-keyring-daemon"),
    ),
    Leg(
        "window",
        select=("tests",),
        mark="window",
        needs=("Xvfb", "openbox", "xdotool"),
    ),
    Leg("desktop", select=("tests/desktop",), needs=("Xvfb",)),
    Leg("wheel", select=("tests",), mark="wheel"),
    Leg("mastodon-mock", reason="no adapter for it yet"),
    Leg("atproto", reason="no adapter for it yet"),
    Leg("recorded", reason="no adapter that reads them yet"),
)


def tool(name: str) -> str:
    """Return a command of the virtual environment, else its plain name."""
    local = PYTHON.parent / name
    return str(local) if local.exists() else name


def run_commands(leg: Leg) -> Result:
    """Run plain commands; each one counts as a check."""
    failed = 0
    for command in leg.commands:
        done = subprocess.run(
            [tool(command[0]), *command[1:]],
            cwd=ROOT,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if done.returncode:
            failed += 1
            print(f"--- {leg.name}: {' '.join(command)}\n{done.stdout[-20000:]}")
    return Result(ran=len(leg.commands), failed=failed)


def counts(report: Path) -> tuple[int, int]:
    """Return how many tests of a JUnit file ran, and how many of them failed."""
    ran = failed = 0
    for suite in ET.parse(report).getroot().iter("testsuite"):
        number = {k: int(suite.get(k, "0")) for k in ("tests", "skipped")}
        bad = int(suite.get("failures", "0")) + int(suite.get("errors", "0"))
        ran += number["tests"] - number["skipped"]
        failed += bad
    return ran, failed


def covered(data: str) -> bool:
    """Print what no test reached, and return whether that is nothing."""
    command = [str(PYTHON), "-m", "coverage", "report", data]
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def run_pytest(leg: Leg) -> Result:
    """Run the tests of a leg and count those that ran."""
    paths = [p for p in leg.select if not p.startswith("-")]
    if not any((ROOT / p).exists() for p in paths):
        return Result(reason="it has no test yet")
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        data = f"--data-file={folder}/coverage"
        trace = ["-m", "coverage", "run", data] if leg.measured else []
        command = [*leg.wrap, str(PYTHON), *trace, "-m", "pytest", "-q", *leg.select]
        command += [f"--junitxml={report}", "-o", "junit_family=xunit2"]
        if leg.mark:
            command += ["-m", leg.mark]
        env = os.environ | leg.env
        done = subprocess.run(command, cwd=ROOT, env=env, check=False)
        ran, failed = counts(report) if report.exists() else (0, 1)
        if leg.measured:
            ran += 1
            failed += not covered(data)
    if done.returncode == 5 or (done.returncode == 0 and ran == leg.measured):
        return Result(reason="no test of it ran")
    return Result(ran=ran, failed=failed or int(done.returncode != 0))


def run(leg: Leg) -> Result:
    """Run one leg."""
    if leg.reason:
        return Result(reason=leg.reason)
    absent = [name for name in leg.needs if shutil.which(name) is None]
    if absent:
        return Result(reason=f"not installed: {' '.join(absent)}")
    return run_commands(leg) if leg.commands else run_pytest(leg)


def main() -> int:
    """Run every leg and return 0 when none failed and the required ones ran."""
    required = {n for n in os.environ.get("SAFETYCLIENT_REQUIRE", "").split(",") if n}
    wanted = set(os.environ.get("SAFETYCLIENT_LEGS", "").split(",")) - {""}
    lines: list[str] = []
    bad = False
    passed = failed = 0
    for leg in LEGS:
        if wanted and leg.name not in wanted:
            continue
        print(f"=== {leg.name}", flush=True)
        started = time.monotonic()
        result = run(leg)
        seconds = time.monotonic() - started
        if result.reason:
            line = f"{leg.name}: not run: {result.reason}"
            bad |= leg.name in required
        else:
            line = f"{leg.name}: ran {result.ran} in {seconds:.0f} s"
            if result.failed:
                line += f", {result.failed} FAILED"
            bad |= result.failed > 0
        passed += result.ran - result.failed
        failed += result.failed
        lines.append(line)
        print(line, flush=True)
    unknown = required - {leg.name for leg in LEGS}
    print("\n=== legs")
    print("\n".join(lines))
    for name in sorted(unknown):
        print(f"{name}: required, but there is no such leg")
    print(f"{passed} passed, {failed} failed")
    return int(bad or bool(unknown) or failed > 0)


if __name__ == "__main__":
    sys.exit(main())
