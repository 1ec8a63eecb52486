"""payments.v1 read from given offsets to where it ends, without a consumer group."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time, timedelta

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import for_code

from services.notify.queries.watches import Passed
from shared.kafka.brokers import Brokers, options
from shared.topics import LARGEST_RECORD, PAYMENTS

_AT_ONCE = 5_000
_MARGIN = timedelta(days=31)
"""How long before an end a payment dated after it may have been recorded."""


class PaymentsTopic:
    """The topic, up to where each partition ended when it was opened."""

    def __init__(
        self, consumer: AIOKafkaConsumer, topic: str, ends: Mapping[TopicPartition, int]
    ) -> None:
        self._consumer = consumer
        self._topic = topic
        self._ends = ends

    @property
    def partitions(self) -> list[int]:
        """The numbers of the partitions."""
        return sorted(place.partition for place in self._ends)

    def end_of(self, partition: int) -> int:
        """The offset after the last record of a partition."""
        return self._ends[TopicPartition(self._topic, partition)]

    async def offsets_since(self, ends: Mapping[int, date]) -> dict[int, int]:
        """Where in each partition the payments begin that were recorded about a day or later."""
        asked = {
            TopicPartition(self._topic, number): _milliseconds(day - _MARGIN)
            for number, day in ends.items()
        }
        found = await self._consumer.offsets_for_times(asked) if asked else {}
        return {
            place.partition: at.offset if at else self._ends[place] for place, at in found.items()
        }

    def start(self, offsets: Mapping[int, int]) -> None:
        """Read these partitions, each from an offset on."""
        self._consumer.assign([TopicPartition(self._topic, number) for number in offsets])
        for number, offset in offsets.items():
            self._consumer.seek(TopicPartition(self._topic, number), offset)

    async def read(self) -> list[ConsumerRecord]:
        """Some more records of the partitions that have not ended."""
        going_on = [
            place
            for place in self._consumer.assignment()
            if await self._consumer.position(place) < self._ends[place]
        ]
        if not going_on:
            return []
        found = await self._consumer.getmany(*going_on, timeout_ms=1000, max_records=_AT_ONCE)
        return [record for records in found.values() for record in records]

    async def passed(self) -> list[Passed]:
        """How far each partition was read."""
        return [
            Passed(place.partition, at, at >= self._ends[place])
            for place in self._consumer.assignment()
            for at in [await self._consumer.position(place)]
        ]


@asynccontextmanager
async def open_payments(brokers: Brokers | str, prefix: str) -> AsyncIterator[PaymentsTopic]:
    """The topic of these brokers, open for as long as it is read."""
    name = prefix + PAYMENTS.name
    places = await _places(brokers, name)
    consumer = AIOKafkaConsumer(
        **options(brokers),
        group_id=None,
        isolation_level="read_committed",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        max_partition_fetch_bytes=LARGEST_RECORD + 65536,
    )
    await consumer.start()
    try:
        yield PaymentsTopic(consumer, name, await consumer.end_offsets(places))
    finally:
        await consumer.stop()


async def _places(brokers: Brokers | str, name: str) -> list[TopicPartition]:
    admin = AIOKafkaAdminClient(**options(brokers))
    await admin.start()
    try:
        [topic] = await admin.describe_topics([name])
    finally:
        await admin.close()
    if topic["error_code"]:
        raise for_code(topic["error_code"])(f"topic {name}")
    return [TopicPartition(name, one["partition"]) for one in topic["partitions"]]


def _milliseconds(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp() * 1000)
