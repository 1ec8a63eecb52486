"""Suppliers whose sums the ranking has yet to learn of, and what they were paid until then."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, column, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.queries.party_spend import PARTY_SPEND
from services.api.tables import party_spend, touched_suppliers

MOST_TOUCHED = 2_000
"""Of more, to add up all that is paid takes no longer."""
_TOUCHED = "array(select unnest(suppliers) from touched_suppliers)"


async def are_few_touched(connection: AsyncConnection) -> bool:
    """Whether what `party_spend` keeps, and beside it those touched, costs less than all spend."""
    waiting = await connection.scalar(select(func.sum(touched_suppliers.c.number)))
    return (waiting or 0) <= MOST_TOUCHED


def is_touched(table: FromClause) -> ColumnElement[bool]:
    """Whether the ranking has yet to learn of a row's supplier."""
    every = select(func.unnest(touched_suppliers.c.suppliers))
    return table.c.supplier_id.in_(every)


def live_spend() -> Any:
    """What those who were touched were paid, as `party_spend` would have it."""
    types: dict[str, Any] = {each.name: each.type for each in party_spend.columns}
    statement = text(PARTY_SPEND.format(suppliers=_TOUCHED))
    return statement.columns(*(column(name, kind) for name, kind in types.items()))
