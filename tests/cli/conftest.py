"""A real server in its own process, and commands run in this one on a real store."""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import jsonschema
import pytest

from safetyclient import __main__
from safetyclient.adapters import hardening
from safetyclient.cli.parser import parse
from safetyclient.cli.schema import schema_of
from tests.processes import PASSPHRASE, Cli, Said, Server


class Command(Protocol):
    """Runs a command on the test's profile."""

    def __call__(self, *words: str, stdin: str = "") -> Said: ...


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the demo's invented people."""
    made = Server(tmp_path_factory.mktemp("server"), seed="demo")
    made.start()
    yield made
    made.stop()


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A profile whose key a passphrase locks."""
    secret = tmp_path / "passphrase"
    secret.write_text(PASSPHRASE)
    secret.chmod(0o600)
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    folder = tmp_path / "profile"
    monkeypatch.setenv("SAFETYCLIENT_PASSPHRASE_FILE", str(secret))
    monkeypatch.setenv("SAFETYCLIENT_PROFILE", str(folder))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    return folder


@pytest.fixture
def command(
    profile: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Run commands; every JSON document is held against the command's schema."""
    # The test process itself stays readable, and keeps its limits for its children.
    monkeypatch.setattr(hardening, "unreadable", lambda: None)
    monkeypatch.setattr(hardening, "no_core_dumps", lambda: None)

    def run(*words: str, stdin: str = "") -> Said:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        capsys.readouterr()
        code = __main__.main(words)
        printed = capsys.readouterr()
        said = Said(code, printed.out, printed.err)
        if "--json" in words:
            assert said.err == ""
            jsonschema.validate(said.doc, schema_of(parse(words).command))
        return said

    return run


@pytest.fixture(scope="session")
def signed_in(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A profile in which alice is signed in; tests use copies of it."""
    cli = Cli(tmp_path_factory.mktemp("alice"))
    said = cli.sign_in(server)
    assert said.exit == 0, said
    return cli.profile


@pytest.fixture
def alice(command: Command, profile: Path, signed_in: Path) -> Command:
    """Commands on a profile in which alice is signed in; it may not sign out."""
    shutil.copytree(signed_in, profile)
    return command


def sign_in(command: Command, server: Server, handle: str) -> Said:
    """Sign somebody in."""
    return command(
        *("account", "add", "reference", server.url, handle),
        *("--password-stdin", "--vault", "passphrase", "--json"),
        stdin=server.passwords[handle] + "\n",
    )
