"""Kafka out: a producer with the settled settings, and sending by ready-made batches.

Building batches ourselves costs a third of `send` for each record (measured: 6 us against 20).
"""

import asyncio
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.partitioner import murmur2
from aiokafka.producer.message_accumulator import BatchBuilder

from shared.kafka.brokers import Brokers, options
from shared.topics import LARGEST_RECORD

Record = tuple[bytes, bytes, list[tuple[str, bytes]]]
"""Key, value, headers."""


def open_producer(brokers: Brokers | str) -> AIOKafkaProducer:
    """A producer with the settled settings; the caller starts and stops it."""
    return AIOKafkaProducer(
        **options(brokers),
        acks="all",
        enable_idempotence=True,
        linger_ms=5,
        max_batch_size=524_288,
        compression_type="zstd",
        max_request_size=LARGEST_RECORD + 1_048_576,
    )


@lru_cache(maxsize=100_000)
def _hash(key: bytes) -> int:
    """Kafka's own hash of a key; in Python it takes 2 us, and suppliers come again and again."""
    return int(murmur2(key)) & 0x7FFFFFFF


def partition_of(key: bytes, partitions: Sequence[int]) -> int:
    """Where Kafka's own partitioner places the records of a key; the numbers are in order."""
    return partitions[_hash(key) % len(partitions)]


async def send_batches(
    producer: AIOKafkaProducer, topic: str, records: Iterable[Record]
) -> list[asyncio.Future[Any]]:
    """Hand records to the producer, in order for each key, as Kafka's own partitioner places them.

    Returns the broker's acknowledgements to wait for.
    """
    partitions = sorted(await producer.partitions_for(topic))
    sent: list[asyncio.Future[Any]] = []
    batches: dict[int, BatchBuilder] = {}
    for key, value, headers in records:
        partition = partition_of(key, partitions)
        batch = batches.get(partition)
        if batch is not None:
            if batch.append(key=key, value=value, timestamp=None, headers=headers) is not None:
                continue
            sent.append(await producer.send_batch(batch, topic, partition=partition))
            del batches[partition]
        batch = producer.create_batch()
        if batch.append(key=key, value=value, timestamp=None, headers=headers) is not None:
            batches[partition] = batch
            continue
        large = producer.send(topic, value, key, partition=partition, headers=headers)
        sent.append(await large)
    for partition, batch in batches.items():
        sent.append(await producer.send_batch(batch, topic, partition=partition))
    return sent
