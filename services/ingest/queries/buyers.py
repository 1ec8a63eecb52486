"""SQL of the buyers."""

from collections.abc import Iterable

from sqlalchemy import false, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.buyers.buyer import Buyer, Buyers
from services.ingest.tables import buyers

_FIELDS = [buyers.c[name] for name in Buyer._fields]


async def find_buyers(connection: AsyncConnection) -> Buyers:
    """Every buyer, by org-id."""
    rows = await connection.execute(select(*_FIELDS).order_by(buyers.c.org_id))
    return {row.org_id: Buyer(*row) for row in rows}


async def put_buyer(tx: AsyncConnection, buyer: Buyer) -> bool:
    """Add it, to be announced, or replace what is known of it; whether it was there before."""
    there = select(buyers.c.org_id).where(buyers.c.org_id == buyer.org_id).with_for_update()
    replaced = (await tx.execute(there)).one_or_none() is not None
    values = buyer._asdict() | {"announced": False}
    added = insert(buyers).values(values)
    changed = {name: value for name, value in values.items() if name != "org_id"}
    await tx.execute(added.on_conflict_do_update(index_elements=["org_id"], set_=changed))
    return replaced


async def take_unannounced(tx: AsyncConnection) -> list[Buyer]:
    """Those that were not announced, locked, so that one replica announces them."""
    rows = await tx.execute(
        select(*_FIELDS)
        .where(buyers.c.announced == false())
        .order_by(buyers.c.org_id)
        .with_for_update()
    )
    return [Buyer(*row) for row in rows]


async def note_announced(tx: AsyncConnection, announced: Iterable[Buyer]) -> None:
    """They are in the outbox."""
    ids = [each.org_id for each in announced]
    await tx.execute(update(buyers).where(buyers.c.org_id.in_(ids)).values(announced=True))
