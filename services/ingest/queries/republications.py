"""SQL of files that are published anew: what earlier ones state of the same days."""

from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import Row, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.queries.imports import FAILED, FINISHED, RUNNING
from services.ingest.shapes.kept_shape import AGREEMENTS
from services.ingest.tables import imports
from shared.database import raw_connection


class Stated(NamedTuple):
    """A payment of a file by its id, and by the row that says what it is since it was corrected.

    `source` is the file that stands for it now.
    """

    payment_id: str
    row_id: str
    source: str
    withdrawn: bool


# The ledger has no index for this: it is looked through, once for a file that overlaps another.
_STATED = """
    select payment_id::text, coalesce(named.row_id, payment_id)::text,
        coalesce('/files/' || restated.file_id, source), coalesce(last.withdrawn, false)
    from payments
    left join lateral (
        select withdrawn, why from payment_revisions as revised
        where revised.payment_id = payments.payment_id order by revision desc limit 1
    ) as last on true
    left join lateral (
        select row_id from payment_revisions as revised
        where revised.payment_id = payments.payment_id and row_id is not null
        order by revision desc limit 1
    ) as named on true
    left join lateral (
        select imports.file_id from payment_revisions as revised join imports using (import_id)
        where revised.payment_id = payments.payment_id and why = 'restated'
        order by revision desc limit 1
    ) as restated on true
    where payments.buyer = $2
        and not (coalesce(last.withdrawn, false) and last.why = 'abandonment')
        and (source = any($1) or payment_id in (
            select payment_id from payment_revisions join imports using (import_id)
            where why = 'restated' and '/files/' || imports.file_id = any($1)
        ))
"""


async def begun_imports(connection: AsyncConnection, buyer: str) -> list[Row[Any]]:
    """The imports of a buyer's payments that state any: finished or not, the newest first.

    One that failed half-way does too, until it is tried again or abandoned.
    """
    rows = await connection.execute(
        select(imports)
        .where(
            imports.c.buyer == buyer,
            or_(
                imports.c.state.in_((RUNNING, FINISHED)),
                and_(imports.c.state == FAILED, imports.c.accepted > 0),
            ),
            ~imports.c.shapes.contains([{AGREEMENTS: {}}]),
        )
        .order_by(imports.c.started_at.desc(), imports.c.run.desc())
    )
    return list(rows)


async def stated_by(
    connection: AsyncConnection, buyer: str, file_ids: Collection[str]
) -> list[Stated]:
    """The payments that came in these files first, or that one of them states again.

    Not those of which the import was abandoned: they are stated by nobody.
    """
    sources = [f"/files/{each}" for each in file_ids]
    rows = await (await raw_connection(connection)).fetch(_STATED, sources, buyer)
    return [Stated(*row) for row in rows]
