"""Kafka in: batches of raw records, at least once, with the settled settings.

A handler that returns has committed its work; one that raises is tried again after a jittered,
capped pause, and the offset does not move. Offsets go to Kafka once a second at most, so a crash
repeats a second of work and loses none. `Consumers.watch` measures lag and ends the process when a
consumer that has work gets none of it.
"""

import asyncio
import itertools
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker

from shared.errors import Retryable
from shared.logs import logger
from shared.metrics import BATCH_SECONDS, BATCHES_FAILED, LAG, LAST_COMMIT, RECORDS
from shared.settings import ServiceSettings
from shared.topics import LARGEST_RECORD, Topic

Handler = Callable[[list[ConsumerRecord]], Awaitable[None]]

_POLL_MS = 1
_ASKED_MS = 1_000
_COMMIT_SECONDS = 1.0
_LONGEST_PAUSE = 30.0
_MOST_DOUBLINGS = 9
_STALE_SECONDS = 60.0
_STUCK_SECONDS = 180.0
_WATCH_SECONDS = 0.5
_TURNS_A_MEASURE = 6


async def _decode(message: Any) -> list[ConsumerRecord]:
    return list(message.raw_message)


@dataclass
class Progress:
    """How one subscription gets on; clocks are monotonic seconds.

    `handled` holds the offset after the last record of each partition whose work committed here and
    is not yet committed to Kafka: that is done once a second at most, and never beyond it.
    """

    topic: str
    subscriber: Any = None
    failures: int = 0
    tried: float = field(default_factory=time.monotonic)
    moved: float = field(default_factory=time.monotonic)
    lag: int = 0
    busy: bool = False
    handled: dict[TopicPartition, int] = field(default_factory=dict)
    _committed: float = 0.0

    async def parse(self, records: tuple[ConsumerRecord, ...], original: Any) -> Any:
        """FastStream's message over raw records: their headers are untrusted and stay unread."""
        ends = (replace(records[0], headers=()), replace(records[-1], headers=()))
        message = await original(ends)
        message.raw_message = records
        message.consumer = _Acknowledged(self, message.consumer)
        return message

    def handle(self, records: list[ConsumerRecord]) -> None:
        """Note that the work of these records committed."""
        last = {record.partition: record for record in records}
        for partition, record in last.items():
            self.handled[TopicPartition(record.topic, partition)] = record.offset + 1
        self.failures = 0
        self.moved = time.monotonic()

    async def commit(self, *, at_once: bool = False) -> None:
        """Tell Kafka what was handled, unless it was told a moment ago.

        What a lost partition leaves uncommitted comes again, to whoever has it now.
        """
        consumer: AIOKafkaConsumer | None = self.subscriber.consumer
        due = at_once or time.monotonic() - self._committed > _COMMIT_SECONDS
        if consumer is None or not self.handled or not due:
            return
        assigned = consumer.assignment()
        told, self.handled = self.handled, {}
        self._committed = time.monotonic()
        own = {place: offset for place, offset in told.items() if place in assigned}
        if own:
            try:
                await consumer.commit(own)
            except KafkaError as error:
                logger.warning("consumer.not_committed", topic=self.topic, error=repr(error))
                self.handled = own | self.handled

    def stalled_for(self) -> float:
        """Seconds since a batch committed while there is work to do; 0 when there is none."""
        return time.monotonic() - self.moved if self.lag else 0.0

    def is_stuck(self) -> bool:
        """Whether there is work and for long no batch of it even reached its handler."""
        return bool(self.lag) and time.monotonic() - max(self.moved, self.tried) > _STUCK_SECONDS

    async def measure(self) -> None:
        """Ask the broker how many records this consumer has not handled."""
        consumer: AIOKafkaConsumer | None = self.subscriber.consumer
        if consumer is None or not (assigned := consumer.assignment()):
            return
        begins = await consumer.beginning_offsets(assigned)
        ends = await consumer.end_offsets(assigned)
        lag = 0
        for place, end in ends.items():
            if self.busy:
                done = self.handled.get(place) or await consumer.committed(place) or 0
            else:  # beyond the markers of transactions too, which no handler ever sees
                done = await consumer.position(place)
            lag += max(0, end - max(done, begins[place]))
        if self.lag == 0:
            self.moved = time.monotonic()
        self.lag = lag
        LAG.labels(self.topic).set(lag)


class _Patient(AIOKafkaConsumer):  # type: ignore[misc] # aiokafka brings no types
    """Answers at once when it was idle; in a stream of records gathers a batch worth its commit.

    FastStream asks for `_POLL_MS`, and after an answer without records sleeps as long again, blind:
    here it is asked for as long as nothing else is to do.

    aiokafka fetches ahead and asks no partition again before what it holds of it is taken. In a
    stream that would hold a handful of records while the rest waits at the broker for the batch
    after: so it is paused while a batch is handled and another gathers, then asked for everything.
    """

    def __init__(self, *topics: str, gather: float, **options: Any) -> None:
        super().__init__(*topics, **options)
        self._gather = gather
        self._gave = 0.0

    async def getmany(
        self, *partitions: TopicPartition, timeout_ms: int = 0, max_records: int | None = None
    ) -> dict[TopicPartition, list[ConsumerRecord]]:
        if paused := self.paused():
            await asyncio.sleep(self._gave + self._gather - time.monotonic())
            self.resume(*(paused & self.assignment()))
        found: dict[TopicPartition, list[ConsumerRecord]] = await super().getmany(
            *partitions, timeout_ms=max(timeout_ms, _ASKED_MS), max_records=max_records
        )
        some = sum(len(records) for records in found.values())
        if 1 < some < (max_records or 0):
            self._gave = time.monotonic()
            self.pause(*self.assignment())
        return found


