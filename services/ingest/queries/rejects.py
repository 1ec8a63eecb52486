"""SQL of the quarantine, as it is looked through."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, Text, case, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.tables import rejects

MOST_SHOWN = 65_536
"""Bytes of a reject's content that a list shows; longer headers it leaves out."""


async def list_rejects(
    connection: AsyncConnection,
    after: int,
    limit: int,
    buyers: Collection[str] | None = None,
) -> list[Row[Any]]:
    """The rejects after that place in the order of arrival, of these buyers where any is named."""
    query = (
        select(
            rejects.c.seq,
            rejects.c.reject_id,
            rejects.c.origin,
            rejects.c.buyer,
            rejects.c.reason,
            rejects.c.field,
            rejects.c.received_at,
            func.octet_length(rejects.c.content).label("size"),
            func.substr(rejects.c.content, 1, MOST_SHOWN).label("start"),
            case(
                (func.octet_length(cast(rejects.c.headers, Text)) <= MOST_SHOWN, rejects.c.headers)
            ).label("headers"),
        )
        .where(rejects.c.seq > after)
        .order_by(rejects.c.seq)
        .limit(limit)
    )
    if buyers is not None:
        query = query.where(rejects.c.buyer.in_(buyers))
    return list(await connection.execute(query))


async def find_reject(connection: AsyncConnection, reject_id: str) -> Row[Any] | None:
    """A reject with all of its content."""
    return (
        await connection.execute(select(rejects).where(rejects.c.reject_id == reject_id))
    ).one_or_none()
