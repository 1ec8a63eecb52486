"""Which suppliers are payees of which buyers, each with the id that stands for a withheld name."""

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.withheld_ids import withheld_id
from shared.database import driver

_ADD = """
    insert into payees (supplier_id, buyer, withheld_id)
    select * from unnest($1::uuid[], $2::text[], $3::uuid[]) on conflict do nothing
"""


async def add_payees(tx: AsyncConnection, pairs: Iterable[tuple[str, str]]) -> None:
    """Add suppliers, by id, and buyers that have to do with them; known ones stay.

    In one order for all, and before the kinds of spend are held, so that no two writers lock
    crosswise.
    """
    in_order = sorted(set(pairs))
    if in_order:
        suppliers, buyers = zip(*in_order, strict=True)
        ids = list(map(withheld_id, suppliers, buyers))
        await (await driver(tx)).execute(_ADD, suppliers, buyers, ids)
