"""SQL of the list of imports: by page, in the order of their start."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.tables import imports


class ImportPlace(NamedTuple):
    """Where an import stands in a list: by its start, then by its id."""

    started_at: datetime
    import_id: UUID


class ImportFilter(NamedTuple):
    """Imports of these buyers, in this state; of any where None."""

    buyers: Collection[str] | None = None
    state: str | None = None


async def list_imports(
    connection: AsyncConnection,
    wanted: ImportFilter,
    after: ImportPlace | None,
    limit: int,
    *,
    newest_first: bool = True,
) -> list[Row[Any]]:
    """The `limit` imports that follow a place, by when they were started."""
    key = (imports.c.started_at, imports.c.import_id)
    order = [column.desc() if newest_first else column.asc() for column in key]
    query = select(imports).order_by(*order).limit(limit)
    if after is not None:
        place = tuple_(*after)
        query = query.where(tuple_(*key) < place if newest_first else tuple_(*key) > place)
    if wanted.buyers is not None:
        query = query.where(imports.c.buyer.in_(wanted.buyers))
    if wanted.state is not None:
        query = query.where(imports.c.state == wanted.state)
    return list(await connection.execute(query))
