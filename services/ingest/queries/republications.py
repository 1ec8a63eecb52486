"""SQL of files that are published anew: which imports of a buyer there are to compare with."""

from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.queries.imports import FINISHED, RUNNING, TAKEN_BACK
from services.ingest.tables import imports


async def begun_imports(connection: AsyncConnection, buyer: str) -> list[Row[Any]]:
    """The imports of a buyer's payments that were begun, the newest first; some taken back."""
    rows = await connection.execute(
        select(imports)
        .where(
            imports.c.buyer == buyer,
            imports.c.state.in_((RUNNING, FINISHED, TAKEN_BACK)),
            func.jsonb_array_length(imports.c.shapes) > 0,  # a list of agreements has none
        )
        .order_by(imports.c.started_at.desc(), imports.c.run.desc())
    )
    return list(rows)
