"""buyers.v1: what bodies are called, and which answers for another, as it was said last."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.projections.codings import change_maps, restate_codings
from services.api.projections.projection import Projection, as_json_array
from shared import topics
from shared.database import driver
from shared.events import BuyerRegistered, BuyerSucceeded
from shared.read_facts import by_type

_UPSERT = """
insert into successions (predecessor, successor, since, source, recorded_at)
select * from jsonb_to_recordset($1::jsonb) as fact (predecessor text, successor text, since date,
    source text, recorded_at timestamptz)
on conflict (predecessor, successor) do update set since = excluded.since,
    source = excluded.source, recorded_at = excluded.recorded_at
    where successions.recorded_at < excluded.recorded_at
returning successor
"""
_UPSERT_NAMES = """
insert into buyers (buyer, name, recorded_at)
select * from jsonb_to_recordset($1::jsonb) as fact (buyer text, name text, recorded_at timestamptz)
on conflict (buyer) do update set name = excluded.name, recorded_at = excluded.recorded_at
    where buyers.recorded_at < excluded.recorded_at
"""


async def project_buyers(
    tx: AsyncConnection, facts: Sequence[BuyerSucceeded | BuyerRegistered]
) -> None:
    """Keep what was said last: of each body its name, of each pair since when one succeeds.

    A successor's codes are read by both maps.
    """
    named = [fact for fact in facts if isinstance(fact, BuyerRegistered)]
    names = {fact.buyer: fact for fact in sorted(named, key=lambda fact: fact.recorded_at)}
    of_pairs = [fact for fact in facts if isinstance(fact, BuyerSucceeded)]
    in_order = sorted(of_pairs, key=lambda fact: fact.recorded_at)
    last = {(fact.predecessor, fact.successor): fact for fact in in_order}
    connection = await driver(tx)
    await connection.execute(_UPSERT_NAMES, as_json_array(names[buyer] for buyer in sorted(names)))
    if not of_pairs:
        return
    await change_maps(tx)
    changed = await connection.fetch(_UPSERT, as_json_array(last[pair] for pair in sorted(last)))
    await restate_codings(tx, [row["successor"] for row in changed])


BUYERS = Projection(topics.BUYERS, by_type(BuyerRegistered, BuyerSucceeded), project_buyers)
