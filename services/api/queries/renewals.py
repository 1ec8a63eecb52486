"""Which agreements end, or bring something, before a day: a page of them, soonest first."""

from datetime import date

from sqlalchemy import Uuid, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.queries.agreements import Row, agreements_in_force
from services.api.tables import agreements, renewals


async def read_renewals(
    connection: AsyncConnection,
    today: date,
    *,
    buyer: str | None,
    since: date,
    before: date,
    after: tuple[date, str] | None,
    limit: int,
) -> list[Row]:
    """The `limit` agreements that follow the place `after`, each with its day as `next_on`.

    By the terms in force today; not over before `since`, with their end or an open obligation
    before the day `before`; by day and id, as an index has them.
    """
    page = select(renewals.c.agreement_id, renewals.c.next_on).where(
        renewals.c.since <= today,
        today < renewals.c.until,
        or_(renewals.c.last_day.is_(None), renewals.c.last_day >= since),
        renewals.c.next_on < before,
    )
    if buyer:
        page = page.where(renewals.c.buyer == buyer)
    if after is not None:
        place = tuple_(literal(after[0]), literal(after[1], Uuid(as_uuid=False)))
        page = page.where(tuple_(renewals.c.next_on, renewals.c.agreement_id) > place)
    due = (
        page.order_by(renewals.c.next_on, renewals.c.agreement_id)
        .limit(limit)
        .cte("due")
        .prefix_with("materialized")
    )
    statement, _ = agreements_in_force(today)
    statement = statement.add_columns(due.c.next_on).where(
        agreements.c.agreement_id == due.c.agreement_id
    )
    statement = statement.order_by(due.c.next_on, due.c.agreement_id)
    return list((await connection.execute(statement)).mappings())
