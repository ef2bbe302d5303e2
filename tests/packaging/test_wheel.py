"""The wheel holds the app and its resources, and works without the checkout."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHIPS = ("pyproject.toml", "README.md", "LICENSE")


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command outside the checkout and return what it printed."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={"PATH": "/usr/bin:/bin", "HOME": str(cwd)},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy and return the Python of a clean environment."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in SHIPS:
        shutil.copy(ROOT / name, source)
    for name in ("safetyclient", "resources"):
        shutil.copytree(
            ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    out = folder / "out"
    command = ["-m", "build", "--wheel", "--no-isolation", "--outdir"]
    run(sys.executable, *command, out, source, cwd=folder)
    (wheel,) = out.glob("*.whl")
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    install = ["-m", "pip", "install", "--no-index", "--no-deps", "-q"]
    run(python, *install, wheel, cwd=folder)
    return python


@pytest.mark.wheel
@pytest.mark.parametrize(
    "parts", ["'texts', 'en', 'errors.toml'", "'flows', 'report.toml'"]
)
def test_a_resource_is_read_from_the_wheel(
    installed: Path, tmp_path: Path, parts: str
) -> None:
    code = (
        "import safetyclient; from safetyclient.assets import resource;"
        f" print(safetyclient.__file__, len(resource({parts}).read_bytes()))"
    )
    where, size = run(installed, "-c", code, cwd=tmp_path).split()
    assert str(installed.parent.parent) in where
    assert int(size) > 100


@pytest.mark.wheel
def test_the_wheel_has_every_resource(installed: Path) -> None:
    (packages,) = (installed.parent.parent / "lib").glob("python*/site-packages")
    shipped = packages / "safetyclient" / "_resources"
    here = {
        str(path.relative_to(ROOT / "resources"))
        for path in (ROOT / "resources").rglob("*")
        if path.is_file()
    }
    there = {str(p.relative_to(shipped)) for p in shipped.rglob("*") if p.is_file()}
    assert here <= there


@pytest.mark.wheel
def test_the_command_is_installed(installed: Path, tmp_path: Path) -> None:
    output = run(installed.parent / "safetyclient", "--version", cwd=tmp_path)
    assert output.split()[-1].count(".") == 2
