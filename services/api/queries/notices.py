"""Notices of all agreements, in the order of their ids."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.tables import notices

FIRST = "00000000-0000-0000-0000-000000000000"
"""Before every notice."""


class Sought(NamedTuple):
    """Notices of the buyer, the agreement, in the state; of any where None."""

    buyer: str | None
    agreement: str | None
    state: str | None


async def list_notices(
    connection: AsyncConnection, sought: Sought, *, after: str, limit: int
) -> Sequence[Mapping[str, Any]]:
    """The `limit` notices at most after the one of this id, each as its last step told it."""
    statement = select(notices.c.content).where(notices.c.notice_id > after)
    if sought.agreement is not None:
        statement = statement.where(notices.c.agreement_id == sought.agreement)
    for name in ("buyer", "state"):
        value = getattr(sought, name)
        if value is not None:
            statement = statement.where(notices.c.content[name].astext == value)
    found = await connection.scalars(statement.order_by(notices.c.notice_id).limit(limit))
    return list(found)
