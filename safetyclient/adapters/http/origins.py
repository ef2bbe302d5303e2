"""Origins and addresses: which server a person typed, and where it may be."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from safetyclient.domain.errors import BadInput

_PORTS = {"http": 80, "https": 443}
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
# An address that ends in a number is an IPv4 address to every resolver, in any of
# its odd spellings (WHATWG URL); only the plain one is taken.
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_MAX = 300

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_TUNNELS = tuple(
    ipaddress.ip_network(net)
    for net in (
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2002::/16",
        "2001::/32",
        "192.88.99.0/24",
        "::/96",
    )
)


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port of a server.

    `test` is true for a server on this computer that the person typed themselves;
    only such an origin may be on loopback, and it may be nowhere else.
    """

    scheme: str
    host: str
    port: int
    test: bool = False

    def __str__(self) -> str:
        """Return the origin as text, without a default port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        if self.port == _PORTS[self.scheme]:
            return f"{self.scheme}://{host}"
        return f"{self.scheme}://{host}:{self.port}"


def _refuse() -> BadInput:
    return BadInput(field="server", reason="server")


def literal(host: str) -> Address | None:
    """Return the IP address that a host is written as, or None for a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def allowed(address: Address, *, test: bool) -> bool:
    """Return whether a connection may go to an address.

    A test server may be on loopback only, any other on global addresses only; an
    address that embeds another one (mapped, NAT64, 6to4, Teredo) is never taken.
    """
    if test:
        return address.is_loopback
    if isinstance(address, ipaddress.IPv6Address) and (
        address.ipv4_mapped is not None or address.is_site_local or address.scope_id
    ):
        return False
    if any(address in net for net in _TUNNELS if net.version == address.version):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _host(text: str) -> str:
    host = text.lower()
    if not host.isascii():
        import idna

        try:
            host = idna.encode(host, uts46=True).decode("ascii").lower()
        except UnicodeError:
            raise _refuse() from None
    if "%" in host:
        raise _refuse()
    address = literal(host)
    if address is not None:
        return str(address)
    labels = host.removesuffix(".").split(".")
    if _NUMBER.fullmatch(labels[-1]) or len(host) > 253:
        raise _refuse()
    if not all(_LABEL.fullmatch(label) for label in labels):
        raise _refuse()
    return ".".join(labels)


def _is_loopback(host: str) -> bool:
    address = literal(host)
    return host == "localhost" if address is None else address.is_loopback


def parse_origin(text: str, *, typed: bool = False) -> Origin:
    """Return the origin that a text names.

    Args:
        text: an origin; without a scheme `https`, and `http` on this computer.
        typed: whether the person typed it for this account; only then may it be a
            test server on this computer, over `http` or `https`.

    Raises:
        BadInput: field `server`, for anything else than an https origin with a
            global address or a name.
    """
    text = text.strip()
    if len(text) > _MAX or any(c.isspace() or ord(c) < 33 or c == "\\" for c in text):
        raise _refuse()
    bare = "://" not in text
    try:
        parts = urlsplit(f"https://{text}" if bare else text)
        name, port = parts.hostname, parts.port
    except ValueError:
        raise _refuse() from None
    extra = parts.path.rstrip("/") or parts.query or parts.fragment
    if not name or "@" in parts.netloc or extra or parts.scheme not in _PORTS:
        raise _refuse()
    if port == 0:
        raise _refuse()
    host = _host(name)
    test = _is_loopback(host)
    scheme = "http" if bare and test else parts.scheme
    if test and not typed:
        raise _refuse()
    if not test:
        address = literal(host)
        if scheme != "https" or (address and not allowed(address, test=False)):
            raise _refuse()
    return Origin(scheme, host, port or _PORTS[scheme], test)
