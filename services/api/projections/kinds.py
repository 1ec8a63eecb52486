"""What is known of suppliers in a month, as one kind, on each sum of the spend; the sums by kind.

Two roll-ups add them up: by month without suppliers and codes, by year and codes without suppliers.

Most questions tell no suppliers apart, only what they are: their class and form, under which
definitions they count, under what they are paid. A kind is all of that together, in one month. A
month that a membership covers in part has no kind: there the payments are asked (`paid_in_part`).

Payments find the kinds of theirs, each batch under a lock that they share. Whoever changes what is
known of suppliers has that lock alone, and gives their sums the kinds that they have become: so no
batch counts by what has just changed.
"""

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.queries.coverage_class import COVERAGE_CLASS
from shared.database import driver
from shared.locks import Lock

_HOLD = "select pg_advisory_xact_lock_shared($1::int, hashtext(current_schema()))"
_CHANGE = "select pg_advisory_xact_lock($1::int, hashtext(current_schema()))"
# Before any table that others lock after it, so that emptying can't lock crosswise.
_FIRST = "lock table spend in row exclusive mode"
_OF = "class, legal_form, income_band, reach, tier, definitions, route, agreement_kind, recurrence"
# By an index for each row of a batch: its rows are few, and a whole table is not read for them.
# A kind is written before the sums that are of it: two writers wait in one order.
_TELL = f"""
    with standing as materialized (
        select given.*,
            {COVERAGE_CLASS} as class,
            supplier.legal_form, supplier.income_band, supplier.reach, supplier.tier,
            array(select definition from memberships as membership
                where membership.supplier_id = given.supplier_id
                    and given.month between membership.since and membership.until
                order by definition) as definitions,
            coalesce(agreed.route, 'no-agreement') as route,
            coalesce(agreed.kind, 'no-agreement') as agreement_kind,
            coalesce(agreed.recurrence, 'no-agreement') as recurrence,
            coalesce(agreed.passed_on, false) as passed_on,
            coalesce((select true from boundary_months as boundary
                where boundary.supplier_id = given.supplier_id and boundary.month = given.month
                limit 1), false) as in_part
        from ({{given}}) as given
        left join suppliers as supplier on supplier.supplier_id = given.supplier_id
        left join lateral (
            select * from agreed where agreed.supplier_id = given.supplier_id
                and agreed.buyer = given.buyer and given.month between agreed.since and agreed.until
            limit 1
        ) as agreed on true
    ), told as materialized (
        select *, case when not in_part then md5(row({_OF}, passed_on)::text)::uuid end as kind_id
        from standing
    ), known as (
        insert into kinds (kind_id, {_OF}, passed_on)
        select distinct on (kind_id) kind_id, {_OF}, passed_on from told
        where kind_id is not null order by kind_id
        on conflict do nothing returning 1
    )
"""  # noqa: S608 - our own column names
_SUMS = """lines = stored.lines + excluded.lines, pence = stored.pence + excluded.pence,
    gross_pence = stored.gross_pence + excluded.gross_pence"""
