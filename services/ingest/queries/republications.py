"""SQL of files that are published anew: what earlier ones state of the same days."""

from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.queries.imports import FINISHED, RUNNING
from services.ingest.tables import imports
from shared.database import raw_connection


class Stated(NamedTuple):
    """A payment of a file by its id, and by the row that says what it is since it was corrected."""

    payment_id: str
    row_id: str
    source: str
    withdrawn: bool


# The ledger has no index for this: it is looked through, once for a file that overlaps another.
_STATED = """
    select payment_id::text, coalesce(named.row_id, payment_id)::text, source,
        coalesce(last.withdrawn, false)
    from payments
    left join lateral (
        select withdrawn from payment_revisions as revised
        where revised.payment_id = payments.payment_id order by revision desc limit 1
    ) as last on true
    left join lateral (
        select row_id from payment_revisions as revised
        where revised.payment_id = payments.payment_id and row_id is not null
        order by revision desc limit 1
    ) as named on true
    where source = any($1) and buyer = $2
"""


async def begun_imports(connection: AsyncConnection, buyer: str) -> list[Row[Any]]:
    """The imports of a buyer's payments that run, were cut short or finished, the newest first."""
    rows = await connection.execute(
        select(imports)
        .where(
            imports.c.buyer == buyer,
            imports.c.state.in_((RUNNING, FINISHED)),
            func.jsonb_array_length(imports.c.shapes) > 0,  # a list of agreements has none
        )
        .order_by(imports.c.started_at.desc(), imports.c.run.desc())
    )
    return list(rows)


async def stated_by(
    connection: AsyncConnection, buyer: str, file_ids: Collection[str]
) -> list[Stated]:
    """The payments that came in these files first."""
    sources = [f"/files/{each}" for each in file_ids]
    rows = await (await raw_connection(connection)).fetch(_STATED, sources, buyer)
    return [Stated(*row) for row in rows]
