"""SQL of the buyers."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.buyers.buyer import Buyer, Buyers
from services.ingest.tables import buyers


async def find_buyers(connection: AsyncConnection) -> Buyers:
    """Every buyer, by org-id."""
    rows = await connection.execute(select(buyers).order_by(buyers.c.org_id))
    return {row.org_id: Buyer(*row) for row in rows}


async def put_buyer(tx: AsyncConnection, buyer: Buyer) -> bool:
    """Add the buyer, or replace what is known of it; whether it was there before."""
    there = select(buyers.c.org_id).where(buyers.c.org_id == buyer.org_id).with_for_update()
    replaced = (await tx.execute(there)).one_or_none() is not None
    values = buyer._asdict()
    added = insert(buyers).values(values)
    changed = {name: value for name, value in values.items() if name != "org_id"}
    await tx.execute(added.on_conflict_do_update(index_elements=["org_id"], set_=changed))
    return replaced
