"""buyers.v1: which body answers for another, as it was said last."""

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


async def project_successions(
    tx: AsyncConnection, facts: Sequence[BuyerSucceeded | BuyerRegistered]
) -> None:
    """Keep of each pair what was said last; a successor's codes are read by both maps.

    By what name a buyer goes, messages alone say.
    """
    of_pairs = [fact for fact in facts if isinstance(fact, BuyerSucceeded)]
    in_order = sorted(of_pairs, key=lambda fact: fact.recorded_at)
    last = {(fact.predecessor, fact.successor): fact for fact in in_order}
    connection = await driver(tx)
    await change_maps(tx)
    changed = await connection.fetch(_UPSERT, as_json_array(last[pair] for pair in sorted(last)))
    await restate_codings(tx, [row["successor"] for row in changed])


BUYERS = Projection(topics.BUYERS, by_type(BuyerRegistered, BuyerSucceeded), project_successions)
