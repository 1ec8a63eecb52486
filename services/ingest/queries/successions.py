"""SQL of the successions of buyers."""

from collections.abc import Iterable

from sqlalchemy import false, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.buyers.succession import Succession
from services.ingest.tables import successions

_FIELDS = [successions.c[name] for name in Succession._fields]


async def list_successions(connection: AsyncConnection) -> list[Succession]:
    """Every succession, by its day."""
    rows = await connection.execute(
        select(*_FIELDS).order_by(successions.c.since, successions.c.predecessor)
    )
    return [Succession(*row) for row in rows]


async def put_succession(tx: AsyncConnection, succession: Succession) -> None:
    """Add it, or replace what is known of the pair; it is to be announced."""
    values = succession._asdict()
    added = insert(successions).values(**values, announced=False)
    changed = {"since": succession.since, "source": succession.source, "announced": False}
    keys = ["predecessor", "successor"]
    await tx.execute(added.on_conflict_do_update(index_elements=keys, set_=changed))


async def take_unannounced(tx: AsyncConnection) -> list[Succession]:
    """Those that were not announced, locked, so that one replica announces them."""
    rows = await tx.execute(
        select(*_FIELDS)
        .where(successions.c.announced == false())
        .order_by(successions.c.predecessor, successions.c.successor)
        .with_for_update()
    )
    return [Succession(*row) for row in rows]


async def note_announced(tx: AsyncConnection, announced: Iterable[Succession]) -> None:
    """They are in the outbox."""
    pairs = [(each.predecessor, each.successor) for each in announced]
    pair = tuple_(successions.c.predecessor, successions.c.successor)
    await tx.execute(update(successions).where(pair.in_(pairs)).values(announced=True))