class _Acknowledged:
    """What FastStream acknowledges to: commits are gathered, a failed batch is rewound at once."""

    def __init__(self, progress: Progress, consumer: Any) -> None:
        self._progress = progress
        self._consumer = consumer

    async def commit(self) -> None:
        await self._progress.commit()

    def seek(self, partition: TopicPartition, offset: int) -> None:
        self._consumer.seek(partition=partition, offset=offset)


class Consumers:
    """The subscriptions of one service on one broker."""

    def __init__(self, settings: ServiceSettings) -> None:
        self._settings = settings
        self.broker = KafkaBroker(settings.kafka, apply_types=False, logger=None)
        self.progress: list[Progress] = []
        self._gather: dict[str, float] = {}

    def batch(
        self, topic: Topic, *, max_records: int = 5000, gather: float = 0.05
    ) -> Callable[[Handler], Handler]:
        """Subscribe a handler of raw record batches; its group is the service's for that topic.

        `gather` is the seconds for which a stream of small batches is let grow into larger ones.
        """

        def register(handler: Handler) -> Handler:
            s = self._settings
            group = f"{s.group_prefix}{s.service}.{topic.name}"
            progress = Progress(topic.name)
            self._gather[group] = gather
            progress.subscriber = self.broker.subscriber(
                s.topic_prefix + topic.name,
                group_id=group,
                group_instance_id=f"{group}.{s.instance}",
                auto_offset_reset="earliest",
                ack_policy=AckPolicy.NACK_ON_ERROR,
                batch=True,
                batch_timeout_ms=_POLL_MS,
                max_records=max_records,
                fetch_max_wait_ms=500,
                max_partition_fetch_bytes=LARGEST_RECORD + 65536,
                session_timeout_ms=30_000,
                max_poll_interval_ms=300_000,
                isolation_level="read_committed",
                parser=progress.parse,
                decoder=_decode,
            )
            progress.subscriber(_retried(handler, progress))
            self.progress.append(progress)
            return handler

        return register

    async def start(self) -> None:
        """Start consuming."""
        await self.broker.connect()
        config: Any = self.broker.config.broker_config
        settled = config.builder.keywords

        def build(*, group_id: str, **options: Any) -> AIOKafkaConsumer:
            gather = self._gather[group_id]
            return _Patient(gather=gather, group_id=group_id, **settled | options)

        config.builder = build
        await self.broker.start()

    async def stop(self) -> None:
        """Let the batches in hand finish and leave the groups."""
        for progress in self.progress:
            await progress.commit(at_once=True)
        await self.broker.stop()

    async def watch(self) -> None:
        """Commit what is left and measure lag, for ever; Retryable when a consumer is stuck."""
        for turn in itertools.count():
            await asyncio.sleep(_WATCH_SECONDS)
            for progress in self.progress:
                await progress.commit()
                if turn % _TURNS_A_MEASURE == 0:
                    await self._measure(progress)

    async def _measure(self, progress: Progress) -> None:
        try:
            await asyncio.wait_for(progress.measure(), _STALE_SECONDS)
        except (KafkaError, TimeoutError) as error:
            logger.warning("consumer.unmeasured", topic=progress.topic, error=repr(error))
        if progress.is_stuck():
            raise Retryable(f"the consumer of {progress.topic} makes no progress")

    def unready(self) -> list[str]:
        """Why this service is not ready, in words; empty when it is."""
        return [
            f"{p.topic}: {p.lag} records behind, nothing committed for {p.stalled_for():.0f} s"
            for p in self.progress
            if p.stalled_for() > _STALE_SECONDS
        ]


def _retried(handler: Handler, progress: Progress) -> Handler:
    async def handle(records: list[ConsumerRecord]) -> None:
        started = time.perf_counter()
        progress.tried = time.monotonic()
        progress.busy = True
        try:
            await handler(records)
        except Exception as error:
            progress.failures += 1
            BATCHES_FAILED.labels(progress.topic).inc()
            logger.exception(
                "batch.failed", topic=progress.topic, attempt=progress.failures, error=repr(error)
            )
            longest = min(_LONGEST_PAUSE, 0.1 * 2 ** min(progress.failures, _MOST_DOUBLINGS))
            await asyncio.sleep(random.uniform(0.5, 1) * longest)  # noqa: S311 - no secret
            raise
        finally:
            progress.busy = False
        progress.handle(records)
        LAST_COMMIT.labels(progress.topic).set_to_current_time()
        BATCH_SECONDS.labels(progress.topic).observe(time.perf_counter() - started)
        RECORDS.labels(progress.topic, "handled").inc(len(records))

    return handle
