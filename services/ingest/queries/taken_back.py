"""SQL of imports that are taken back: what they corrected and what they brought."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.queries.imports import FINISHED, RUNNING, TAKEN_BACK
from services.ingest.tables import imports
from shared.database import driver

_BATCH = 5_000
_OF_IMPORT = """
    with last as (
        select distinct on (payment_id) payment_id, import_id, withdrawn from payment_revisions
        where buyer = $1 order by payment_id, revision desc
    )
    select payment_id::text from payments left join last using (payment_id)
    where buyer = $1 and source = $2 and recorded_at >= $3 and not coalesce(last.withdrawn, false)
    union
    select payment_id::text from payment_revisions where import_id = $4
    order by 1
"""


async def payments_of_import(tx: AsyncConnection, row: Row[Any]) -> AsyncIterator[list[str]]:
    """The ids of the payments that an import brought and that stand, or that it corrected.

    In batches, in order; in the caller's transaction.
    """
    cursor = await (await driver(tx)).cursor(
        _OF_IMPORT, row.buyer, f"/files/{row.file_id}", row.started_at, row.import_id
    )
    while rows := await cursor.fetch(_BATCH):
        yield [each[0] for each in rows]


async def later_imports(tx: AsyncConnection, row: Row[Any]) -> list[Row[Any]]:
    """Imports of the buyer's other files that run, or may have been built on this one.

    They began later, and were not taken back; a file that had been imported before and was only
    sent again has built on nothing.
    """
    earlier = imports.alias("earlier")
    sent_again = exists().where(
        earlier.c.file_id == imports.c.file_id,
        earlier.c.started_at < row.started_at,
        earlier.c.state == FINISHED,
    )
    finished = and_(
        imports.c.state == FINISHED,
        imports.c.started_at >= row.started_at,
        imports.c.first_date.is_not(None),
        imports.c.supersedes.contains([row.import_id]) | ~sent_again,
    )
    rows = await tx.execute(
        select(imports).where(
            imports.c.buyer == row.buyer,
            imports.c.file_id != row.file_id,
            or_(imports.c.state == RUNNING, finished),
        )
    )
    return list(rows)


async def mark_taken_back(
    tx: AsyncConnection, row: Row[Any], republication: dict[str, Any], now: datetime
) -> None:
    """The import is taken back, as its republication says, with later runs of the same file."""
    runs = update(imports).where(
        imports.c.file_id == row.file_id,
        imports.c.run >= row.run,
        imports.c.state == FINISHED,
    )
    await tx.execute(runs.values(state=TAKEN_BACK, moved_at=now))
    of_import = update(imports).where(imports.c.import_id == row.import_id)
    await tx.execute(of_import.values(republication=republication))
