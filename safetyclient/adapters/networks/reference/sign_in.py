"""Signing in to a reference server with a password."""

from __future__ import annotations

import hashlib

from safetyclient.adapters.http.client import Door
from safetyclient.adapters.http.origins import Origin, parse_origin
from safetyclient.adapters.networks.reference.client import AccountClient
from safetyclient.domain.accounts import Account, Credential, NetworkKind
from safetyclient.domain.errors import BadInput, SignInExpired
from safetyclient.domain.ids import AccountId, PersonId
from safetyclient.domain.people import parse_handle
from safetyclient.wire.v1 import auth


async def sign_in(
    server: str, handle: str, password: str, *, door: Door
) -> tuple[Account, Credential]:
    """Return the account of a handle and a password, and its token.

    Args:
        server: what the person typed; an address on this computer makes the account
            one of a test server.
        handle: with or without `@`.
        password: sent once and not kept.
        door: the way to the server.

    Raises:
        BadInput: field `server`, `handle` or `password`.
    """
    origin = parse_origin(server, typed=True)
    session = await open_session(origin, handle, password, door=door)
    me = session.me
    account = Account(
        id=account_id(origin, me.id),
        network=NetworkKind.REFERENCE,
        server=str(origin),
        remote_id=PersonId(me.id),
        handle=me.handle,
        name=me.name,
        test_server=origin.test,
    )
    return account, Credential(origin=str(origin), token=session.token)


async def open_session(
    origin: Origin, handle: str, password: str, *, door: Door
) -> auth.Session:
    """Ask whether this is such a server, then exchange the password."""
    handle = parse_handle(handle)
    pinned = door.open(origin)
    client = AccountClient(pinned)
    try:
        await client.server()
        return await client.sign_in(handle, password)
    except SignInExpired:
        raise BadInput(field="password", reason="sign_in") from None
    finally:
        await pinned.aclose()


def account_id(origin: Origin, remote_id: str) -> AccountId:
    """Return the local id: the same account gets the same one at each sign-in."""
    name = f"{NetworkKind.REFERENCE.value} {origin} {remote_id}"
    return AccountId(hashlib.sha256(name.encode()).hexdigest()[:12])
