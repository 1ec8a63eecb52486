"""How many people there are where, and who serves them: loaded, else as it came."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.benchmarks.population import Areas, Estimate, Serving, fold_place
from services.api.benchmarks.shipped import shipped_areas, shipped_estimates
from services.api.kept.tables import populations, served_areas

_AT_ONCE = 1_000


async def read_areas(connection: AsyncConnection) -> Areas:
    """Everything that is known: what was loaded goes before what came with the product."""
    loaded = [
        Estimate(*row)
        for row in await connection.execute(
            select(
                populations.c.area,
                populations.c.mid_year,
                populations.c.people,
                populations.c.source,
            )
        )
    ]
    serving = [
        Serving(*row)
        for row in await connection.execute(select(served_areas.c.serves, served_areas.c.area))
    ]
    said = {fold_place(one.serves) for one in serving}
    shipped = [one for one in shipped_areas() if fold_place(one.serves) not in said]
    return Areas([*shipped_estimates(), *loaded], [*shipped, *serving])


async def put_estimates(
    tx: AsyncConnection, estimates: Iterable[Estimate], loaded_at: datetime
) -> None:
    """Keep estimates; of an area and mid-year the last that was loaded counts."""
    rows = [one._asdict() | {"loaded_at": loaded_at} for one in estimates]
    for first in range(0, len(rows), _AT_ONCE):
        statement = insert(populations)
        statement = statement.on_conflict_do_update(
            index_elements=["area", "mid_year"],
            set_={name: statement.excluded[name] for name in ("people", "source", "loaded_at")},
        )
        await tx.execute(statement, rows[first : first + _AT_ONCE])


async def put_served(tx: AsyncConnection, serving: Iterable[Serving], loaded_at: datetime) -> None:
    """Keep who serves which areas; of each buyer and Place these replace those of before."""
    rows = [one._asdict() | {"loaded_at": loaded_at} for one in dict.fromkeys(serving)]
    named = {row["serves"] for row in rows}
    await tx.execute(delete(served_areas).where(served_areas.c.serves.in_(named)))
    await tx.execute(insert(served_areas), rows)
