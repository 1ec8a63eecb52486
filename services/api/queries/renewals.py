"""Which agreements end, or bring something, before a day: a page of them, soonest first."""

from datetime import date

from sqlalchemy import Date, Uuid, func, literal, literal_column, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.queries.agreements import Row, agreements_in_force
from services.api.tables import agreements, obligations

_RECURRING = ("review", "contacts", "monitoring")
"""Kinds that come back by themselves: they bring dates, and say nothing of a renewal."""

# The first day of an open obligation: `state_of` (obligation.py) in SQL, for that alone is asked.
# Raised and not withdrawn since, whether acknowledged or not, unless a newer plan has it no more
# (closed); or in the newest plan, not withdrawn since, and no stage that a later one of its kind
# was raised after. Of questions for an end the last.
_FIRST_OPEN = literal_column(
    f"""(select min(due_on) from (
    select o.*, p.revision as newest_revision, p.sequence as newest_sequence,
        coalesce(p.revision = o.plan_revision, false) as in_newest,
        max(o.due_on) filter (where o.raised_at is not null) over (partition by o.kind)
            as last_raised,
        max(o.due_on) over (partition by o.kind) as last_of_kind
    from obligations as o left join obligation_plans as p using (agreement_id)
    where o.agreement_id = agreements.agreement_id and o.due_on is not null) as own
    where kind not in {_RECURRING} and (kind <> 'end-date' or due_on = last_of_kind) and (
        raised_revision is not null and (withdrawn_revision is null
            or (withdrawn_revision, withdrawn_sequence) <= (raised_revision, raised_sequence))
            and (in_newest or newest_revision is null
                or (newest_revision, newest_sequence) <= (raised_revision, raised_sequence))
        or in_newest and (withdrawn_revision is null
            or (withdrawn_revision, withdrawn_sequence) <= (newest_revision, newest_sequence))
            and (kind not in ('renewal', 'service') or last_raised is null
                or due_on >= last_raised)))""",  # noqa: S608 - our own kinds
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
    may_bring = select(obligations.c.agreement_id).where(
        obligations.c.due_on < before, obligations.c.kind.not_in(_RECURRING)
    )
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
