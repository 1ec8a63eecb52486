"""A consumer that waits for records, and gathers what comes in a stream into larger batches."""

import asyncio
import time
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

_ASKED_MS = 1_000


class GatheringConsumer(AIOKafkaConsumer):  # type: ignore[misc] # aiokafka brings no types
    """Answers at once when it was idle; in a stream of records gathers a batch worth its commit.

    FastStream asks for a moment, and after an answer without records sleeps as long again, blind:
    here it is asked for as long as nothing else is to do.

    aiokafka fetches ahead and asks no partition again before what it holds of it is taken. In a
    stream that would hold a handful of records while the rest waits at the broker for the batch
    after: so it is paused while a batch is handled and another gathers, then asked for everything.
    """

    def __init__(self, *topics: str, gather: float, **options: Any) -> None:
        super().__init__(*topics, **options)
        self._gather = gather
        self._gave = 0.0

    @property
    def member(self) -> str:
        """The name that the group gave this consumer; "" while it is none of its members."""
        coordinator: Any = self._coordinator
        return "" if coordinator is None else str(getattr(coordinator, "member_id", ""))

    async def getmany(
        self, *partitions: TopicPartition, timeout_ms: int = 0, max_records: int | None = None
    ) -> dict[TopicPartition, list[ConsumerRecord]]:
        """Records by partition, none after a second without any."""
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

    async def stop(self) -> None:
        """Leave the group at once, static member or not: only a killed one's place is kept for it.

        aiokafka lets a static member's partitions wait out its session, also when it never returns.
        """
        if (coordinator := self._coordinator) is not None:
            coordinator._group_instance_id = None  # noqa: SLF001 - there is no other way to ask
        await super().stop()
