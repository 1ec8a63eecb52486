"""When the read model began to know of payments."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_FIRST = """
select min(recorded_at) from (
    select recorded_at from payments where {of}
    union all
    select revised.recorded_at from payment_revisions as revised
    join payments using (payment_id) where {of}
) as recorded
"""


async def first_recorded(connection: AsyncConnection, buyers: Collection[str]) -> datetime | None:
    """The moment of the first payment of these buyers, of all where none is named; None: none."""
    of = "payments.buyer = any(cast(:buyers as text[]))" if buyers else "true"
    found: datetime | None = await connection.scalar(
        text(_FIRST.format(of=of)), {"buyers": list(buyers)} if buyers else {}
    )
    return found
