"""Pounds through the service on the real broker: replicas, rebalances, topics read anew."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.local.addresses import Addresses
from services.classify.main import Settings, build
from shared.topics import PAYMENTS, create_topics
from tests.classify.database import fetch
from tests.classify.pounds.test_pounds import published
from tests.classify.test_service import engine, running, send, settings
from tests.support.waiting import eventually

__all__ = ["engine", "settings"]

MANY = [published(1 + n // 40, n % 40, n, 3 * n, f"Payee {n % 25}") for n in range(400)]


async def totals(engine: AsyncEngine) -> tuple[int, int]:
    [row] = await fetch(engine, "select sum(lines)::bigint, sum(pence)::bigint from pounds")
    return row[0] or 0, row[1] or 0


def expected(records: list[Any]) -> tuple[int, int]:
    return len(records), sum(3 * number for number in range(len(records)))


async def reach(engine: AsyncEngine, records: list[Any]) -> None:
    async def reached() -> bool:
        return (await totals(engine))[0] >= len(records)

    await eventually(reached, within=60)
    assert await totals(engine) == expected(records)


async def test_replicas_that_come_and_go_and_a_topic_read_anew_count_each_payment_once(
    engine: AsyncEngine,
    settings: Callable[..., Settings],
    stack: Addresses,
    prefix: str,
) -> None:
    topic = prefix + PAYMENTS.name
    await create_topics(stack.kafka, [PAYMENTS], prefix=prefix)
    async with running(build(settings())):
        await send(stack, topic, *MANY[:100])
        await reach(engine, MANY[:100])
        # A second replica takes partitions over; the relay was killed and begins its rows anew.
        async with running(build(settings(instance="2"))):
            await send(stack, topic, *MANY[80:200])
            await reach(engine, MANY[:200])
        await send(stack, topic, *MANY[160:300])
        await reach(engine, MANY[:300])
    # Another group begins at the beginning, and so finds all of it again before what is new.
    async with running(build(settings(group_prefix=f"{prefix}anew"))):
        await send(stack, topic, *MANY[280:])
        await reach(engine, MANY)
