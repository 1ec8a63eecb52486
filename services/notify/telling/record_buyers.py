"""Record what buyers are called, so that messages name them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from services.notify.queries.buyers import put_names
from shared.database import begin
from shared.events import BuyerRegistered, BuyerSucceeded
from shared.inbox import Reject, quarantine


async def record_buyers(
    engine: AsyncEngine,
    facts: Sequence[BuyerRegistered | BuyerSucceeded],
    rejects: Sequence[Reject],
    now: datetime,
) -> None:
    """Keep the newest name of each; what is written from now on says it. Successions say none."""
    async with begin(engine) as tx:
        await quarantine(tx, rejects, now)
        await put_names(tx, [one for one in facts if isinstance(one, BuyerRegistered)])
