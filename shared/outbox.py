"""The outbox: an event is published if and only if the transaction that caused it committed.

A row holds a packed, compressed batch of records for one topic (measured: a sixth of the cost of a
row for each record). One leader relays, in order of `seq`: it selects, publishes, waits for the
broker's acknowledgement and deletes what it published. There is no cursor, so a row whose
transaction commits late is never skipped. A crash between publish and delete publishes again:
every reader is idempotent, by the keys of its facts or by the attribute `sequence`, which is the
same both times (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/extensions/sequence.md).
"""

import asyncio
import contextlib
import time
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import asyncpg
import cramjam
import msgpack
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from sqlalchemy import BigInteger, Column, Identity, LargeBinary, MetaData, Table, Text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.database import DATABASE_ERRORS, driver, raw_connection
from shared.envelope import kafka_headers
from shared.kafka.brokers import Brokers
from shared.kafka.producer import Record, open_producer, send_batches
from shared.locks import Lock
from shared.logs import logger
from shared.metrics import OUTBOX_PUBLISHED, OUTBOX_WAITING
from shared.topics import Topic

SEQUENCE = "ce_sequence"
"""The header that tells where in the outbox an event stood; it is the last of a record."""

MOST_IN_ROW = 1_000_000
"""A sequence is the row's `seq` times this, and the place of the event in the row."""

_BATCHES_AT_ONCE = 16
_BYTES_AT_ONCE = 16 * 1024 * 1024
_STALE_SECONDS = 60.0
_OLDEST = """
    select seq, topic, records
    from (select *, sum(octet_length(records)) over (order by seq) - octet_length(records) as before
          from (select * from outbox order by seq limit $1) as oldest) as measured
    where before < $2 order by seq
"""
_IDLE_SECONDS = 1.0
_LEADER_RETRY_SECONDS = 1.0


class Outgoing(NamedTuple):
    """One event on its way: its Kafka key, its CloudEvents id, its data as JSON.

    `headers` are its own, beside those that its batch shares.
    """

    key: bytes
    id: str
    data: bytes
    headers: tuple[tuple[str, bytes], ...] = ()


def outbox_table(metadata: MetaData) -> Table:
    """The service's outbox; one row is one batch of events of one type for one topic."""
    return Table(
        "outbox",
        metadata,
        Column("seq", BigInteger, Identity(always=True), primary_key=True),
        Column("topic", Text, nullable=False),
        Column("records", LargeBinary, nullable=False),
    )


async def enqueue(
    tx: AsyncConnection,
    topic: Topic,
    event_type: str,
    source: str,
    records: Sequence[Outgoing],
    now: datetime,
    headers: Iterable[tuple[str, bytes]] = (),
) -> None:
    """Leave events of one type for the relay, inside the caller's transaction."""
    if not records:
        return
    if len(records) > MOST_IN_ROW:
        raise ValueError(f"{len(records)} events are more than a row of the outbox tells apart")
    shared = [*kafka_headers(event_type, source, now), *headers]
    packed = bytes(cramjam.zstd.compress(msgpack.packb((shared, records)), level=1))
    connection = await driver(tx)
    await connection.execute(
        "insert into outbox (topic, records) values ($1, $2)", topic.name, packed
    )
    await connection.execute("select pg_notify(current_schema() || '_outbox', '')")


class Relay:
    """Publishes one service's outbox while it is the leader; any number may stand by."""

    def __init__(
        self, engine: AsyncEngine, schema: str, brokers: Brokers | str, prefix: str = ""
    ) -> None:
        self._engine = engine
        self._schema = schema
        self._prefix = prefix
        self._brokers = brokers
        self._woken = asyncio.Event()
        self._waiting_since: float | None = None

    def unready(self) -> list[str]:
        """Why this relay is not ready, in words; empty when it is, or when another one leads."""
        waited = time.monotonic() - self._waiting_since if self._waiting_since else 0.0
        if waited < _STALE_SECONDS:
            return []
        return [f"outbox: events wait, nothing was published for {waited:.0f} s"]

    async def run(self) -> None:
        """Relay for ever; after a fault it leads anew with a fresh producer and fresh sequences."""
        while True:
            try:
                await self._lead()
            except (*DATABASE_ERRORS, KafkaError) as error:
                logger.warning("outbox.interrupted", schema=self._schema, error=repr(error))
            await asyncio.sleep(_LEADER_RETRY_SECONDS)

    async def _lead(self) -> None:
        async with self._engine.connect() as leader:
            connection = await raw_connection(leader)
            lock = zlib.crc32(f"outbox:{self._schema}".encode())
            if not await connection.fetchval(
                "select pg_try_advisory_lock($1::int, $2::int)", Lock.OUTBOX, lock - 2**31
            ):
                self._stand_by()
                return
            await connection.add_listener(f"{self._schema}_outbox", self._wake)
            try:
                await self._publish(connection)
            finally:
                # The lock is the session's: back in the pool it would keep every other relay out.
                await leader.invalidate()

    def _stand_by(self) -> None:
        """Another relay leads: what this one saw waiting while it led is no longer its to publish.

        After a fault it is kept until that is known, so that a relay that can't publish says so.
        """
        self._waiting_since = None
        OUTBOX_WAITING.labels(self._schema).set(0)

    async def _publish(self, connection: Any) -> None:
        producer = open_producer(self._brokers)
        await producer.start()
        logger.info("outbox.leading", schema=self._schema)
        try:
            while True:
                self._woken.clear()
                if not await self.run_once(connection, producer):
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._woken.wait(), _IDLE_SECONDS)
        finally:
            await producer.stop()

    def _wake(self, *_: Any) -> None:
        self._woken.set()

    async def run_once(self, connection: Any, producer: AIOKafkaProducer) -> int:
        """Publish the oldest waiting batches; return how many events were published."""
        rows = await connection.fetch(_OLDEST, _BATCHES_AT_ONCE, _BYTES_AT_ONCE)
        OUTBOX_WAITING.labels(self._schema).set(len(rows))
        if not rows:
            self._waiting_since = None
            return 0
        self._waiting_since = self._waiting_since or time.monotonic()
        published = 0
        acknowledgements: list[asyncio.Future[Any]] = []
        for row in rows:
            # Let the end of the session be heard: it ended the leadership, another may publish.
            await asyncio.sleep(0)
            if connection.is_closed():
                raise asyncpg.InterfaceError("the session that held the outbox's lock has ended")
            shared, records = msgpack.unpackb(cramjam.zstd.decompress(row["records"]))
            published += len(records)
            headers = [(name, value) for name, value in shared]
            first = row["seq"] * MOST_IN_ROW
            acknowledgements += await send_batches(
                producer, self._prefix + row["topic"], _records(headers, records, first)
            )
        await asyncio.gather(*acknowledgements)
        await connection.execute(
            "delete from outbox where seq = any($1)", [row["seq"] for row in rows]
        )
        self._waiting_since = None
        OUTBOX_PUBLISHED.labels(self._schema).inc(published)
        return published


def _records(
    shared: list[tuple[str, bytes]], records: Iterable[Any], first: int
) -> Iterator[Record]:
    """Packed events as records of Kafka, each with its sequence from `first` on."""
    for sequence, (key, event_id, data, own) in enumerate(records, first):
        headers = [*shared, ("ce_id", event_id.encode())]
        if own:
            headers += map(tuple, own)
        headers.append((SEQUENCE, b"%019d" % sequence))
        yield key, data, headers
