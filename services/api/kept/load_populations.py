"""Keep mid-year estimates, and who serves which areas, from files that an operator gives."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from services.api.benchmarks.population import Estimate, Serving
from services.api.kept.populations import put_estimates, put_served
from shared.database import begin


async def load_estimates(engine: AsyncEngine, estimates: Sequence[Estimate], now: datetime) -> None:
    """Keep estimates, each in place of one of the same area and mid-year."""
    async with begin(engine) as tx:
        await put_estimates(tx, estimates, now)


async def load_areas(engine: AsyncEngine, serving: Sequence[Serving], now: datetime) -> None:
    """Keep who serves what, in place of all that was said of the same buyers and Places."""
    async with begin(engine) as tx:
        await put_served(tx, serving, now)
