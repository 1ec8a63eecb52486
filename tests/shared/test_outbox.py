"""The outbox on a real broker and database: published if and only if committed, in order."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, cast

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaConnectionError
from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.local.addresses import Addresses
from shared.database import begin, open_engine, raw_connection
from shared.identity import identify, partition_key
from shared.kafka.producer import open_producer
from shared.outbox import SEQUENCE, Outgoing, Relay, enqueue, outbox_table
from shared.topics import PAYMENTS, Topic, create_topics
from tests.support.waiting import eventually

NOW = datetime(2026, 4, 1, 9, tzinfo=UTC)
TOPIC = Topic("payments.v1", "supplier", 3)


def events(first: int, last: int) -> list[Outgoing]:
    ids = [identify("event", str(number)) for number in range(first, last)]
    return [Outgoing(partition_key(i), i, str(n).encode()) for n, i in enumerate(ids, first)]


@pytest.fixture
async def engine(stack: Addresses, prefix: str) -> AsyncIterator[AsyncEngine]:
    engine = open_engine(stack.database, prefix)
    metadata = MetaData()
    outbox_table(metadata)
    async with begin(engine) as tx:
        await (await raw_connection(tx)).execute(f"create schema {prefix}")
        await tx.run_sync(metadata.create_all)
    await create_topics(stack.kafka, [TOPIC], prefix=prefix)
    yield engine
    await engine.dispose()


async def published(stack: Addresses, topic: str, count: int) -> list[tuple[int, str, bytes]]:
    return [
        (record.partition, dict(record.headers)["ce_id"].decode(), record.value)
        for record in await records_of(stack, topic, count)
    ]


async def records_of(stack: Addresses, topic: str, count: int) -> list[Any]:
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=stack.kafka, auto_offset_reset="earliest", group_id=None
    )
    await consumer.start()
    found: list[Any] = []
    try:
        async with asyncio.timeout(20):
            while len(found) < count:
                for records in (await consumer.getmany(timeout_ms=200)).values():
                    found += records
    finally:
        await consumer.stop()
    return found


async def _enqueue_and_crash(engine: AsyncEngine) -> None:
    async with begin(engine) as tx:
        await enqueue(tx, TOPIC, "payment.accepted.v1", "/ingest", events(9000, 9005), NOW)
        raise OSError("crash before the commit")


async def test_events_of_committed_transactions_only_are_published_in_order(
    stack: Addresses, prefix: str, engine: AsyncEngine
) -> None:
    async with begin(engine) as tx:
        await enqueue(tx, TOPIC, "payment.accepted.v1", "/ingest", events(0, 3000), NOW)
    with pytest.raises(OSError, match="crash"):
        await _enqueue_and_crash(engine)
    relay = asyncio.ensure_future(Relay(engine, prefix, stack.kafka, prefix).run())
    async with begin(engine) as tx:
        await enqueue(tx, TOPIC, "payment.accepted.v1", "/ingest", events(3000, 5000), NOW)
    found = await published(stack, prefix + TOPIC.name, 5000)
    relay.cancel()
    assert {int(value) for _, _, value in found} == set(range(5000))
    for partition in range(3):
        values = [int(value) for p, _, value in found if p == partition]
        assert values == sorted(values)
        assert values


async def test_what_is_published_again_after_a_crash_says_the_same_sequence(
    stack: Addresses, prefix: str, engine: AsyncEngine
) -> None:
    async with begin(engine) as tx:
        await enqueue(tx, TOPIC, "payment.accepted.v1", "/ingest", events(0, 50), NOW)
        await enqueue(tx, TOPIC, "payment.accepted.v1", "/ingest", events(50, 60), NOW)

    class Crash(OSError):
        pass

    class Crashing:
        """A connection that is lost between the acknowledgement and the deletion."""

        def __init__(self, connection: Any) -> None:
            self.fetch = connection.fetch
            self.is_closed = connection.is_closed

        async def execute(self, *_: object) -> None:
            raise Crash

    relay = Relay(engine, prefix, stack.kafka, prefix)
    producer = open_producer(stack.kafka)
    await producer.start()
    async with engine.connect() as one:
        connection = await raw_connection(one)
        with pytest.raises(Crash):
            await relay.run_once(Crashing(connection), producer)
        assert await relay.run_once(connection, producer) == 60
    await producer.stop()
    sequences: dict[str, list[str]] = {}
    for record in await records_of(stack, prefix + TOPIC.name, 120):
        assert record.headers[-1][0] == SEQUENCE
        given = dict(record.headers)
        sequences.setdefault(given["ce_id"].decode(), []).append(given[SEQUENCE].decode())
    assert all(one == other for one, other in sequences.values())
    in_order = [sequences[event.id][0] for event in events(0, 60)]
    assert in_order == sorted(set(in_order))


async def leader_of(engine: AsyncEngine) -> int | None:
    """The backend that holds the relay's lock on this schema."""
    async with begin(engine) as tx:
        found: int | None = await (await raw_connection(tx)).fetchval(
            "select l.pid from pg_locks l join pg_stat_activity a using (pid) "
            "where l.locktype = 'advisory' and a.application_name = 'localpound-' || "
            "current_schema()"
        )
    return found


