"""How one subscription gets on: what it handled, what waits, and why it does not move."""

import time
from collections import deque
from dataclasses import dataclass, field, replace
from typing import Any

from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from shared.errors import UpgradeNeeded
from shared.kafka.gathering import GatheringConsumer
from shared.logs import logger
from shared.metrics import LAG, LAST_COMMIT, WAITS_FOR_UPGRADE

_COMMIT_SECONDS = 1.0
_STALE_SECONDS = 60.0
_STUCK_SECONDS = 180.0
_REPLACED_SECONDS = 60.0
_REPLACED_SHOWN = 2
_REPLACED_TOO_OFTEN = 5


@dataclass
class Progress:
    """How one lane of a subscription gets on; clocks are monotonic seconds.

    `handled` holds the offset after the last record of each partition whose work committed here and
    is not yet committed to Kafka: that is done once a second at most, and never beyond it.
    """

    topic: str
    lane: int = 1
    subscriber: Any = None
    failures: int = 0
    tried: float = field(default_factory=time.monotonic)
    moved: float = field(default_factory=time.monotonic)
    lag: int = 0
    busy: bool = False
    handled: dict[TopicPartition, int] = field(default_factory=dict)
    _committed: float = 0.0
    _outdated: str = ""
    _member: str = ""
    _replaced: deque[float] = field(default_factory=deque)

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
        self._say_outdated("")
        self.moved = time.monotonic()
        LAST_COMMIT.labels(self.topic, self.lane).set_to_current_time()

    def fail(self, error: Exception) -> None:
        """Note that a batch failed and comes again."""
        self.failures += 1
        self._say_outdated(str(error) if isinstance(error, UpgradeNeeded) else "")

    def _say_outdated(self, reason: str) -> None:
        if reason != self._outdated:
            self._outdated = reason
            WAITS_FOR_UPGRADE.labels(self.topic, self.lane).set(bool(reason))

    async def commit(self, *, at_once: bool = False) -> None:
        """Tell Kafka what was handled, unless it was told a moment ago.

        What a lost partition leaves uncommitted comes again, to whoever has it now.
        """
        consumer: GatheringConsumer | None = self.subscriber.consumer
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

    def note_member(self) -> None:
        """See whether the group goes on to know this consumer as the same member.

        A static member that is not heard for a whole session is replaced once. Two processes of one
        instance name replace each other at every heartbeat, and both would handle every record.
        """
        consumer: GatheringConsumer | None = self.subscriber.consumer
        member = "" if consumer is None else consumer.member
        now = time.monotonic()
        if member and self._member not in {"", member}:
            self._replaced.append(now)
            logger.warning("consumer.replaced", topic=self.topic, member=self._member)
        self._member = member or self._member
        while self._replaced and now - self._replaced[0] > _REPLACED_SECONDS:
            self._replaced.popleft()

    def is_fenced(self) -> bool:
        """Whether another process keeps taking this one's place in the group."""
        return len(self._replaced) >= _REPLACED_TOO_OFTEN

    def unready(self) -> list[str]:
        """Why this subscription is not ready, in words; empty when it is."""
        reasons = []
        if len(self._replaced) >= _REPLACED_SHOWN:
            reasons.append(
                f"{self.topic}: replaced in its group {len(self._replaced)} times in a minute: "
                "does another process run under the same LOCALPOUND_INSTANCE?"
            )
        if self._outdated:
            reasons.append(f"{self.topic}: {self._outdated}")
        elif self.stalled_for() > _STALE_SECONDS:
            reasons.append(
                f"{self.topic}: {self.lag} records behind, "
                f"nothing committed for {self.stalled_for():.0f} s"
            )
        return reasons

    async def measure(self) -> None:
        """Ask the broker how many records this consumer has not handled."""
        consumer: GatheringConsumer | None = self.subscriber.consumer
        if consumer is None:
            return
        if not (assigned := consumer.assignment()):  # its partitions are others' work now
            self._note_lag(0)
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
        self._note_lag(lag)

    def _note_lag(self, lag: int) -> None:
        if lag == 0:
            self.moved = time.monotonic()
            self._say_outdated("")
        self.lag = lag
        LAG.labels(self.topic, self.lane).set(lag)


class _Acknowledged:
    """What FastStream acknowledges to: commits are gathered, a failed batch is rewound at once."""

    def __init__(self, progress: Progress, consumer: Any) -> None:
        self._progress = progress
        self._consumer = consumer

    async def commit(self) -> None:
        await self._progress.commit()

    def seek(self, partition: TopicPartition, offset: int) -> None:
        self._consumer.seek(partition=partition, offset=offset)
