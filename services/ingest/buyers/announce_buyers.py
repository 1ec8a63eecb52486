"""Publish what buyers are called."""

from datetime import datetime

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.ingest import SOURCE
from services.ingest.buyers.buyer import Buyer
from services.ingest.queries.buyers import note_announced, put_buyer, take_unannounced
from shared.database import begin
from shared.events import BuyerRegistered
from shared.identity import identify, partition_key
from shared.outbox import Outgoing, enqueue
from shared.topics import BUYERS


async def register_buyer(engine: AsyncEngine, buyer: Buyer, now: datetime) -> bool:
    """Keep a checked buyer and announce it; whether it replaced one."""
    async with begin(engine) as tx:
        replaced = await put_buyer(tx, buyer)
        await _announce(tx, now)
    return replaced


async def announce_buyers(engine: AsyncEngine, now: datetime) -> None:
    """Leave what was not announced in the outbox: at the first start, what is shipped."""
    async with begin(engine) as tx:
        await _announce(tx, now)


async def _announce(tx: AsyncConnection, now: datetime) -> None:
    waiting = await take_unannounced(tx)
    if waiting:
        facts = [_outgoing(each, now) for each in waiting]
        await enqueue(tx, BUYERS, BuyerRegistered.TYPE, SOURCE, facts, now)
        await note_announced(tx, waiting)


def _outgoing(buyer: Buyer, now: datetime) -> Outgoing:
    return Outgoing(
        partition_key(identify("buyer", buyer.org_id)),
        identify(BuyerRegistered.TYPE, buyer.org_id, buyer.name, now.isoformat()),
        orjson.dumps({"buyer": buyer.org_id, "name": buyer.name, "recorded_at": now}),
    )
