"""Tells at /metrics what the ledger knows of imports: those of a command line pass no service."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.metrics import KEPT_IMPORTS, KEPT_ROWS
from services.ingest.queries.import_counts import count_imports
from services.ingest.queries.imports import IMPORT_STATES
from shared.database import DATABASE_ERRORS
from shared.logs import logger

_PAUSE_SECONDS = 30


async def tell_imports(engine: AsyncEngine) -> None:
    """Set the gauges once; a state in which no import is has 0."""
    async with engine.connect() as connection:
        counts = await count_imports(connection)
    for state in IMPORT_STATES:
        KEPT_IMPORTS.labels(state).set(counts.by_state.get(state, 0))
    for outcome, rows in counts.rows.items():
        KEPT_ROWS.labels(outcome).set(rows)


async def tell_imports_on(engine: AsyncEngine) -> None:
    """Set them every half a minute until cancelled."""
    while True:
        try:
            await tell_imports(engine)
        except DATABASE_ERRORS as error:
            logger.warning("imports.not_told", error=repr(error))
        await asyncio.sleep(_PAUSE_SECONDS)
