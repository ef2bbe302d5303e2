"""What became of a write: the answer for a client that lost the first one."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import sqlalchemy as sa
from litestar.params import Parameter

from safetyclient.backend import access
from safetyclient.backend.problems import not_found
from safetyclient.backend.routes import KEY_PATTERN, Visit, operation
from safetyclient.backend.tables import operations
from safetyclient.wire.v1.common import ProblemCode
from safetyclient.wire.v1.operations import Operation

Key = Annotated[str, Parameter(pattern=KEY_PATTERN)]


@operation(
    "GET",
    "/operations/{key:str}",
    name="getOperation",
    tag="operations",
    problems=(ProblemCode.NOT_FOUND,),
)
def get_operation(visit: Visit, key: Key) -> Operation:
    """Tell what became of a write by its idempotency key, while it is remembered.

    The change id of a bulk item is such a key too. Not found means: not done.
    """
    horizon = visit.now - timedelta(days=visit.service.settings.key_days)
    statement = sa.select(
        operations.c.key,
        operations.c.operation,
        operations.c.status,
        operations.c.subject,
        operations.c.at,
    ).where(
        operations.c.key == key,
        operations.c.at > horizon,
        access.own("getOperation", operations.c.person_id, me=visit.me),
    )
    with visit.service.database.read() as connection:
        row = connection.execute(statement).first()
    if row is None:
        raise not_found()
    return Operation(
        key=row.key,
        operation=row.operation,
        status=row.status,
        subject=row.subject,
        at=row.at,
    )


HANDLERS = (get_operation,)
