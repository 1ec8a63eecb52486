"""SQL of the outbox: how much of it waits."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.tables import outbox


async def outbox_state(connection: AsyncConnection, most: int) -> tuple[int | None, int]:
    """The oldest batch that waits in the outbox, and how many wait, `most` at most."""
    waiting = select(outbox.c.seq).order_by(outbox.c.seq).limit(most).subquery()
    row = (
        await connection.execute(select(func.min(waiting.c.seq), func.count(waiting.c.seq)))
    ).one()
    return row[0], row[1]
