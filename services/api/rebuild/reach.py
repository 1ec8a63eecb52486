"""How far a new model must reach: to where the model that answers stands."""

from collections.abc import Mapping

from aiokafka import TopicPartition
from sqlalchemy.ext.asyncio import AsyncEngine

from services.api.projections.projected_offsets import read_offsets
from services.api.rebuild.partitions import read_told
from services.api.settings import Settings
from shared.logs import logger
from shared.topics import Topic


class Reach:
    """Asks the model that answers, and once Kafka, what the service told it."""

    def __init__(self, settings: Settings, engine: AsyncEngine) -> None:
        self._settings = settings
        self._engine = engine
        self._told: dict[str, dict[int, int]] = {}

    async def of(
        self, topic: Topic, ends: Mapping[TopicPartition, int]
    ) -> dict[TopicPartition, int]:
        """The offset to stop before, of each partition of a topic; `ends` are those of the topic.

        A topic that is compacted is read to its end, for a fact that the other model saw may be
        gone in favour of one that comes later. Of the others, the offset up to which the other
        model is projected; Kafka's, where the service had told it of more than the tables hold,
        since no consumer is given that again.
        """
        if "compact" in topic.config.get("cleanup.policy", ""):
            return dict(ends)
        async with self._engine.connect() as connection:
            projected = await read_offsets(connection, topic)
        if topic.name not in self._told:
            self._told[topic.name] = await read_told(self._settings, topic, ends)
            _warn(topic, projected, self._told[topic.name])
        told = self._told[topic.name]
        return {
            place: min(end, max(projected.get(place.partition, 0), told.get(place.partition, 0)))
            for place, end in ends.items()
        }


def _warn(topic: Topic, projected: Mapping[int, int], told: Mapping[int, int]) -> None:
    """Say where the model that answers lacks what its service had told Kafka that it has."""
    short = {n: offset for n, offset in told.items() if projected.get(n, 0) < offset}
    if short:
        logger.warning(
            "rebuild.old_model_short",
            topic=topic.name,
            projected={n: projected.get(n, 0) for n in short},
            told=short,
        )
