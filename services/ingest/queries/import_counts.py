"""SQL of how many imports there are, whichever way they came."""

from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.queries.imports import FINISHED
from services.ingest.tables import imports


class ImportCounts(NamedTuple):
    """Imports by state, and rows of the finished ones by outcome."""

    by_state: dict[str, int]
    rows: dict[str, int]


async def count_imports(connection: AsyncConnection) -> ImportCounts:
    """Count every import and the rows of those that are finished."""
    outcomes = {
        "accepted": imports.c.accepted,
        "known": imports.c.already_known,
        "rejected": imports.c.rejected,
    }
    sums = [func.coalesce(func.sum(column), 0) for column in outcomes.values()]
    query = select(imports.c.state, func.count(), *sums).group_by(imports.c.state)
    by_state: dict[str, int] = {}
    rows = dict.fromkeys(outcomes, 0)
    for state, count, *of_rows in await connection.execute(query):
        by_state[state] = count
        if state == FINISHED:
            rows = dict(zip(outcomes, map(int, of_rows), strict=True))
    return ImportCounts(by_state, rows)
