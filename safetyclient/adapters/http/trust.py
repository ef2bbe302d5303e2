"""TLS: whom we believe, and nothing that the environment says about it."""

from __future__ import annotations

import re
import ssl
import sys
from pathlib import Path

_HASHED = re.compile(r"[0-9a-f]{8}\.[0-9]", re.IGNORECASE)
_BUNDLES = (
    "/etc/ssl/cert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/cert.pem",
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/ssl/ca-bundle.pem",
)


def system_trust() -> ssl.SSLContext:
    """Return a context that believes what the operating system believes.

    On Windows and macOS truststore asks the system itself. Elsewhere it would only
    load OpenSSL's default places, which `SSL_CERT_FILE` and `SSL_CERT_DIR` replace;
    so there the same places are loaded by name.
    """
    context: ssl.SSLContext
    if sys.platform in {"win32", "darwin"}:
        import truststore

        context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    else:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        _load_places(context)
    return harden(context)


def harden(context: ssl.SSLContext) -> ssl.SSLContext:
    """Take out what would weaken a context, and return it."""
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # SSLKEYLOGFILE would let anybody who can set it read everything.
    context.keylog_filename = None  # type: ignore[assignment] # "off" is None
    return context


def _load_places(context: ssl.SSLContext) -> None:
    built_in = ssl.get_default_verify_paths()
    folder = Path(built_in.openssl_capath)
    # The folder is read certificate by certificate when one is needed; a bundle
    # costs a parse of all of them at start.
    if folder.is_dir() and any(_HASHED.fullmatch(p.name) for p in folder.iterdir()):
        context.load_verify_locations(capath=str(folder))
        return
    for name in (built_in.openssl_cafile, *_BUNDLES):
        if Path(name).is_file():
            context.load_verify_locations(cafile=name)
            return
