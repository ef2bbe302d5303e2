"""Signing in and out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from litestar import Request
from litestar.datastructures import State
from litestar.params import JSONBody
from sqlalchemy.engine import Connection

from safetyclient.backend import access, entries, people, sessions, writes
from safetyclient.backend.problems import Refusal
from safetyclient.backend.routes import Parts, Visit, operation
from safetyclient.backend.service import Service
from safetyclient.backend.tables import people as people_table
from safetyclient.backend.tables import sessions as sessions_table
from safetyclient.wire.v1.auth import Session, SignIn
from safetyclient.wire.v1.common import ProblemCode
from safetyclient.wire.v1.people import Me


@operation(
    "POST",
    "/session",
    name="signIn",
    tag="session",
    check=None,
    status=201,
    keyed=False,
    problems=(ProblemCode.UNAUTHORIZED,),
)
def sign_in(
    request: Request[Any, Any, State], service: Parts, data: JSONBody[SignIn]
) -> Session:
    """Sign in with handle and password.

    Wrong passwords and unknown handles take the same work and get the same answer.
    """
    handle = data.handle.removeprefix("@").lower()
    service.logins_by_address.take(access.address(request))
    service.logins_by_account.take(handle)
    with service.database.read() as connection:
        row = connection.execute(
            sa.select(people_table.c.id, people_table.c.password_hash).where(
                people_table.c.handle == handle
            )
        ).first()
    known = "" if row is None else row.password_hash
    if not service.passwords.matches(known, data.password) or row is None:
        raise Refusal(ProblemCode.UNAUTHORIZED)
    return _open(service, row.id)


@operation("DELETE", "/session", name="signOut", tag="session", status=204, keyed=False)
def sign_out(visit: Visit) -> None:
    """Sign out: the token is good for nothing from now on."""
    session = visit.me.session
    visit.service.database.write(
        lambda connection: sessions.revoke(connection, session, now=visit.now)
    )


@operation("GET", "/session", name="getSession", tag="session")
def get_session(visit: Visit) -> Me:
    """Tell whose token this is."""
    with visit.service.database.read() as connection:
        return people.me(connection, visit.me.id, origin=visit.service.origin)


def _open(service: Service, person: int) -> Session:
    now = service.clock.now()
    expires_at = now + timedelta(days=service.settings.session_days)

    def work(connection: Connection) -> Session:
        _sweep(connection, service)
        token = sessions.open_session(
            connection, person, now=now, expires_at=expires_at
        )
        me = people.me(connection, person, origin=service.origin)
        return Session(token=token, expires_at=expires_at, me=me)

    return service.database.write(work)


def _sweep(connection: Connection, service: Service) -> None:
    """Drop what has run out. Signing in is rare, so it pays for the cleaning."""
    now = service.clock.now()
    writes.forget(connection, now=now, service=service)
    entries.forget(connection, now=now, service=service)
    connection.execute(
        sessions_table.delete().where(sessions_table.c.expires_at <= now)
    )


HANDLERS = (sign_in, sign_out, get_session)
