"""Topics are created so that what counts as written survives the loss of a broker."""

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from deploy.local.addresses import Addresses
from shared.kafka.producer import open_producer
from shared.topics import BUYERS, create_topics, least_in_sync


@pytest.mark.parametrize(
    ("copies", "asked", "least"),
    [(1, 1, 1), (2, 1, 1), (3, 1, 2), (5, 1, 2), (3, 2, 2), (5, 3, 3)],
)
def test_one_broker_may_be_lost_and_no_record_with_it(copies: int, asked: int, least: int) -> None:
    assert least_in_sync(copies, asked) == least


async def test_on_a_single_broker_a_topic_says_so_and_takes_what_is_written(
    stack: Addresses, prefix: str
) -> None:
    name = prefix + BUYERS.name
    assert await create_topics(stack.kafka, [BUYERS], prefix=prefix) == [name]
    assert await create_topics(stack.kafka, [BUYERS], prefix=prefix) == []
    admin = AIOKafkaAdminClient(bootstrap_servers=stack.kafka)
    await admin.start()
    [answer] = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)])
    await admin.close()
    config = {key: (value, source) for key, value, _, source, *_ in answer.resources[0][4]}
    of_the_topic = 1  # not a default of the broker's
    assert config["min.insync.replicas"] == ("1", of_the_topic)
    assert config["cleanup.policy"] == ("compact", of_the_topic)
    async with open_producer(stack.kafka) as producer:
        await producer.send_and_wait(name, b"{}", b"key")
