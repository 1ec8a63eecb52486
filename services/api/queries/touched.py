"""Suppliers whose sums the ranking has yet to learn of, and what they were paid until then."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Uuid,
    column,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.queries.party_spend import PARTY_SPEND
from services.api.tables import party_spend, touched_suppliers

_TOUCHED = "array(select unnest(suppliers) from touched_suppliers)"

# One array, read once. Of the list itself the planner may have statistics of a moment when
# thousands waited, and would join by reading whole tables.
_waiting = (
    select(literal_column(_TOUCHED, ARRAY(Uuid(as_uuid=False))).label("suppliers"))
    .cte("waiting")
    .prefix_with("materialized")
)


async def count_touched(connection: AsyncConnection) -> int:
    """How many they are; who was touched twice may count twice."""
    waiting = await connection.scalar(select(func.sum(touched_suppliers.c.number)))
    return int(waiting or 0)


def is_touched(table: FromClause) -> ColumnElement[bool]:
    """Whether the ranking has yet to learn of a row's supplier."""
    return table.c.supplier_id.in_(select(func.unnest(_waiting.c.suppliers)))


def live_spend() -> Any:
    """What those who were touched were paid, as `party_spend` would have it."""
    types: dict[str, Any] = {each.name: each.type for each in party_spend.columns}
    statement = text(PARTY_SPEND.format(suppliers=_TOUCHED))
    return statement.columns(*(column(name, kind) for name, kind in types.items()))
