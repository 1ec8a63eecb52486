"""Forget the answers to requests that are no longer sent again."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.answer import KEPT_FOR
from services.ingest.queries.answers import delete_answers
from shared.database import begin


async def forget_answers(engine: AsyncEngine, now: datetime) -> int:
    """Delete the answers that are older than 24 hours; return how many there were."""
    async with begin(engine) as tx:
        return await delete_answers(tx, now - KEPT_FOR)
