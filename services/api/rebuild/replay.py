"""The topics from their beginning into a model that grows, as far as the model that answers."""

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Self

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from rich.progress import Progress, TaskID
from sqlalchemy.ext.asyncio import AsyncEngine

from services.api.projections import PROJECTIONS
from services.api.projections.projected_offsets import read_offsets
from services.api.projections.projection import Projection, apply_records
from services.api.rebuild.partitions import read_partitions
from services.api.rebuild.reach import Reach
from services.api.settings import Settings
from shared.database import DATABASE_ERRORS, is_passing
from shared.errors import Conflict
from shared.kafka.brokers import options
from shared.logs import logger
from shared.topics import LARGEST_RECORD

_AT_ONCE = 10_000
"""Records of a batch: the larger, the fewer times a sum of the roll-ups is written."""
_TRIES = 20
_LONGEST_PAUSE = 5.0
LANES = 2
"""While the database works on a batch of one lane, the records of the other's are read."""


class Replay:
    """Fills the model of one engine; a context whose consumers belong to no group."""

    def __init__(
        self,
        settings: Settings,
        engine: AsyncEngine,
        reach: Reach,
        clock: Callable[[], datetime],
        progress: Progress,
    ) -> None:
        self._settings = settings
        self._engine = engine
        self._reach = reach
        self._clock = clock
        self._progress = progress
        self._stack = AsyncExitStack()
        self._topics: dict[str, list[TopicPartition]] = {}
        self._consumers: list[AIOKafkaConsumer] = []

    async def __aenter__(self) -> Self:
        try:
            self._topics = await read_partitions(
                self._settings, [projection.topic for projection in PROJECTIONS]
            )
            for lane in range(LANES):
                self._consumers.append(await self._open_consumer(lane))
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def advance(self) -> int:
        """Project what the model that answers has and this one has not; how many records."""
        ends: dict[TopicPartition, int] = {}
        for consumer in self._consumers:
            ends |= await consumer.end_offsets(consumer.assignment())
        return sum([await self._advance(projection, ends) for projection in PROJECTIONS])

    async def _open_consumer(self, lane: int) -> AIOKafkaConsumer:
        consumer = AIOKafkaConsumer(
            **options(self._settings.brokers),
            group_id=None,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            max_partition_fetch_bytes=LARGEST_RECORD + 65536,
            # A fetch that waits for one partition keeps others of the same broker waiting.
            fetch_max_wait_ms=50,
        )
        await consumer.start()
        self._stack.push_async_callback(consumer.stop)
        consumer.assign(
            [place for places in self._topics.values() for place in places[lane::LANES]]
        )
        return consumer

    async def _advance(self, projection: Projection, ends: Mapping[TopicPartition, int]) -> int:
        of_topic = {place: ends[place] for place in self._topics[projection.topic.name]}
        async with self._engine.connect() as connection:
            stands = await read_offsets(connection, projection.topic)
        until = await self._reach.of(projection.topic, of_topic)
        waiting = 0
        for consumer in self._consumers:
            for place in consumer.assignment() & until.keys():
                stood = stands.get(place.partition, 0)
                _seek(consumer, place, stood, ends[place])
                waiting += max(0, until[place] - stood)
        if not waiting:
            return 0
        bar = self._progress.add_task(projection.topic.name, total=waiting)
        lanes = (self._fill(projection, consumer, until, bar) for consumer in self._consumers)
        replayed = sum(await asyncio.gather(*lanes))
        # Fewer records than offsets where some were compacted away.
        self._progress.update(bar, completed=waiting)
        logger.info("rebuild.replayed", topic=projection.topic.name, records=replayed)
        return replayed

    async def _fill(
        self,
        projection: Projection,
        consumer: AIOKafkaConsumer,
        until: Mapping[TopicPartition, int],
        bar: TaskID,
    ) -> int:
        """Project a consumer's records before `until`, where it stands afterwards."""
        places = consumer.assignment() & until.keys()
        replayed = 0
        while waiting := [
            place for place in places if await consumer.position(place) < until[place]
        ]:
            found = await consumer.getmany(*waiting, timeout_ms=1000, max_records=_AT_ONCE)
            records = [
                record
                for place, batch in found.items()
                for record in batch
                if record.offset < until[place]
            ]
            if records:
                await self._apply(projection, records)
            replayed += len(records)
            self._progress.advance(bar, len(records))
        return replayed

    async def _apply(self, projection: Projection, records: Sequence[ConsumerRecord]) -> None:
        """Project a batch, again where the database chose the other lane or was away."""
        for attempt in range(1, _TRIES + 1):
            try:
                return await apply_records(self._engine, projection, records, self._clock())
            except DATABASE_ERRORS as error:
                if attempt == _TRIES or not is_passing(error):
                    raise
                logger.warning(
                    "rebuild.batch_failed", topic=projection.topic.name, error=repr(error)
                )
                pause = min(_LONGEST_PAUSE, 0.1 * 2**attempt)
                await asyncio.sleep(random.uniform(0.5, 1) * pause)  # noqa: S311
        raise AssertionError("the last try returns or raises")


def _seek(consumer: AIOKafkaConsumer, place: TopicPartition, stood: int, end: int) -> None:
    """Go on where the model stands, whatever was fetched beyond."""
    if stood > end:
        raise Conflict(
            f"{place.topic}, partition {place.partition} ends at {end:,}, before {stood:,}, up to "
            "which this model was filled: the topic was made anew; run `rebuild --anew`"
        )
    consumer.seek(place, stood)
