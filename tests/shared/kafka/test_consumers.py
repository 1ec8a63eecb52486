"""Consumers on a real broker: nothing is skipped when a handler fails, headers can't poison."""

import asyncio
import time
from types import SimpleNamespace
from typing import ClassVar

import pytest
from aiokafka import AIOKafkaProducer, ConsumerRecord

from deploy.local.addresses import Addresses
from shared.errors import Retryable
from shared.kafka.consumers import Consumers, _retried, group_of
from shared.kafka.progress import Progress
from shared.metrics import LAG
from shared.settings import ServiceSettings
from shared.topics import Topic, create_topics
from tests.support.waiting import eventually

TOPIC = Topic("finance.payments", "buyer", 2)


class Settings(ServiceSettings):
    service: ClassVar[str] = "ingest"


async def send(stack: Addresses, topic: str, values: list[bytes], **headers: bytes) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=stack.kafka)
    await producer.start()
    for number, value in enumerate(values):
        await producer.send_and_wait(
            topic, value, str(number).encode(), headers=list(headers.items())
        )
    await producer.stop()


async def test_a_batch_that_fails_comes_again_whole_and_in_order(
    stack: Addresses, prefix: str
) -> None:
    await create_topics(stack.kafka, [TOPIC], prefix=prefix)
    seen: list[bytes] = []
    failures = 2

    consumers = Consumers(
        Settings(kafka=stack.kafka, topic_prefix=prefix, group_prefix=prefix, instance="1")
    )

    @consumers.batch(TOPIC)
    async def handle(records: list[ConsumerRecord]) -> None:
        nonlocal failures
        if failures:
            failures -= 1
            raise OSError("the database went away")
        seen.extend(record.value for record in records)

    await send(stack, prefix + TOPIC.name, [b"%d" % n for n in range(50)], bad=b"\xff\xfe")
    await consumers.start()
    async with asyncio.timeout(20):
        while len(seen) < 50:
            await asyncio.sleep(0.05)
    for progress in consumers.progress:
        await progress.measure()
    await consumers.stop()
    assert sorted(seen, key=int) == [b"%d" % n for n in range(50)]
    assert failures == 0


async def test_what_waits_while_a_batch_is_handled_comes_as_one_batch(
    stack: Addresses, prefix: str
) -> None:
    await create_topics(stack.kafka, [TOPIC], prefix=prefix)
    consumers = Consumers(
        Settings(kafka=stack.kafka, topic_prefix=prefix, group_prefix=prefix, instance="1")
    )
    handling, go_on = asyncio.Event(), asyncio.Event()
    batches: list[int] = []

    @consumers.batch(TOPIC)
    async def handle(records: list[ConsumerRecord]) -> None:
        batches.append(len(records))
        handling.set()
        await go_on.wait()

    await send(stack, prefix + TOPIC.name, [b"x"] * 5)
    await consumers.start()
    await asyncio.wait_for(handling.wait(), 20)
    for _ in range(10):
        await send(stack, prefix + TOPIC.name, [b"x"] * 5)
    go_on.set()

    async def all_handled() -> bool:
        return sum(batches) == 55

    await eventually(all_handled)
    await consumers.stop()
    # The first fetch may have met a part of the first five, on one of the partitions.
    assert max(batches[1:]) >= 50, batches


async def test_while_one_lane_handles_a_batch_the_other_goes_on_with_its_partitions(
    stack: Addresses, prefix: str
) -> None:
    await create_topics(stack.kafka, [TOPIC], prefix=prefix)
    consumers = Consumers(
        Settings(kafka=stack.kafka, topic_prefix=prefix, group_prefix=prefix, instance="1")
    )
    held, go_on = asyncio.Event(), asyncio.Event()
    seen: list[tuple[int, int]] = []

    @consumers.batch(TOPIC, lanes=2)
    async def handle(records: list[ConsumerRecord]) -> None:
        if any(record.value == b"slow" for record in records):
            held.set()
            await go_on.wait()
        seen.extend((record.partition, record.offset) for record in records)

    await consumers.start()

    async def shared_out() -> bool:
        return [len(each.subscriber.consumer.assignment()) for each in consumers.progress] == [1, 1]

    await eventually(shared_out)
    await send(stack, prefix + TOPIC.name, [b"slow"])
    await asyncio.wait_for(held.wait(), 20)
    await send(stack, prefix + TOPIC.name, [b"x"] * 20)

    async def all_but_one_partition() -> bool:
        for progress in consumers.progress:
            await progress.measure()
        return len(seen) + sum(progress.lag for progress in consumers.progress) == 21

    await eventually(all_but_one_partition)
    assert len({partition for partition, _ in seen}) == 1
    go_on.set()

    async def all_handled() -> bool:
        return len(seen) == 21

    await eventually(all_handled)
    await consumers.stop()
    assert len(set(seen)) == 21


async def test_lag_is_what_was_not_handled(stack: Addresses, prefix: str) -> None:
    await create_topics(stack.kafka, [TOPIC], prefix=prefix)
    consumers = Consumers(
        Settings(kafka=stack.kafka, topic_prefix=prefix, group_prefix=prefix, instance="1")
    )
    blocked = asyncio.Event()

    @consumers.batch(TOPIC)
    async def handle(records: list[ConsumerRecord]) -> None:
        await blocked.wait()

    await send(stack, prefix + TOPIC.name, [b"x"] * 7)
    await consumers.start()
    [progress] = consumers.progress
    async with asyncio.timeout(20):
        while progress.lag != 7:
            await asyncio.sleep(0.05)
            await progress.measure()
    assert progress.stalled_for() >= 0
    blocked.set()
    async with asyncio.timeout(20):
        while progress.lag:
            await asyncio.sleep(0.05)
            await progress.measure()
    await consumers.stop()
    assert progress.stalled_for() == pytest.approx(0)


