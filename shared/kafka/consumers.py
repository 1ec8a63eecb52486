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
from typing import Any

from aiokafka import ConsumerRecord
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker

from shared.errors import Retryable
from shared.kafka.gathering import GatheringConsumer
from shared.kafka.progress import Progress
from shared.logs import logger
from shared.metrics import BATCH_SECONDS, BATCHES_FAILED, RECORDS
from shared.settings import ServiceSettings
from shared.topics import LARGEST_RECORD, Topic

Handler = Callable[[list[ConsumerRecord]], Awaitable[None]]

_POLL_MS = 1
_LONGEST_PAUSE = 30.0
_MOST_DOUBLINGS = 9
_MEASURE_SECONDS = 60.0
_WATCH_SECONDS = 0.5
_TURNS_A_MEASURE = 6


async def _decode(message: Any) -> list[ConsumerRecord]:
    return list(message.raw_message)


def group_of(settings: ServiceSettings, topic: Topic) -> str:
    """The consumer group in which a service reads a topic."""
    given = settings.group_prefix
    prefix = settings.topic_prefix if given is None else given
    return f"{prefix}{settings.service}.{topic.name}"


class Consumers:
    """The subscriptions of one service on one broker."""

    def __init__(self, settings: ServiceSettings) -> None:
        self._settings = settings
        self.broker = KafkaBroker(
            settings.kafka, security=settings.brokers.security(), apply_types=False, logger=None
        )
        self.progress: list[Progress] = []
        self._gather: dict[str, float] = {}

    def batch(
        self, topic: Topic, *, max_records: int = 5000, gather: float = 0.05, lanes: int = 1
    ) -> Callable[[Handler], Handler]:
        """Subscribe a handler of raw record batches; its group is the service's for that topic.

        `gather` is the seconds for which a stream of small batches is let grow into larger ones.
        Each of several `lanes` is a member of the group by itself: the handler is called for each,
        at the same time, with the records of partitions that no other lane has.
        """

        def register(handler: Handler) -> Handler:
            self._gather[group_of(self._settings, topic)] = gather
            for lane in range(1, lanes + 1):
                self._subscribe(topic, max_records, handler, Progress(topic.name, lane))
            return handler

        return register

    def _subscribe(
        self, topic: Topic, max_records: int, handler: Handler, progress: Progress
    ) -> None:
        s = self._settings
        group = group_of(s, topic)
        # Members are given partitions in the order of their names: first lanes before second ones.
        lane = f"lane-{progress.lane}." if progress.lane > 1 else ""
        progress.subscriber = self.broker.subscriber(
            s.topic_prefix + topic.name,
            group_id=group,
            group_instance_id=f"{group}.{lane}{s.instance}",
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

    async def start(self) -> None:
        """Start consuming."""
        await self.broker.connect()
        config: Any = self.broker.config.broker_config
        settled = config.builder.keywords

        def build(*, group_id: str, **options: Any) -> GatheringConsumer:
            gather = self._gather[group_id]
            return GatheringConsumer(gather=gather, group_id=group_id, **settled | options)

        config.builder = build
        await self.broker.start()

    async def stop(self) -> None:
        """Let the batches in hand finish and leave the groups."""
        for progress in self.progress:
            await progress.commit(at_once=True)
        await self.broker.stop()

    async def watch(self) -> None:
        """Commit what is left and measure lag, for ever; Retryable when a consumer is stuck.

        Retryable too when another process runs under this one's instance name.
        """
        for turn in itertools.count():
            await asyncio.sleep(_WATCH_SECONDS)
            for progress in self.progress:
                await progress.commit()
                progress.note_member()
                if progress.is_fenced():
                    raise Retryable("; ".join(progress.unready()))
                if turn % _TURNS_A_MEASURE == 0:
                    await self._measure(progress)

    async def _measure(self, progress: Progress) -> None:
        try:
            await asyncio.wait_for(progress.measure(), _MEASURE_SECONDS)
        except (KafkaError, TimeoutError) as error:
            logger.warning("consumer.unmeasured", topic=progress.topic, error=repr(error))
        if progress.is_stuck():
            raise Retryable(f"the consumer of {progress.topic} makes no progress")

    def unready(self) -> list[str]:
        """Why this service is not ready, in words; empty when it is."""
        return [reason for progress in self.progress for reason in progress.unready()]


def _retried(handler: Handler, progress: Progress) -> Handler:
    async def handle(records: list[ConsumerRecord]) -> None:
        started = time.perf_counter()
        progress.tried = time.monotonic()
        progress.busy = True
        try:
            await handler(records)
        except Exception as error:
            progress.fail(error)
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
        BATCH_SECONDS.labels(progress.topic).observe(time.perf_counter() - started)
        RECORDS.labels(progress.topic, "handled").inc(len(records))

    return handle
