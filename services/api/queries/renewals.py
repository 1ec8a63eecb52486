"""Which agreements end, or bring something, from a day on or overdue: a page, soonest first."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import Uuid, and_, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.queries.agreements import Row, agreements_in_force
from services.api.tables import agreement_versions, agreements, renewals, suppliers


class Due(NamedTuple):
    """Dates from the day `since` to the day before `before`, by the terms in force on `as_of`.

    Without `before`: what was due before `as_of` and is still open. `as_of` is never after `since`.
    """

    as_of: date
    since: date
    before: date | None


async def read_renewals(
    connection: AsyncConnection,
    due: Due,
    *,
    buyer: str | None,
    provider: str | None = None,
    after: tuple[date, str] | None,
    limit: int,
) -> list[Row]:
    """The `limit` agreements not over that follow the place `after`, by day and id, as an index has
    them.

    Each with that day as `listed_on`; as `next_on` and `next_kinds` its first date since `since`
    and what that brings, null for none; as `overdue_on` the first that was before `as_of`, null
    where none is open. Of a `provider` (an org-id) only those that are its own by those terms.
    """
    page = select(
        renewals.c.agreement_id, renewals.c.since, renewals.c.next_on.label("listed_on")
    ).where(
        renewals.c.since <= due.as_of,
        due.as_of < renewals.c.until,
        or_(renewals.c.last_day.is_(None), renewals.c.last_day >= due.as_of),
    )
    if due.before is None:
        page = page.where(renewals.c.after == date.min, renewals.c.next_on < due.as_of)
    else:
        page = page.where(
            renewals.c.next_on >= due.since,
            renewals.c.next_on < due.before,
            renewals.c.after < due.since,
        )
    if buyer:
        page = page.where(renewals.c.buyer == buyer)
    if provider:
        own, _ = agreements_in_force(due.as_of)
        its = (
            select(agreement_versions.c.agreement_id)
            .join(suppliers, suppliers.c.supplier_id == agreement_versions.c.supplier_id)
            .where(suppliers.c.organisation == provider)
        )
        page = page.where(
            renewals.c.agreement_id.in_(its),
            renewals.c.agreement_id.in_(
                own.where(suppliers.c.organisation == provider).with_only_columns(
                    agreements.c.agreement_id
                )
            ),
        )
    if after is not None:
        place = tuple_(literal(after[0]), literal(after[1], Uuid(as_uuid=False)))
        page = page.where(tuple_(renewals.c.next_on, renewals.c.agreement_id) > place)
    listed = (
        page.order_by(renewals.c.next_on, renewals.c.agreement_id)
        .limit(limit)
        .cte("listed")
        .prefix_with("materialized")
    )
    coming, first = renewals.alias("coming"), renewals.alias("first")
    statement, _ = agreements_in_force(due.as_of)
    statement = (
        statement.add_columns(
            listed.c.listed_on,
            coming.c.next_on,
            coming.c.kinds.label("next_kinds"),
            first.c.next_on.label("overdue_on"),
        )
        .join(listed, listed.c.agreement_id == agreements.c.agreement_id)
        .outerjoin(
            coming,
            and_(
                coming.c.agreement_id == listed.c.agreement_id,
                coming.c.since == listed.c.since,
                coming.c.after < due.since,
                coming.c.next_on >= due.since,
            ),
        )
        .outerjoin(
            first,
            and_(
                first.c.agreement_id == listed.c.agreement_id,
                first.c.since == listed.c.since,
                first.c.after == date.min,
                first.c.next_on < due.as_of,
            ),
        )
        .order_by(listed.c.listed_on, listed.c.agreement_id)
    )
    return list((await connection.execute(statement)).mappings())
