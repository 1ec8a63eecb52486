"""What Kafka's administration knows of the topics."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import for_code

from services.api.settings import Settings
from shared.errors import Retryable
from shared.kafka.brokers import options
from shared.kafka.consumers import group_of
from shared.topics import Topic


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


async def read_told(settings: Settings, topic: Topic) -> dict[int, int]:
    """The offsets of a topic that the service committed to Kafka, by partition."""
    async with _admin(settings) as admin:
        found = await admin.list_consumer_group_offsets(group_of(settings, topic))
    return {place.partition: committed.offset for place, committed in found.items()}


@asynccontextmanager
async def _admin(settings: Settings) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(**options(settings.brokers))
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()
