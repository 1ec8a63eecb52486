"""The buyers of the read model."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.errors import NotKnown

EACH_BUYER = """
    select buyer from (
        with recursive each (buyer) as (
            (select buyer from {table} order by buyer limit 1)
            union all
            select (select min(one.buyer) from {table} as one where one.buyer > each.buyer)
            from each where each.buyer is not null
        ) select buyer from each where buyer is not null
    ) as {table}_buyers
"""
"""Every buyer of a table whose key begins with it, by one step of an index for each."""


async def known_buyers(connection: AsyncConnection) -> list[str]:
    """Every buyer that paid or agreed something, by one step of an index for each."""
    found = await connection.scalars(
        text(
            f"{EACH_BUYER.format(table='spend')} union {EACH_BUYER.format(table='agreements')}"
            " order by buyer"
        )
    )
    return list(found)


async def check_buyer(connection: AsyncConnection, buyer: str) -> None:
    """NotKnown: nothing that this buyer paid or agreed is known."""
    if buyer not in await known_buyers(connection):
        raise NotKnown(f"no payment and no agreement of {buyer[:80]!r} is known")
