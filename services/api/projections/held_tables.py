"""Which tables a projection writes to does not change under it.

A rebuild puts other tables in the place of these. So a projection shares a lock that whoever swaps
them has for itself, and its first look for a table comes after it.
"""

from sqlalchemy.ext.asyncio import AsyncConnection

from shared.database import driver
from shared.locks import Lock

_HOLD = "select pg_advisory_xact_lock_shared($1::int, hashtext(current_schema()))"
_TAKE = "select pg_advisory_xact_lock($1::int, hashtext(current_schema()))"


async def hold_tables(tx: AsyncConnection) -> None:
    """Let no tables be swapped until this transaction ends: the first thing that it does."""
    await (await driver(tx)).execute(_HOLD, Lock.PROJECTING)


async def take_tables(tx: AsyncConnection) -> None:
    """Wait until the projections on their way are done, and let no others begin."""
    await (await driver(tx)).execute(_TAKE, Lock.PROJECTING)
