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


class Own(NamedTuple):
    """Whose they are, and today: an organisation by its org-id."""

    organisation: str
    today: date


async def read_renewals(
    connection: AsyncConnection,
    due: Due,
    *,
    buyer: str | None,
    own: Own | None = None,
    after: tuple[date, str] | None,
    limit: int,
) -> list[Row]:
    """The `limit` agreements not over that follow the place `after`, by day and id, as an index has
    them.

    Each with that day as `listed_on`; as `next_on` and `next_kinds` its first date since `since`
    and what that brings, null for none; as `overdue_on` the first that was before `as_of`, null
    where none is open. Only those that are a provider's `own` by those terms and by today's: what
    became another's is not shown as it was before.
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
    if own:
        its = (
            select(agreement_versions.c.agreement_id)
            .join(suppliers, suppliers.c.supplier_id == agreement_versions.c.supplier_id)
            .where(suppliers.c.organisation == own.organisation)
        )
        page = page.where(renewals.c.agreement_id.in_(its))
        for day in {due.as_of, own.today}:
            held, _ = agreements_in_force(day)
            held = held.where(suppliers.c.organisation == own.organisation)
            ids = held.with_only_columns(agreements.c.agreement_id)
            page = page.where(renewals.c.agreement_id.in_(ids))
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
