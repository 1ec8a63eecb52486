"""SQL of what persons have answered about the bodies that files name."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.tables import entities


async def find_entities(connection: AsyncConnection, buyer: str) -> dict[str, bool]:
    """Whether the rows of a body that a file names are the buyer's, by its folded name."""
    rows = await connection.execute(
        select(entities.c.entity, entities.c.ours).where(entities.c.buyer == buyer)
    )
    return {row.entity: row.ours for row in rows}


async def remember_entities(
    tx: AsyncConnection, buyer: str, ours: Mapping[str, bool], now: datetime
) -> None:
    """Keep what was answered; a newer answer replaces it."""
    for entity in sorted(ours):
        values = {"ours": ours[entity], "answered_at": now}
        row = insert(entities).values(buyer=buyer, entity=entity, **values)
        keys = ["buyer", "entity"]
        await tx.execute(row.on_conflict_do_update(index_elements=keys, set_=values))
