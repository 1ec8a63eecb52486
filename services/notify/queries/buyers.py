"""What buyers are called, in the database."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from shared.database import driver
from shared.events import BuyerRegistered


async def put_names(tx: AsyncConnection, facts: Sequence[BuyerRegistered]) -> None:
    """Keep of each buyer what it was called last."""
    newest = {one.buyer: one for one in sorted(facts, key=lambda one: one.recorded_at)}
    connection = await driver(tx)
    await connection.executemany(
        "insert into buyers as b (buyer, name, recorded_at) values ($1, $2, $3)"
        " on conflict (buyer) do update set name = excluded.name,"
        " recorded_at = excluded.recorded_at where b.recorded_at < excluded.recorded_at",
        [(key, newest[key].name, newest[key].recorded_at) for key in sorted(newest)],
    )


async def names_of_buyers(tx: AsyncConnection) -> dict[str, str]:
    """What each buyer is called, by org-id."""
    connection = await driver(tx)
    return dict(await connection.fetch("select buyer, name from buyers"))
