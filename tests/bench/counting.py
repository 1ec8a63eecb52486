"""What counting adds to a payment in `classify`: CPU of this process and of the database's server.

`python -m tests.bench.counting` in a stack (LOCALPOUND_DATABASE); one JSON line a figure.
"""

import asyncio
import random
import secrets
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from uuid import UUID

import orjson
import uvloop
from aiokafka import ConsumerRecord
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.classify.pounds.count_payments import count_payments
from services.classify.pounds.pounds import Counted, add_up
from services.classify.settings import Settings
from services.classify.sighting import sight_payments
from shared.database import begin, driver, migrate, open_engine
from shared.envelope import kafka_headers
from shared.identity import partition_key
from shared.memory import spare_the_collector
from shared.outbox import MOST_IN_ROW, SEQUENCE
from tests.bench.figures import figure

_BATCH, _BATCHES, _SUPPLIERS = 5000, 20, 15_000
_NOW = datetime(2026, 4, 1, 9, tzinfo=UTC)


def _records() -> Iterator[ConsumerRecord]:
    """Payments to suppliers of which few are paid often, six partitions, 2,000 in an outbox row."""
    chance = random.Random(1)
    suppliers = [str(UUID(int=chance.getrandbits(128))) for _ in range(_SUPPLIERS)]
    shared = kafka_headers("payment.accepted.v1", "/ingest", _NOW)
    for number in range(_BATCH * _BATCHES):
        supplier = suppliers[int(chance.paretovariate(0.6)) % _SUPPLIERS]
        key = partition_key(supplier)
        payment = {
            "payment_id": str(UUID(int=number)),
            "buyer": chance.choice(["GB-LAE-LDS", "GB-LAE-BRD"]),
            "supplier_id": supplier,
            "payee": f"INVENTED PAYEE {supplier[:8]} LTD",
            "payment_date": date(2024, 4, 30),
            "amount_pence": chance.randrange(-50_000, 5_000_000),
            "recorded_at": _NOW,
            "reference": "INV 12345",
            "unit": "Adult services",
        }
        sequence = (1 + number // 2000) * MOST_IN_ROW + number % 2000
        headers = (*shared, ("ce_id", str(number).encode()), (SEQUENCE, b"%019d" % sequence))
        value = orjson.dumps(payment)
        yield ConsumerRecord(
            *("payments.v1", key[0] % 6, number, 0, 0, key, value, None, 0, 0, headers)
        )


async def _server_seconds(engine: AsyncEngine) -> float:
    async with begin(engine) as tx:
        pid = await (await driver(tx)).fetchval("select pg_backend_pid()")
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:  # noqa: ASYNC230, PTH123 - a moment
        words = file.read().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / 100


async def main() -> None:
    """Measure and print."""
    records = list(_records())
    known = {record.key for record in records}
    batches = [records[n : n + _BATCH] for n in range(0, len(records), _BATCH)]
    spare_the_collector()
    started = time.process_time()
    for batch in batches:
        sight_payments(batch, known)
    sighted = time.process_time()
    counted = {partition: Counted() for partition in range(6)}
    for batch in batches:
        add_up(batch, counted)
    added = time.process_time()
    settings = Settings()
    schema = f"b{secrets.token_hex(4)}_classify"
    engine = open_engine(settings.database, schema, connections=1)
    await migrate(engine, "classify", schema)
    try:
        server = await _server_seconds(engine)
        begun = time.process_time()
        for batch in batches:
            await count_payments(engine, batch, _NOW)
        done = time.process_time()
        server = await _server_seconds(engine) - server
    finally:
        async with engine.begin() as tx:
            await tx.execute(text(f'drop schema "{schema}" cascade'))
        await engine.dispose()
    each = 1e6 / len(records)
    figure("classify_sight_known", (sighted - started) * each, "us")
    figure("classify_add_up", (added - sighted) * each, "us")
    figure("classify_count", (done - begun) * each, "us", batch=_BATCH)
    figure("classify_count_server", server * each, "us", batch=_BATCH)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
