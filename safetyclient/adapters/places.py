"""Places: where a profile's folder is, and what is done with its files as a whole."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from safetyclient.adapters.owner import LOCK_FILE

PROFILE_VARIABLE = "SAFETYCLIENT_PROFILE"
STORE_FILE = "store.db"
STORE_FILES = (
    STORE_FILE,
    f"{STORE_FILE}-wal",
    f"{STORE_FILE}-shm",
    "vault.json",
    "spool",
)


def profile_dir(typed: str) -> Path:
    """Return the profile's folder: typed, from the environment, or the usual one."""
    named = typed or os.environ.get(PROFILE_VARIABLE, "")
    if named:
        return Path(named).expanduser().absolute()
    import platformdirs

    return Path(platformdirs.user_data_dir("safetyclient", appauthor=False))


def private(path: Path) -> Path:
    """Make a profile's folder if need be, and close it to everybody else."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o700)
    return path


def set_aside(path: Path) -> Path:
    """Move a store whose key is lost into a folder of its own, untouched."""
    number = 1
    while (kept := path / f"kept-{number}").exists():
        number += 1
    kept.mkdir(mode=0o700)
    for name in STORE_FILES:
        if (path / name).exists():
            (path / name).rename(kept / name)
    return kept


def remove_files(path: Path) -> None:
    """Remove everything in a profile but the lock, which this process holds."""
    for each in path.iterdir():
        if each.is_dir() and not each.is_symlink():
            shutil.rmtree(each)
        elif each.name != LOCK_FILE:
            each.unlink()
