"""Tell the metrics how much waits for a person."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncEngine

from services.classify.metrics import REVIEWS_POUNDS, REVIEWS_WAITING
from services.classify.queries.reviews import count_reviews
from shared.database import DATABASE_ERRORS, raw_connection
from shared.logs import logger

_EVERY_SECONDS = 60.0


async def measure_reviews(engine: AsyncEngine) -> None:
    """Measure once a minute, for ever; a database that is away is measured when it is back."""
    while True:
        try:
            await measure_once(engine)
        except DATABASE_ERRORS as error:
            logger.warning("reviews.unmeasured", error=repr(error))
        await asyncio.sleep(_EVERY_SECONDS)


async def measure_once(engine: AsyncEngine) -> None:
    """Set the gauges to what waits at this moment."""
    async with engine.connect() as connection:
        waiting = await count_reviews(await raw_connection(connection))
    REVIEWS_WAITING.set(waiting.suppliers)
    REVIEWS_POUNDS.set(waiting.pence / 100)