async def test_what_was_handled_is_not_handled_again_after_a_restart(
    stack: Addresses, prefix: str
) -> None:
    await create_topics(stack.kafka, [TOPIC], prefix=prefix)
    await send(stack, prefix + TOPIC.name, [b"%d" % n for n in range(20)])
    seen: list[bytes] = []
    for _ in range(2):
        consumers = Consumers(
            Settings(kafka=stack.kafka, topic_prefix=prefix, group_prefix=prefix, instance="1")
        )

        @consumers.batch(TOPIC)
        async def handle(records: list[ConsumerRecord]) -> None:
            seen.extend(record.value for record in records)

        await consumers.start()
        [progress] = consumers.progress

        async def all_handled(progress: Progress = progress) -> bool:
            await progress.measure()
            return len(seen) >= 20 and progress.lag == 0

        await eventually(all_handled)
        await consumers.stop()
    assert len(seen) == 20


def test_a_consumer_whose_handler_is_never_reached_is_stuck_even_after_a_failure() -> None:
    progress = Progress("finance.payments", failures=1, lag=5)
    assert not progress.is_stuck()
    progress.tried = progress.moved = time.monotonic() - 181
    assert progress.is_stuck()
    progress.tried = time.monotonic()
    assert not progress.is_stuck()


async def test_six_hours_of_failures_still_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    async def fails(records: list[ConsumerRecord]) -> None:
        raise OSError("the database is away")

    monkeypatch.setattr("shared.kafka.consumers.asyncio.sleep", pause)
    progress = Progress("finance.payments", failures=2_000)
    with pytest.raises(OSError, match="away"):
        await _retried(fails, progress)([])
    assert 15 <= pauses[0] <= 30


async def test_a_replica_that_loses_its_partitions_has_no_work_left() -> None:
    class Idle:
        @staticmethod
        def assignment() -> frozenset[object]:
            return frozenset()

    progress = Progress("finance.payments", 1, SimpleNamespace(consumer=Idle()), lag=5)
    progress.tried = progress.moved = time.monotonic() - 181
    assert progress.is_stuck()
    await progress.measure()
    assert not progress.is_stuck()
    assert progress.unready() == []
    assert LAG.labels("finance.payments", 1)._value.get() == 0


def consumers_named(instance: str, stack: Addresses, prefix: str, seen: list[bytes]) -> Consumers:
    consumers = Consumers(
        Settings(kafka=stack.kafka, topic_prefix=prefix, group_prefix=prefix, instance=instance)
    )

    @consumers.batch(TOPIC)
    async def handle(records: list[ConsumerRecord]) -> None:
        seen.extend(record.value for record in records)

    return consumers


async def test_two_replicas_of_one_name_end_instead_of_handling_everything_twice(
    stack: Addresses, prefix: str
) -> None:
    await create_topics(stack.kafka, [TOPIC], prefix=prefix)
    seen: list[bytes] = []
    both = [consumers_named("1", stack, prefix, seen) for _ in range(2)]
    for consumers in both:
        await consumers.start()
    watching = [asyncio.ensure_future(consumers.watch()) for consumers in both]
    said: set[str] = set()

    async def one_ends() -> bool:
        await send(stack, prefix + TOPIC.name, [b"x"] * 5)
        said.update(reason for consumers in both for reason in consumers.unready())
        return any(task.done() for task in watching)

    await eventually(one_ends, within=60, every=0.5)
    [error, *_] = [task.exception() for task in watching if task.done()]
    assert isinstance(error, Retryable)
    assert "LOCALPOUND_INSTANCE" in str(error)
    assert any("LOCALPOUND_INSTANCE" in reason for reason in said)
    for task in watching:
        task.cancel()
    for consumers in both:
        await consumers.stop()


async def test_a_replica_that_is_told_to_stop_hands_its_partitions_over_at_once(
    stack: Addresses, prefix: str
) -> None:
    await create_topics(stack.kafka, [TOPIC], prefix=prefix)
    by_one: list[bytes] = []
    by_other: list[bytes] = []
    one = consumers_named("1", stack, prefix, by_one)
    other = consumers_named("2", stack, prefix, by_other)
    await one.start()
    await other.start()

    async def shared_out() -> bool:
        held = [len(c.progress[0].subscriber.consumer.assignment()) for c in (one, other)]
        return held == [1, 1]

    await eventually(shared_out, within=30)
    await one.stop()

    async def handed_over() -> bool:
        return len(other.progress[0].subscriber.consumer.assignment()) == TOPIC.partitions

    await eventually(handed_over, within=15)  # a session is 30 s
    await other.stop()


def test_installations_that_keep_their_topics_apart_keep_their_groups_apart_too() -> None:
    assert group_of(Settings(), TOPIC) == "ingest.finance.payments"
    assert group_of(Settings(topic_prefix="try."), TOPIC) == "try.ingest.finance.payments"
    given = Settings(topic_prefix="try.", group_prefix="")
    assert group_of(given, TOPIC) == "ingest.finance.payments"
