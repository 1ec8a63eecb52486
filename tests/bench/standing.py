"""What stands where: the ledger's payments, the topic's events, the totals that `api` answers."""

import asyncio
from dataclasses import dataclass

import asyncpg
import httpx
from aiokafka import AIOKafkaConsumer

from deploy.local.addresses import Addresses
from shared.money import parse_pounds
from shared.topics import PAYMENTS
from tests.support.control_totals import Totals
from tests.support.council_files import differences

_LOOK_SECONDS = 1.0
_PUBLISHED_SECONDS = 60


@dataclass(frozen=True)
class Standing:
    """Payments of the ledger, events of payments ever published, totals by buyer and month."""

    payments: int
    events: int
    totals: Totals

    def less(self, before: "Standing") -> str:
        """What was added since, in words."""
        payments, events = self.payments - before.payments, self.events - before.events
        counted = f"{payments:,} payments and {events:,} events were added"
        return "; ".join([counted, *differences(before.totals, self.totals)])


async def read_standing(addresses: Addresses, api: str) -> Standing:
    """What stands once the outbox is empty."""
    database = await asyncpg.connect(addresses.database)
    async with asyncio.timeout(_PUBLISHED_SECONDS):
        while await database.fetchval("select count(*) from ingest.outbox"):
            await asyncio.sleep(_LOOK_SECONDS)
    payments = await database.fetchval("select count(*) from ingest.payments")
    await database.close()
    async with httpx.AsyncClient(timeout=60) as client:
        answer = (await client.get(f"{api}/v1/totals")).raise_for_status().json()
    totals = {
        (row["buyer"], row["month"]): (row["lines"], parse_pounds(row["amount"]))
        for row in answer["rows"]
    }
    return Standing(payments, await _events(addresses.kafka), totals)


async def _events(bootstrap: str) -> int:
    consumer = AIOKafkaConsumer(PAYMENTS.name, bootstrap_servers=bootstrap, group_id=None)
    await consumer.start()
    try:
        return sum((await consumer.end_offsets(consumer.assignment())).values())
    finally:
        await consumer.stop()


class OutboxWatch:
    """The most rows and megabytes of disk that the outbox of ingest took at any look."""

    def __init__(self) -> None:
        self.rows = 0
        self.megabytes = 0.0

    async def watch(self, address: str) -> None:
        """Look once a second until cancelled."""
        database = await asyncpg.connect(address)
        try:
            while True:
                [(rows, size)] = await database.fetch(
                    "select count(*), pg_total_relation_size('ingest.outbox') from ingest.outbox"
                )
                self.rows = max(self.rows, rows)
                self.megabytes = max(self.megabytes, round(size / 2**20, 1))
                await asyncio.sleep(_LOOK_SECONDS)
        finally:
            await database.close()
