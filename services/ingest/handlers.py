"""Kafka in: records of the finance topics to the use cases."""

from collections.abc import Callable
from datetime import datetime

from aiokafka import ConsumerRecord
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest import metrics
from services.ingest.agreements.register_agreements import register_agreements
from services.ingest.arrivals.read_records import read_agreements, read_payments
from services.ingest.payments.post_payments import post_payments
from services.ingest.queries.buyers import find_buyers
from shared import topics
from shared.inbox import say_quarantined
from shared.kafka.consumers import Consumers


def subscribe(consumers: Consumers, engine: AsyncEngine, clock: Callable[[], datetime]) -> None:
    """Register the handlers of `finance.payments` and `finance.agreements`."""

    @consumers.batch(topics.FINANCE_PAYMENTS)
    async def payments_posted(records: list[ConsumerRecord]) -> None:
        now = clock()
        async with engine.connect() as connection:
            buyers = await find_buyers(connection)
        batch = read_payments(records, buyers, now)
        done = await post_payments(engine, batch, buyers, now)
        metrics.count(metrics.PAYMENTS, "kafka", done)
        say_quarantined(topics.FINANCE_PAYMENTS.name, done.rejects)

    @consumers.batch(topics.FINANCE_AGREEMENTS, max_records=500)
    async def agreements_posted(records: list[ConsumerRecord]) -> None:
        now = clock()
        async with engine.connect() as connection:
            buyers = await find_buyers(connection)
        done = await register_agreements(engine, read_agreements(records, buyers, now), now)
        metrics.count(metrics.AGREEMENTS, "kafka", done)
        say_quarantined(topics.FINANCE_AGREEMENTS.name, done.rejects)