async def test_a_second_relay_takes_over_when_the_leader_loses_its_connection(
    stack: Addresses, prefix: str, engine: AsyncEngine
) -> None:
    other = open_engine(stack.database, prefix)
    relays = [
        asyncio.ensure_future(Relay(each, prefix, stack.kafka, prefix).run())
        for each in (engine, other)
    ]
    await eventually(lambda: leader_of(engine))
    first = await leader_of(engine)
    async with begin(engine) as tx:
        await (await raw_connection(tx)).execute("select pg_terminate_backend($1)", first)

    async def another_leads() -> bool:
        return await leader_of(engine) not in {None, first}

    await eventually(another_leads)
    async with begin(engine) as tx:
        await enqueue(tx, TOPIC, "payment.accepted.v1", "/ingest", events(0, 10), NOW)
    found = await published(stack, prefix + TOPIC.name, 10)
    for relay in relays:
        relay.cancel()
    await other.dispose()
    assert len(found) == 10


async def test_a_relay_that_led_once_is_ready_while_another_leads(
    stack: Addresses, prefix: str, engine: AsyncEngine
) -> None:
    leader = asyncio.ensure_future(Relay(engine, prefix, stack.kafka, prefix).run())
    await eventually(lambda: leader_of(engine))
    led_before = Relay(engine, prefix, stack.kafka, prefix)
    led_before._waiting_since = time.monotonic() - 61
    assert led_before.unready()
    await led_before._lead()
    leader.cancel()
    assert led_before.unready() == []


async def test_a_leader_whose_session_ended_publishes_no_further_batch(
    stack: Addresses, prefix: str, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        async with begin(engine) as tx:
            event = events(number, number + 1)
            await enqueue(tx, TOPIC, "payment.accepted.v1", "/ingest", event, NOW)
    handed_over = 0

    async def hand_over_and_lose_the_session(*_: Any) -> list[Any]:
        nonlocal handed_over
        handed_over += 1
        pid = connection.get_server_pid()
        async with begin(engine) as tx:
            await (await raw_connection(tx)).execute("select pg_terminate_backend($1)", pid)

        async def closed() -> bool:
            return bool(connection.is_closed())

        await eventually(closed)
        return []

    monkeypatch.setattr("shared.outbox.send_batches", hand_over_and_lose_the_session)
    relay = Relay(engine, prefix, stack.kafka, prefix)
    async with engine.connect() as leader:
        connection = await raw_connection(leader)
        with pytest.raises(asyncpg.InterfaceError, match="has ended"):
            await relay.run_once(connection, cast("Any", None))
        await leader.invalidate()
    assert handed_over == 1


async def test_a_relay_that_failed_lets_go_of_the_lock(
    stack: Addresses, prefix: str, engine: AsyncEngine
) -> None:
    unreachable = Relay(engine, prefix, "127.0.0.1:1", prefix)
    with pytest.raises(KafkaConnectionError):
        await unreachable._lead()
    assert await leader_of(engine) is None


async def test_outside_a_transaction_nothing_can_be_enqueued(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        with pytest.raises(RuntimeError, match="transaction"):
            await enqueue(connection, PAYMENTS, "x", "/ingest", events(0, 1), NOW)
