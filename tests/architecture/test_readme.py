"""The README's table is what the adapters and the contract suite say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def check() -> int:
    """Compare the README with the adapters."""
    command = [sys.executable, str(ROOT / "packaging" / "capabilities.py"), "--check"]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def test_the_capability_table_is_up_to_date() -> None:
    assert check() == 0


def test_every_command_of_the_readme_is_there() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    named = {word for word in text.replace("`", " ").split() if "packaging/" in word}
    for word in named:
        assert (ROOT / word.rstrip(".,;")).exists(), word
