"""H5, H6: the environment changes nothing, and a server must prove who it is."""

from __future__ import annotations

import inspect
import ssl
import subprocess
import sys
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from safetyclient.adapters.http.client import Ask, Door, check_proxy
from safetyclient.adapters.http.origins import Origin
from safetyclient.adapters.http.trust import harden, system_trust
from safetyclient.domain.errors import BadInput, SafetyError, TlsTrouble
from tests.adapters.http.kit import WHERE, get, new_door, plain, run, serve

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def ca() -> trustme.CA:
    return trustme.CA()


def present(context: ssl.SSLContext, cert: trustme.LeafCert) -> None:
    with cert.private_key_and_cert_chain_pem.tempfile() as path:
        context.load_cert_chain(path)


def server_side(ca: trustme.CA, name: str = "localhost") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    present(context, ca.issue_cert(name))
    return context


def trusting(ca: trustme.CA) -> Callable[[], ssl.SSLContext]:
    def trust() -> ssl.SSLContext:
        context = system_trust()
        context.load_verify_locations(cadata=ca.cert_pem.bytes().decode())
        return context

    return trust


def proxies(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, url)
        monkeypatch.setenv(name.lower(), url)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)


def test_h5_proxies_of_the_environment_are_not_used(
    monkeypatch: pytest.MonkeyPatch, ca: trustme.CA
) -> None:
    async def work() -> None:
        async with (
            serve(plain(b"{}")) as proxy,
            serve(plain(b"{}")) as server,
            serve(plain(b"{}"), tls=server_side(ca)) as secure,
        ):
            proxies(monkeypatch, f"http://127.0.0.1:{proxy.port}")
            await get(server)
            await get(secure, new_door(trust=trusting(ca)))
            assert proxy.connections == 0
            assert len(server.requests) == len(secure.requests) == 1

    run(work())


def test_h5_an_explicit_proxy_is_used_but_not_for_this_computer() -> None:
    async def work() -> None:
        async with serve(plain(b"{}")) as proxy, serve(plain(b"{}")) as server:
            door = new_door(proxy=f"http://127.0.0.1:{proxy.port}")
            await get(server, door)
            assert proxy.connections == 0
            pinned = door.open(Origin("https", "far.example", 443), token="canary")
            with pytest.raises(SafetyError):
                # This proxy does not speak TLS after CONNECT, so nothing is asked.
                await pinned.ask(Ask(method="GET", path=WHERE))
            await pinned.aclose()
            assert b"canary" not in b"".join(proxy.requests)
            assert proxy.requests[0].startswith(b"CONNECT far.example:443")

    run(work())


@pytest.mark.parametrize(
    "text",
    ["proxy:1", "ftp://a:1", "http://", "http://a", "http://a:1/x", "http://[:1"],
)
def test_h5_a_proxy_setting_is_checked(text: str) -> None:
    with pytest.raises(BadInput):
        check_proxy(text)
    assert check_proxy("http://u:p@127.0.0.1:8080") == "http://u:p@127.0.0.1:8080"
    assert check_proxy(" ") == ""


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_h5_certificates_of_the_environment_are_not_believed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ca: trustme.CA, name: str
) -> None:
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    value = tmp_path / "ca.pem" if name == "SSL_CERT_FILE" else tmp_path
    monkeypatch.setenv(name, str(value))

    async def work() -> None:
        async with serve(plain(b"{}"), tls=server_side(ca)) as server:
            if name == "SSL_CERT_FILE":
                # The control: this variable does work where it is read.
                await get(server, new_door(trust=ssl.create_default_context))
            with pytest.raises(TlsTrouble):
                await get(server, new_door())

    run(work())


def test_h5_no_key_log_is_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ca: trustme.CA
) -> None:
    log = tmp_path / "keys"
    monkeypatch.setenv("SSLKEYLOGFILE", str(log))
    control = ssl.create_default_context(cadata=ca.cert_pem.bytes().decode())

    async def work() -> None:
        async with serve(plain(b"{}"), tls=server_side(ca)) as server:
            await get(server, new_door(trust=lambda: control))
            assert "SECRET" in log.read_text()
            log.unlink()
            await get(server, new_door(trust=trusting(ca)))
            await get(server, new_door(trust=lambda: harden(control)))
            assert not log.exists()

    run(work())


def test_h5_netrc_is_not_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login a password canary\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HOME", str(tmp_path))

    async def work() -> None:
        async with serve(plain(b"{}")) as server:
            await get(server, token="")
            assert b"authorization" not in server.requests[0].lower()

    run(work())


def tls_1_1(ca: trustme.CA) -> ssl.SSLContext:
    context = server_side(ca)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


def expired(ca: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    past = datetime(2020, 1, 1, tzinfo=UTC)
    present(context, ca.issue_cert("localhost", not_after=past))
    return context


@pytest.mark.parametrize("case", ["wrong host", "unknown ca", "expired", "tls 1.1"])
def test_h6_a_server_that_cannot_prove_who_it_is(ca: trustme.CA, case: str) -> None:
    contexts: dict[str, Callable[[], ssl.SSLContext]] = {
        "wrong host": lambda: server_side(ca, "other.example"),
        "unknown ca": lambda: server_side(trustme.CA()),
        "expired": lambda: expired(ca),
        "tls 1.1": lambda: tls_1_1(ca),
    }

    async def work() -> None:
        async with serve(plain(b"{}"), tls=contexts[case]()) as server:
            with pytest.raises(TlsTrouble) as caught:
                await get(server, new_door(trust=trusting(ca)))
            assert not caught.value.in_doubt
            assert server.requests == []

    run(work())


def test_h6_a_server_that_can_is_asked(ca: trustme.CA) -> None:
    async def work() -> None:
        async with serve(plain(b'{"a":1}'), tls=server_side(ca)) as server:
            assert await get(server, new_door(trust=trusting(ca))) == b'{"a":1}'

    run(work())


def test_h6_nothing_in_the_program_turns_checking_off() -> None:
    for path in (ROOT / "safetyclient").rglob("*.py"):
        text = path.read_text("utf-8")
        for word in ("verify=False", "CERT_NONE", "check_hostname = False", "CERT_OPT"):
            assert word not in text, path


def test_h6_the_default_is_the_systems_trust() -> None:
    context = system_trust()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    trust = inspect.signature(Door).parameters["trust"].default
    assert trust is system_trust


def test_starting_up_does_not_load_the_http_library() -> None:
    code = (
        "import sys\n"
        "from safetyclient.adapters.networks.reference import moderation, network\n"
        "from safetyclient.adapters.http.client import Door\n"
        "from safetyclient.application.clock import SystemClock\n"
        "Door(clock=SystemClock())\n"
        "heavy = {'httpx', 'httpcore', 'anyio', 'idna', 'truststore'}\n"
        "sys.exit(' '.join(sorted(heavy & set(sys.modules))) or 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
