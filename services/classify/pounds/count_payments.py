"""Count a batch of payments into the sums of their suppliers, exactly once each."""

from collections.abc import Sequence
from datetime import datetime

from aiokafka import ConsumerRecord
from sqlalchemy.ext.asyncio import AsyncEngine

from services.classify.pounds.pounds import add_up
from services.classify.queries.pounds import add_pounds, lock_counted
from shared.database import begin, driver
from shared.inbox import Reject, quarantine


async def count_payments(
    engine: AsyncEngine, records: Sequence[ConsumerRecord], now: datetime
) -> list[Reject]:
    """Add what is new to the sums; return what can't be read and was not quarantined before.

    Two replicas that hold one partition for a moment wait for each other, and the second finds
    counted what the first counted.
    """
    async with begin(engine) as tx:
        connection = await driver(tx)
        counted = await lock_counted(connection, {record.partition for record in records})
        addition = add_up(records, counted)
        quarantined = await quarantine(tx, addition.rejects, now)
        await add_pounds(connection, addition.sums, counted)
    return quarantined
