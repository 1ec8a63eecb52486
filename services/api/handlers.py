"""Kafka in: every topic of the read model to its projection."""

from collections.abc import Callable
from datetime import datetime

from aiokafka import ConsumerRecord
from sqlalchemy.ext.asyncio import AsyncEngine

from services.api.projections import PROJECTIONS
from services.api.projections.projection import Projection, apply_records
from shared.kafka.consumers import Consumers, Handler


def subscribe(consumers: Consumers, engine: AsyncEngine, clock: Callable[[], datetime]) -> None:
    """Subscribe each projection to its topic."""
    for projection in PROJECTIONS:
        subscription = consumers.batch(
            projection.topic,
            max_records=projection.at_once,
            gather=projection.gather,
            lanes=projection.lanes,
        )
        subscription(_handler(engine, projection, clock))


def _handler(engine: AsyncEngine, projection: Projection, clock: Callable[[], datetime]) -> Handler:
    async def handle(records: list[ConsumerRecord]) -> None:
        await apply_records(engine, projection, records, clock())

    return handle
