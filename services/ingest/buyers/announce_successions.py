"""Publish which buyer took over from which."""

from datetime import datetime

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.ingest import SOURCE
from services.ingest.buyers.buyer import Buyers
from services.ingest.buyers.succession import Succession, check_succession
from services.ingest.queries.successions import (
    list_successions,
    note_announced,
    put_succession,
    take_unannounced,
)
from shared.database import begin
from shared.events import BuyerSucceeded
from shared.identity import identify, partition_key
from shared.outbox import Outgoing, enqueue
from shared.topics import BUYERS


async def record_succession(
    engine: AsyncEngine, given: Succession, buyers: Buyers, now: datetime
) -> None:
    """Keep a succession and announce it. Rejected: it can't be; see `check_succession`."""
    async with begin(engine) as tx:
        checked = check_succession(given, await list_successions(tx), buyers)
        await put_succession(tx, checked)
        await _announce(tx, now)


async def announce_successions(engine: AsyncEngine, now: datetime) -> None:
    """Leave what was not announced in the outbox: at the first start, what is shipped."""
    async with begin(engine) as tx:
        await _announce(tx, now)


async def _announce(tx: AsyncConnection, now: datetime) -> None:
    waiting = await take_unannounced(tx)
    if waiting:
        facts = [_outgoing(each, now) for each in waiting]
        await enqueue(tx, BUYERS, BuyerSucceeded.TYPE, SOURCE, facts, now)
        await note_announced(tx, waiting)


def _outgoing(succession: Succession, now: datetime) -> Outgoing:
    pair = succession.predecessor, succession.successor
    said = f"{succession.since} {succession.source}"
    return Outgoing(
        partition_key(identify("succession", *pair)),
        identify(BuyerSucceeded.TYPE, *pair, said, now.isoformat()),
        orjson.dumps(succession._asdict() | {"recorded_at": now}),
    )
