"""Agreements in force on a day, their lines, and whether their providers count."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Text, and_, cast, func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.queries.agreements import agreements_in_force
from services.api.tables import (
    agreement_lines,
    agreement_versions,
    agreements,
    memberships,
    suppliers,
)


class HeldLine(NamedTuple):
    """A line of an agreement by the terms in force; `provider` tells providers apart.

    `counts` is whether the provider counts under the definition on that day.
    """

    agreement_id: str
    buyer: str
    place: str | None
    start: date
    end: date | None
    provider: str
    counts: bool
    pence: int


async def read_held(
    connection: AsyncConnection, buyers: Sequence[str], day: date, definition: str | None
) -> list[HeldLine]:
    """The lines of all agreements of these buyers that run on the day."""
    statement, _ = agreements_in_force(day)
    held = statement.where(agreements.c.buyer.in_(buyers)).subquery("held")
    terms = agreement_versions
    last: ColumnElement[Any] = func.coalesce(held.c.ended_on, terms.c.end, literal(date.max))
    counts = (
        literal(value=False)
        if definition is None
        else select(memberships.c.supplier_id)
        .where(
            memberships.c.supplier_id == terms.c.supplier_id,
            memberships.c.definition == definition,
            memberships.c.since <= day,
            memberships.c.until >= day,
        )
        .exists()
    )
    found = await connection.execute(
        select(
            terms.c.agreement_id,
            *(held.c.buyer, terms.c.place, terms.c.start),
            func.least(terms.c.end, held.c.ended_on).label("end"),
            func.coalesce(
                suppliers.c.organisation,
                suppliers.c.organisation_name,
                cast(terms.c.supplier_id, Text),
            ),
            counts.label("counts"),
            agreement_lines.c.annual_amount_pence,
        )
        .select_from(held)
        .join(
            terms,
            and_(
                terms.c.agreement_id == held.c.agreement_id,
                terms.c.version == held.c.version,
            ),
        )
        .join(
            agreement_lines,
            and_(
                agreement_lines.c.agreement_id == terms.c.agreement_id,
                agreement_lines.c.version == terms.c.version,
            ),
        )
        .outerjoin(suppliers, suppliers.c.supplier_id == terms.c.supplier_id)
        .where(terms.c.start <= day, last >= day)
        .order_by(terms.c.agreement_id, agreement_lines.c.position)
    )
    return [HeldLine(*row) for row in found]
