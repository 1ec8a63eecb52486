"""The bodies whose payments a buyer answers for, since they merged into it or were renamed."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_PREDECESSORS = """
    with recursive before as (
        select * from successions where successor = any(cast(:buyers as text[]))
        union select earlier.* from successions as earlier
        join before on earlier.successor = before.predecessor
    )
    select distinct predecessor, successor, since, source from before
    order by since desc, predecessor, successor
"""


async def read_predecessors(
    connection: AsyncConnection, buyers: Sequence[str]
) -> list[dict[str, Any]]:
    """Every predecessor of these buyers, and theirs: which succeeded which, since when, by what."""
    found = await connection.execute(text(_PREDECESSORS), {"buyers": list(buyers)})
    return [dict(row) for row in found.mappings()]


async def read_successors(connection: AsyncConnection) -> list[str]:
    """Every body that answers for another."""
    return list(await connection.scalars(text("select distinct successor from successions")))
