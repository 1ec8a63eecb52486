"""Which agreements end, or bring something, before a day: a page of them, soonest first."""

from datetime import date

from sqlalchemy import Date, Uuid, func, literal, literal_column, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.queries.agreements import Row, agreements_in_force
from services.api.tables import agreements, obligations

# The first day of an open obligation: `state_of` (obligation.py) in SQL, for that alone is asked.
# Raised and not withdrawn since, whether acknowledged or not; or in the newest plan, not withdrawn
# since, and no renewal stage that a later one was raised after. Of questions for an end the last.
_FIRST_OPEN = literal_column(
    """(select min(due_on) from (
    select o.*, p.sequence as planned_sequence,
        max(o.due_on) filter (where o.kind = 'renewal' and o.raised_at is not null) over ()
            as last_stage,
        max(o.due_on) filter (where o.kind = 'end-date') over () as last_question
    from obligations as o left join obligation_plans as p
        on p.agreement_id = o.agreement_id and p.revision = o.plan_revision
    where o.agreement_id = agreements.agreement_id and o.due_on is not null) as own
    where (kind <> 'end-date' or due_on = last_question) and (
        raised_revision is not null and (withdrawn_revision is null
            or (withdrawn_revision, withdrawn_sequence) <= (raised_revision, raised_sequence))
        or planned_sequence is not null and (withdrawn_revision is null
            or (withdrawn_revision, withdrawn_sequence) <= (plan_revision, planned_sequence))
            and (kind <> 'renewal' or last_stage is null or due_on >= last_stage)))""",
    Date,
)


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

    In force on `since`, with their end or an open obligation before the day `before`; by day and
    id. A page costs a look at the obligations of every agreement that may qualify, in the database.
    """
    may_bring = select(obligations.c.agreement_id).where(obligations.c.due_on < before)
    statement, terms = agreements_in_force(today)
    statement = statement.where(
        or_(agreements.c.ended_on.is_(None), since <= agreements.c.ended_on),
        or_(terms.end.is_(None), terms.end >= since),
        or_(terms.end < before, agreements.c.agreement_id.in_(may_bring)),
    )
    if buyer:
        statement = statement.where(agreements.c.buyer == buyer)
    in_force = statement.add_columns(func.least(terms.end, _FIRST_OPEN).label("next_on"))
    due = in_force.cte("due").prefix_with("materialized")
    page = select(due).where(due.c.next_on < before)
    if after is not None:
        place = tuple_(literal(after[0]), literal(after[1], Uuid(as_uuid=False)))
        page = page.where(tuple_(due.c.next_on, due.c.agreement_id) > place)
    page = page.order_by(due.c.next_on, due.c.agreement_id).limit(limit)
    return list((await connection.execute(page)).mappings())
