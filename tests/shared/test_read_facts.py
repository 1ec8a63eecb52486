"""Records of our own topics: read, kept as rejects, or waited for until the service is upgraded."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from aiokafka import ConsumerRecord

from deploy.local.addresses import Addresses
from shared.envelope import kafka_headers
from shared.errors import UpgradeNeeded
from shared.events import Fact
from shared.kafka.consumers import Consumers
from shared.kafka.producer import open_producer
from shared.metrics import WAITS_FOR_UPGRADE
from shared.read_facts import by_type, read_facts
from shared.topics import Topic, create_topics
from tests.shared.kafka.test_consumers import Settings
from tests.support.waiting import eventually

NOW = datetime(2026, 4, 1, 9, tzinfo=UTC)
TOPIC = Topic("payments.v1", "supplier", 1)


class Accepted(Fact):
    TYPE = "payment.accepted.v1"

    pence: int


class Corrected(Fact):
    TYPE = "payment.corrected.v1"

    pence: int


OLD = by_type(Accepted)
NEW: Any = by_type(Accepted, Corrected)


def headers(kind: str) -> list[tuple[str, bytes]]:
    return [*kafka_headers(kind, "/ingest", NOW), ("ce_id", b"1")]


def record(value: bytes | None, given: Any, offset: int = 0) -> Any:
    return ConsumerRecord("payments.v1", 0, offset, 0, 0, b"k", value, None, 0, 0, given)


@pytest.mark.parametrize(
    ("value", "given", "reason"),
    [
        (b"{", headers(Accepted.TYPE), "not JSON"),
        (b'{"pence": "1"}', headers(Accepted.TYPE), "pence must be a whole number"),
        (b'{"pence": 1}', [], "`specversion` is missing"),
        (b'{"pence": 1}', headers(Accepted.TYPE)[1:], "`specversion` is missing"),
        (b'{"pence": 1}', [("ce_specversion", b"2.0"), *headers(Accepted.TYPE)[1:]], "CloudEvents"),
        (b'{"pence": 1}', [headers("x")[0]], "`type` is missing"),
        (b'{"pence": 1}', [headers("x")[0], ("ce_type", b"\xff")], "`type` is not UTF-8"),
    ],
)
def test_a_record_that_can_t_be_read_is_a_reject_and_the_rest_are_facts(
    value: bytes, given: Any, reason: str
) -> None:
    good, gone = record(b'{"pence": 7, "new": 1}', headers(Accepted.TYPE)), record(None, [], 2)
    facts, usable, [reject] = read_facts(OLD, [record(value, given, 1), good, gone])
    assert facts == [Accepted(pence=7)]
    assert usable == [good]
    assert reason in reject.reason
    assert reject.origin == "kafka:payments.v1/0/1"


def test_a_type_that_is_not_known_is_no_reject() -> None:
    with pytest.raises(UpgradeNeeded, match=r"payment\.corrected\.v1 at partition 0, offset 4"):
        read_facts(OLD, [record(b'{"pence": 1}', headers(Corrected.TYPE), 4)])


async def test_a_service_waits_at_a_type_of_tomorrow_says_so_and_its_successor_goes_on(
    stack: Addresses, prefix: str
) -> None:
    await create_topics(stack.kafka, [TOPIC], prefix=prefix)
    seen: list[int] = []

    def version(types: Any) -> Consumers:
        consumers = Consumers(Settings(kafka=stack.kafka, topic_prefix=prefix, group_prefix=prefix))

        @consumers.batch(TOPIC)
        async def handle(records: list[ConsumerRecord]) -> None:
            facts, _, _ = read_facts(types, records)
            seen.extend(fact.pence for fact in facts)

        return consumers

    async def publish(kind: str, pence: int) -> None:
        data = json.dumps({"pence": pence}).encode()
        await producer.send_and_wait(prefix + TOPIC.name, data, headers=headers(kind))

    producer = open_producer(stack.kafka)
    await producer.start()
    old = version(OLD)
    await old.start()
    await publish(Accepted.TYPE, 1)

    async def first_seen() -> bool:
        return seen == [1]

    await eventually(first_seen)
    await publish(Corrected.TYPE, 2)
    await publish(Accepted.TYPE, 3)
    [progress] = old.progress

    async def tried_again() -> bool:
        return progress.failures >= 2

    await eventually(tried_again)
    [reason] = old.unready()
    assert "payment.corrected.v1 at partition 0, offset 1" in reason
    assert "upgrade it" in reason
    assert WAITS_FOR_UPGRADE.labels(TOPIC.name, 1)._value.get() == 1
    await old.stop()
    assert seen == [1]

    new = version(NEW)
    await new.start()

    async def all_seen() -> bool:
        return seen == [1, 2, 3]

    await eventually(all_seen)
    assert new.unready() == []
    await new.stop()
    await producer.stop()
