"""The next date of agreements, worked out anew whenever a fact about one of them arrives.

It depends on the terms in force on the day of asking, which change with no event: so each span of
days with the same terms has a date of its own, and nothing waits for midnight.
"""

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncConnection

from shared.database import driver
from shared.locks import Lock

NO_RENEWAL = ("review", "contacts", "monitoring", "paid-after-end", "over")
"""Kinds that say nothing of a renewal: they come back by themselves, or after the end."""

# An agreement's terms and its obligations come by different topics, each in a transaction that does
# not see the other's: the second to get here sees what the first committed. Locked last and held
# until commit, for as long as the working out takes.
_LOCK = "select pg_advisory_xact_lock($1::int, hashtext(current_schema()))"
_FORGET = "delete from renewals where agreement_id = any($1::uuid[])"
# The first day of an open obligation: `state_of` (obligation.py) in SQL, for that alone is asked.
# Raised and not withdrawn since, whether acknowledged or not, unless a newer plan has it no more
# (closed); or in the newest plan, not withdrawn since, no stage that a later one of its kind was
# raised after, and nothing whose day had come when something else was raised (skipped). Of
# questions for an end the last.
_WORK_OUT = f"""
    with own as (
        select o.*, p.revision as newest_revision, p.sequence as newest_sequence,
            coalesce(p.revision = o.plan_revision, false) as in_newest,
            max(o.due_on) filter (where o.raised_at is not null)
                over (partition by o.agreement_id, o.kind) as last_raised,
            max(o.due_on) over (partition by o.agreement_id, o.kind) as last_of_kind,
            (max(o.raised_at) over (partition by o.agreement_id) at time zone 'Europe/London')::date
                as decided_on
        from obligations as o left join obligation_plans as p using (agreement_id)
        where o.agreement_id = any($1::uuid[]) and o.due_on is not null
    ), first_open as (
        select agreement_id, min(due_on) as due_on from own
        where kind not in {NO_RENEWAL} and (kind <> 'end-date' or due_on = last_of_kind) and (
            raised_revision is not null and (withdrawn_revision is null
                or (withdrawn_revision, withdrawn_sequence) <= (raised_revision, raised_sequence))
                and (in_newest or newest_revision is null
                    or (newest_revision, newest_sequence) <= (raised_revision, raised_sequence))
            or in_newest and (withdrawn_revision is null
                or (withdrawn_revision, withdrawn_sequence) <= (newest_revision, newest_sequence))
                and (kind = 'notice' or raised_at is not null or decided_on is null
                    or due_on > decided_on)
                and (kind not in ('renewal', 'service') or last_raised is null
                    or due_on >= last_raised))
        group by agreement_id
    ), terms as (
        select distinct on (v.agreement_id, v.effective_on)
            v.agreement_id, v.effective_on, v."end", a.buyer, a.ended_on
        from agreement_versions as v join agreements as a using (agreement_id)
        where v.agreement_id = any($1::uuid[])
            and v.effective_on <= coalesce(a.ended_on, 'infinity')
        order by v.agreement_id, v.effective_on, v.version desc
    )
    insert into renewals (agreement_id, since, until, buyer, last_day, next_on)
    select agreement_id, effective_on,
        lead(effective_on, 1, 'infinity') over (partition by agreement_id order by effective_on),
        buyer, least("end", ended_on), least("end", first_open.due_on)
    from terms left join first_open using (agreement_id)
"""  # noqa: S608 - our own kinds


async def work_out_renewals(tx: AsyncConnection, agreements: Iterable[str]) -> None:
    """Write the next dates of agreements; the last thing that a transaction does."""
    connection = await driver(tx)
    ids = sorted(set(agreements))
    await connection.execute(_LOCK, Lock.RENEWALS)
    await connection.execute(_FORGET, ids)
    await connection.execute(_WORK_OUT, ids)
