"""What officers keep of one thing, a statement or a commitment, is written one after the other."""

from sqlalchemy import Integer, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.locks import Lock


async def await_turn(tx: AsyncConnection, *of: str) -> None:
    """Wait until no other transaction keeps anything of the same: what it is, and its key."""
    name = func.concat_ws("/", func.current_schema(), *of)
    await tx.execute(
        select(func.pg_advisory_xact_lock(cast(Lock.KEEPING, Integer), func.hashtext(name)))
    )