_YEAR = "(date_part('year', month + 275) - 1)::int"
_COUNTED = "where kind_id is not null and (select count(*) from known) is not null"
# One after the other: two writers wait in one order.
_ADD_UP = f"""
    moved as materialized ({{moved}}), by_month as (
        insert into spend_by_kind as stored
            (buyer, month, place, kind_id, lines, pence, gross_pence)
        select buyer, month, place, kind_id, sum(lines), sum(pence), sum(gross_pence)
        from moved {_COUNTED}
        group by buyer, month, place, kind_id order by buyer, month, place, kind_id
        on conflict (buyer, month, place, kind_id) do update set {_SUMS}
        returning buyer, month, place, kind_id, lines
    ), by_year as (
        insert into spend_by_year as stored
            (buyer, financial_year, place, coding_id, kind_id, lines, pence, gross_pence)
        select buyer, {_YEAR}, place, coding_id, kind_id, sum(lines), sum(pence), sum(gross_pence)
        from moved {_COUNTED} and (select count(*) from by_month) is not null
        group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
        on conflict (buyer, financial_year, place, coding_id, kind_id) do update set {_SUMS}
        returning buyer, financial_year, place, coding_id, kind_id, lines
    )
"""  # noqa: S608 - our own column names
_CONTROL = """
    by_buyer as (
        insert into control_totals as stored (buyer, month, lines, pence)
        select buyer, month, sum(lines), sum(pence) from told
        where (select count(*) from by_year) is not null
        group by buyer, month order by buyer, month
        on conflict (buyer, month) do update set
            lines = stored.lines + excluded.lines, pence = stored.pence + excluded.pence
        returning 1
    )
"""
_IN_PART = """
    in_part as (
        insert into paid_in_part (buyer, month, supplier_id)
        select distinct buyer, month, supplier_id from told
        where kind_id is null and (select count(*) from {after}) is not null
        order by buyer, month, supplier_id
        on conflict do nothing returning 1
    )
"""
# Not by the sums of those months: where nothing is left to add up there are none.
_WHOLE = """
    counted_whole as (
        delete from paid_in_part as paid where paid.supplier_id = any($1::uuid[])
            and not exists (select from boundary_months as boundary
                where boundary.supplier_id = paid.supplier_id and boundary.month = paid.month)
    )
"""
# What the ranking of who is paid has to learn (services/api/ranking).
_TOUCH = """
    touched as (
        insert into touched_suppliers (suppliers, number, gathered)
        select suppliers, cardinality(suppliers), false
        from (select array_agg(distinct supplier_id) as suppliers from told) as every
        where suppliers is not null
    )
"""
_GIVEN = """
    select * from unnest($1::text[], $2::date[], $3::uuid[], $4::text[], $5::uuid[], $6::bigint[],
        $7::bigint[], $8::bigint[])
        as row (buyer, month, supplier_id, place, coding_id, lines, pence, gross_pence)
"""
_KEY = "buyer, month, supplier_id, place, coding_id"
_ADD = f"""
    {_TELL.format(given=_GIVEN)}, added as (
        insert into spend ({_KEY}, lines, pence, gross_pence, kind_id)
        select {_KEY}, lines, pence, gross_pence, kind_id from told order by {_KEY}
        on conflict ({_KEY}) do update set
            lines = spend.lines + excluded.lines, pence = spend.pence + excluded.pence,
            gross_pence = spend.gross_pence + excluded.gross_pence
    ), {_TOUCH}, {_ADD_UP.format(moved="select * from told")}, {_CONTROL},
    {_IN_PART.format(after="by_buyer")}
    select count(*) from in_part
"""  # noqa: S608
_STORED = """
    select ctid as stored_at, kind_id as was, buyer, month, supplier_id, place, coding_id, lines,
        pence, gross_pence
    from spend where supplier_id = any($1::uuid[])
"""
_MOVED = """
    select buyer, month, place, coding_id, kind_id, lines, pence, gross_pence from told
    where kind_id is distinct from was
    union all
    select buyer, month, place, coding_id, was, -lines, -pence, -gross_pence from told
    where kind_id is distinct from was
"""
_RESTATE = f"""
    {_TELL.format(given=_STORED)}, restated as (
        update spend set kind_id = told.kind_id from told
        where spend.ctid = told.stored_at and told.kind_id is distinct from told.was
    ), {_TOUCH}, {_ADD_UP.format(moved=_MOVED)}, {_IN_PART.format(after="by_year")}, {_WHOLE}
    select buyer, month, null::int as financial_year, place, null::uuid as coding_id, kind_id
    from by_month where lines = 0
    union all
    select buyer, null, financial_year, place, coding_id, kind_id from by_year where lines = 0
"""  # noqa: S608
_EMPTY = (
    """
    delete from spend_by_kind as stored
    using unnest($1::text[], $2::date[], $3::int[], $4::text[], $5::uuid[], $6::uuid[])
        as key (buyer, month, financial_year, place, coding_id, kind_id)
    where stored.buyer = key.buyer and stored.month = key.month and stored.place = key.place
        and stored.kind_id = key.kind_id and stored.lines = 0
    """,
    """
    delete from spend_by_year as stored
    using unnest($1::text[], $2::date[], $3::int[], $4::text[], $5::uuid[], $6::uuid[])
        as key (buyer, month, financial_year, place, coding_id, kind_id)
    where stored.buyer = key.buyer and stored.financial_year = key.financial_year
        and stored.place = key.place and stored.coding_id = key.coding_id
        and stored.kind_id = key.kind_id and stored.lines = 0
    """,
)


async def add_by_kind(tx: AsyncConnection, *columns: Iterable[object]) -> None:
    """Add sums of payments: buyers, months, suppliers, places, codings, lines, pence and gross
    pence.
    """
    connection = await driver(tx)
    await connection.execute(_HOLD, Lock.KINDS)
    await connection.execute(_ADD, *columns)


async def change_kinds(tx: AsyncConnection) -> None:
    """Wait until the payments on their way are counted, and let no others past."""
    connection = await driver(tx)
    await connection.execute(_FIRST)
    await connection.execute(_CHANGE, Lock.KINDS)


async def restate_kinds(tx: AsyncConnection, suppliers: Iterable[str]) -> None:
    """Give the sums of these suppliers, of whom more may be known now, the kinds that they are.

    `change_kinds` goes before.
    """
    connection = await driver(tx)
    empty = await connection.fetch(_RESTATE, sorted(set(suppliers)))
    if empty:
        keys = list(zip(*empty, strict=True))
        for statement in _EMPTY:
            await connection.execute(statement, *keys)
