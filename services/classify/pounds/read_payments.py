"""payments.v1 read from its beginning: whole, or the payments of some suppliers, each once."""

from collections.abc import AsyncGenerator, Callable, Collection, Hashable
from contextlib import aclosing
from functools import partial

from aiokafka import AIOKafkaConsumer, ConsumerRecord

from services.classify.pounds.paid import Paid, name_of, paid_by, read_payment
from shared.errors import Rejected
from shared.identity import partition_key
from shared.kafka.brokers import Brokers, options
from shared.kafka.producer import partition_of
from shared.topics import LARGEST_RECORD, PAYMENTS, create_topics

_AT_ONCE = 5_000

Passed = Callable[[int, int], object]
"""Is told how many records were passed, and of how many."""

PaymentsOf = Callable[[Collection[str], Passed], AsyncGenerator[Paid]]
"""Reads what suppliers were paid, line by line, and what corrections take back."""


def payments_topic(brokers: Brokers | str, prefix: str) -> PaymentsOf:
    """Reads from the topic of these brokers."""
    return partial(read_payments, brokers, prefix)


async def read_payments(
    brokers: Brokers | str,
    prefix: str,
    supplier_ids: Collection[str],
    watch: Passed = lambda _, __: None,
) -> AsyncGenerator[Paid]:
    """What these suppliers were paid, up to where the topic ends when the reading begins.

    Only their partitions are read (all of a topic that was given more since it was created: what
    came before lies where the fewer had put it) and only records of their keys decoded; a fact that
    was published twice comes once. What can't be read stands in quarantine and is passed over.
    """
    keys = set(map(partition_key, supplier_ids))
    seen: set[Hashable] = set()
    async with aclosing(read_records(brokers, prefix, watch, keys)) as batches:
        async for records in batches:
            for record in records:
                if record.key not in keys:
                    continue
                try:
                    fact = read_payment(record)
                except Rejected:
                    continue
                name = name_of(fact, record.key)
                if name not in seen:
                    seen.add(name)
                    for paid in paid_by(fact, record.key):
                        yield paid


async def read_records(
    brokers: Brokers | str, prefix: str, watch: Passed, keys: Collection[bytes] | None = None
) -> AsyncGenerator[list[ConsumerRecord]]:
    """Every record of the topic, in the order of its partition, up to where it ends now.

    Where `keys` are given, only of the partitions in which these lie: all, where there are not as
    many as topics are created with.
    """
    await create_topics(brokers, [PAYMENTS], prefix=prefix)
    consumer = AIOKafkaConsumer(
        prefix + PAYMENTS.name,
        **options(brokers),
        group_id=None,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        max_partition_fetch_bytes=LARGEST_RECORD + 65536,
    )
    await consumer.start()
    try:
        every = {place.partition: place for place in consumer.assignment()}
        numbers = sorted(every)
        whole = keys is None or len(every) != PAYMENTS.partitions
        wanted = every.keys() if whole else {partition_of(key, numbers) for key in keys or ()}
        consumer.pause(*(place for number, place in every.items() if number not in wanted))
        ends = await consumer.end_offsets([every[number] for number in wanted])
        total, passed = sum(ends.values()), 0
        while any([await consumer.position(tp) < end for tp, end in ends.items()]):
            found = await consumer.getmany(*ends, timeout_ms=1000, max_records=_AT_ONCE)
            for partition, records in found.items():
                passed += len(records)
                yield [record for record in records if record.offset < ends[partition]]
            watch(passed, total)
    finally:
        await consumer.stop()
