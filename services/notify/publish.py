"""Facts of ours for `notices.v1`, through the outbox."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.telling.fact import SOURCE
from shared import topics
from shared.events import Fact
from shared.identity import partition_key
from shared.outbox import Outgoing, enqueue

Published = tuple[str, str, Fact]
"""Event id, agreement, fact."""


async def publish(tx: AsyncConnection, facts: Iterable[Published], now: datetime) -> None:
    """Leave facts for the relay, in the caller's transaction; those of one type go together."""
    by_type: dict[str, list[Outgoing]] = defaultdict(list)
    for event_id, agreement_id, fact in facts:
        by_type[fact.TYPE].append(
            Outgoing(partition_key(agreement_id), event_id, fact.model_dump_json().encode())
        )
    for event_type, records in by_type.items():
        await enqueue(tx, topics.NOTICES, event_type, SOURCE, records, now)
