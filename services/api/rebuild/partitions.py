"""What Kafka's administration knows of the topics."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import (
    GroupCoordinatorNotAvailableError,
    GroupLoadInProgressError,
    NotCoordinatorForGroupError,
    for_code,
)

from services.api.settings import Settings
from shared.errors import Retryable
from shared.kafka.brokers import options
from shared.kafka.consumers import group_of
from shared.topics import Topic

_UNCOORDINATED = (
    GroupCoordinatorNotAvailableError,
    GroupLoadInProgressError,
    NotCoordinatorForGroupError,
)
_UNTIL_COORDINATED, _ASKED_AGAIN = 30, 0.2
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


async def read_told(settings: Settings, topic: Topic) -> dict[int, int]:
    """The offsets of a topic that the service committed to Kafka, by partition.

    A broker that was just started has no coordinator of groups until one is asked for: Retryable
    where it has none after half a minute.
    """
    group = group_of(settings, topic)
    async with _admin(settings) as admin:
        try:
            async with asyncio.timeout(_UNTIL_COORDINATED):
                found = await _read_committed(admin, group)
        except TimeoutError as error:
            raise Retryable(f"Kafka names no coordinator of the group {group}") from error
    return {place.partition: committed.offset for place, committed in found.items()}


async def _read_committed(admin: AIOKafkaAdminClient, group: str) -> dict[TopicPartition, Any]:
    while True:
        try:
            return dict(await admin.list_consumer_group_offsets(group))
        except _UNCOORDINATED:
            await asyncio.sleep(_ASKED_AGAIN)


@asynccontextmanager
async def _admin(settings: Settings) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(**options(settings.brokers))
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()
