"""Put digests together whose time has come."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from services.notify.queries.digests import bundle, due_subscriptions
from shared.database import begin
from shared.logs import logger


async def put_digests_together(engine: AsyncEngine, now: datetime) -> int:
    """Bundle what each subscriber gets together now, once, however many replicas do it.

    Returns how many digests that makes.
    """
    made = 0
    async with begin(engine) as tx:
        due = await due_subscriptions(tx, now)
    for subscription_id in due:
        async with begin(engine) as tx:
            count = await bundle(tx, subscription_id, now)
        if count:
            logger.info("digest.put_together", subscription_id=subscription_id, digests=count)
        made += count
    return made
