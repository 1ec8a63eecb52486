"""SQL of what persons have answered about the columns of files."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.tables import mappings


async def find_mappings(connection: AsyncConnection, buyer: str) -> dict[str, dict[str, str]]:
    """The answers for a buyer's files, by the digest of their headers."""
    rows = await connection.execute(
        select(mappings.c.header_digest, mappings.c.answers).where(mappings.c.buyer == buyer)
    )
    return {row.header_digest: row.answers for row in rows}


async def remember_mapping(
    tx: AsyncConnection, buyer: str, header_digest: str, answers: Mapping[str, str], now: datetime
) -> None:
    """Keep an answer for files with these headers; a newer one replaces it."""
    values = {"answers": dict(answers), "answered_at": now}
    row = insert(mappings).values(buyer=buyer, header_digest=header_digest, **values)
    keys = ["buyer", "header_digest"]
    await tx.execute(row.on_conflict_do_update(index_elements=keys, set_=values))
