"""The topics from their beginning into a model that grows, as far as the model that answers."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from typing import NamedTuple, Self

from aiokafka import AIOKafkaConsumer, TopicPartition
from rich.progress import Progress, TaskID
from sqlalchemy.ext.asyncio import AsyncEngine

from services.api.projections import PROJECTIONS
from services.api.projections.projected_offsets import read_offsets
from services.api.projections.projection import Projection, apply_records
from services.api.rebuild.partitions import read_partitions
from services.api.rebuild.reach import Reach
from services.api.settings import Settings
from shared.brokers import options
from shared.errors import Conflict
from shared.logs import logger
from shared.topics import LARGEST_RECORD

_AT_ONCE = 5_000
LANES = 2
"""While the database works on a batch of one lane, the records of the other's are read."""


class _Lane(NamedTuple):
    """A part of a topic's partitions."""

    projection: Projection
    consumer: AIOKafkaConsumer
    places: frozenset[TopicPartition]


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
        self._lanes: list[_Lane] = []

    async def __aenter__(self) -> Self:
        try:
            partitions = await read_partitions(
                self._settings, [projection.topic for projection in PROJECTIONS]
            )
            for projection in PROJECTIONS:
                self._lanes += await self._open_lanes(projection, partitions[projection.topic.name])
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def advance(self) -> int:
        """Project what the model that answers has and this one has not; how many records."""
        return sum([await self._advance(projection) for projection in PROJECTIONS])

    async def _open_lanes(
        self, projection: Projection, partitions: Sequence[TopicPartition]
    ) -> list[_Lane]:
        lanes = []
        for number in range(min(LANES, len(partitions))):
            consumer = await self._open_consumer()
            places = frozenset(partitions[number::LANES])
            consumer.assign(list(places))
            lanes.append(_Lane(projection, consumer, places))
        return lanes

    async def _open_consumer(self) -> AIOKafkaConsumer:
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
        return consumer

    async def _advance(self, projection: Projection) -> int:
        lanes = [lane for lane in self._lanes if lane.projection is projection]
        async with self._engine.connect() as connection:
            stands = await read_offsets(connection, projection.topic)
        ends: dict[TopicPartition, int] = {}
        for lane in lanes:
            ends |= await lane.consumer.end_offsets(lane.places)
        until = await self._reach.of(projection.topic, ends)
        begins = {place: stands.get(place.partition, 0) for place in ends}
        for lane in lanes:
            for place in lane.places:
                _seek(lane.consumer, place, begins[place], ends[place])
        waiting = sum(max(0, end - begins[place]) for place, end in until.items())
        if not waiting:
            return 0
        bar = self._progress.add_task(projection.topic.name, total=waiting)
        replayed = sum(await asyncio.gather(*(self._fill(lane, until, bar) for lane in lanes)))
        # Fewer records than offsets where some were compacted away.
        self._progress.update(bar, completed=waiting)
        logger.info("rebuild.replayed", topic=projection.topic.name, records=replayed)
        return replayed

    async def _fill(self, lane: _Lane, until: Mapping[TopicPartition, int], bar: TaskID) -> int:
        """Project a lane's records before `until`, which it stands at afterwards."""
        consumer = lane.consumer
        replayed = 0
        while waiting := await _not_there(consumer, lane.places, until):
            found = await consumer.getmany(*waiting, timeout_ms=1000, max_records=_AT_ONCE)
            records = [
                record
                for place, batch in found.items()
                for record in batch
                if record.offset < until[place]
            ]
            if records:
                await apply_records(self._engine, lane.projection, records, self._clock())
            replayed += len(records)
            self._progress.advance(bar, len(records))
        return replayed


def _seek(consumer: AIOKafkaConsumer, place: TopicPartition, stood: int, end: int) -> None:
    """Go on where the model stands, whatever was fetched beyond."""
    if stood > end:
        raise Conflict(
            f"{place.topic}, partition {place.partition} ends at {end:,}, before {stood:,}, up to "
            "which this model was filled: the topic was made anew; run `rebuild --anew`"
        )
    consumer.seek(place, stood)


async def _not_there(
    consumer: AIOKafkaConsumer,
    places: Iterable[TopicPartition],
    until: Mapping[TopicPartition, int],
) -> list[TopicPartition]:
    return [place for place in places if await consumer.position(place) < until[place]]
