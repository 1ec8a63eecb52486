"""What Kafka's administration knows of the topics."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import for_code

from services.api.settings import Settings
from shared.errors import Retryable
from shared.kafka.brokers import options
from shared.kafka.consumers import group_of
from shared.topics import Topic

_UNTIL_COORDINATED = 30
"""Seconds."""


async def read_partitions(
    settings: Settings, topics: Sequence[Topic]
) -> dict[str, list[TopicPartition]]:
    """The partitions of each topic, in their order; Retryable where a topic is not there."""
    names = {settings.topic_prefix + topic.name: topic.name for topic in topics}
    async with _admin(settings) as admin:
        described = await admin.describe_topics(list(names))
    found: dict[str, list[TopicPartition]] = {}
    for topic in described:
        if topic["error_code"]:
            reason = for_code(topic["error_code"]).__name__
            raise Retryable(f"the topic {topic['topic']} can't be read: {reason}")
        numbers = sorted(each["partition"] for each in topic["partitions"])
        found[names[topic["topic"]]] = [TopicPartition(topic["topic"], n) for n in numbers]
    return found


async def read_told(
    settings: Settings, topic: Topic, places: Iterable[TopicPartition]
) -> dict[int, int]:
    """The offsets of a topic that the service committed to Kafka, by partition.

    Asked as its consumers ask: they wait for a coordinator that is not chosen yet, or still reads.
    Retryable where there is none after half a minute.
    """
    group = group_of(settings, topic)
    consumer = AIOKafkaConsumer(
        **options(settings.brokers), group_id=group, enable_auto_commit=False
    )
    try:
        async with asyncio.timeout(_UNTIL_COORDINATED):
            await consumer.start()
            found = {place.partition: await consumer.committed(place) for place in places}
    except TimeoutError as error:
        raise Retryable(f"Kafka names no coordinator of the group {group}") from error
    finally:
        await consumer.stop()
    return {partition: offset for partition, offset in found.items() if offset is not None}


@asynccontextmanager
async def _admin(settings: Settings) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(**options(settings.brokers))
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()
