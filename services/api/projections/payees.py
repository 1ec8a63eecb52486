"""Which suppliers are payees of which buyers, each with the id that stands for a withheld name."""

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.withheld.withheld_ids import withheld_id
from shared.database import driver

# Of a batch's few are new: the others are not locked, and no id is made for them.
_NEW = """
    select supplier_id::text, buyer
    from unnest($1::uuid[], $2::text[]) as given (supplier_id, buyer)
    where not exists (select from payees as known
        where known.supplier_id = given.supplier_id and known.buyer = given.buyer)
"""
_ADD = """
    insert into payees (supplier_id, buyer, withheld_id)
    select * from unnest($1::uuid[], $2::text[], $3::uuid[]) on conflict do nothing
"""


async def add_payees(tx: AsyncConnection, pairs: Iterable[tuple[str, str]]) -> None:
    """Add suppliers, by id, and buyers that have to do with them; known ones stay.

    In one order for all, and before the kinds of spend are held, so that no two writers lock
    crosswise.
    """
    every = set(pairs)
    if not every:
        return
    connection = await driver(tx)
    if new := sorted(map(tuple, await connection.fetch(_NEW, *zip(*every, strict=True)))):
        suppliers, buyers = zip(*new, strict=True)
        ids = list(map(withheld_id, suppliers, buyers))
        await connection.execute(_ADD, suppliers, buyers, ids)
