"""What the quality report reads of single suppliers: credits, repeats, namesakes, names."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.asked.periods import Span
from services.api.quality.credit import NEGATIVE, SupplierMonth
from services.api.quality.finding import Sum
from services.api.quality.month import later_month
from services.api.quality.repeats import TWICE, TWO_SUPPLIERS, Namesake, Repeat
from services.api.queries.coverage_class import COVERAGE_CLASS

_OF = "buyer = any(cast(:buyers as text[]))"
_CREDITS = f"""
    with by_month as (
        select supplier_id, month, sum(lines)::bigint as lines, sum(pence)::bigint as pence,
            sum(gross_pence)::bigint as gross
        from spend where {_OF} and month between :year_before and :until and supplier_id in (
            select supplier_id from spend where {_OF} and month between :since and :until
            and pence < 0
        ) group by 1, 2
    ), credited as (
        select *, sum(pence) over (
            partition by supplier_id order by month
            range between interval '1 year' preceding and current row
        )::bigint as year_pence
        from by_month where supplier_id in (
            select supplier_id from by_month
            where pence <= -cast(:least as bigint) and month >= :since
        )
    )
    select supplier_id::text, month, lines, pence, gross, year_pence from credited
    where month >= :since and pence <= -cast(:least as bigint)
    and supplier_id not in (select supplier_id from suppliers where redacted)
    order by month, supplier_id
"""  # noqa: S608 - our own text
# First which references come with one amount more than once, then those lines alone.
_REPEATS = f"""
    with of as (
        select payment_id, supplier_id, payment_date, amount_pence, reference, unit, purpose
        from payments where {_OF} and payment_date between :since and :until and not withdrawn
        and amount_pence >= :least and reference is not null
    ), repeated as materialized (
        select reference, amount_pence from of group by 1, 2 having count(*) > 1
    ), lines as materialized (
        select of.* from of join repeated using (reference, amount_pence)
        left join suppliers using (supplier_id) where redacted is not true
    )
    select reference, amount_pence, count(*) as lines, min(payment_date) as since,
        max(payment_date) as until, array[supplier_id::text] as suppliers, true as equal
    from lines group by supplier_id, payment_date, reference, amount_pence, unit, purpose
    having count(*) > 1
    union all
    select reference, amount_pence, count(*), min(payment_date), max(payment_date),
        array_agg(distinct supplier_id::text), false
    from lines where length(reference) >= :length and reference ~ '[0-9]'
    group by reference, amount_pence
    having count(distinct supplier_id) between 2 and :suppliers
    and max(payment_date) - min(payment_date) <= :days
"""  # noqa: S608
_NAMESAKES = f"""
    with paid as (
        select supplier_id, min(month) as since, max(month) as until, sum(lines) as lines,
            sum(pence) as pence, sum(gross_pence) as gross
        from spend where {_OF} and month between :since and :until group by 1
    )
    select array_agg(supplier_id::text order by supplier_id) as suppliers, min(paid.since) as since,
        (max(paid.until) + interval '1 month' - interval '1 day')::date as until,
        sum(lines)::bigint as lines, sum(pence)::bigint as pence, sum(gross)::bigint as gross
    from paid join suppliers using (supplier_id) where not redacted
    group by upper(regexp_replace(payee, '\\s+', ' ', 'g')) having count(*) > 1
"""  # noqa: S608
_CLASSES = f"""
    select month, {COVERAGE_CLASS} as class, sum(lines)::bigint as lines,
        sum(pence)::bigint as pence, sum(gross_pence)::bigint as gross
    from spend left join suppliers as supplier using (supplier_id)
    where {_OF} and month between :since and :until group by 1, 2
"""  # noqa: S608
_NAMES = f"""
    select asked.id as supplier_id, paid.payee, redacted, organisation, organisation_name
    from unnest(cast(:suppliers as text[])) as asked (id)
    left join suppliers as supplier on supplier.supplier_id = asked.id::uuid
    cross join lateral (
        select payee from payments where supplier_id = asked.id::uuid and {_OF}
        order by payment_date desc limit 1
    ) as paid
"""  # noqa: S608


async def read_credits(
    connection: AsyncConnection, buyers: Sequence[str], asked: Span
) -> list[SupplierMonth]:
    """The months in which a supplier's credits exceed its payments by the threshold."""
    rows = await connection.execute(
        text(_CREDITS),
        {
            "buyers": list(buyers),
            "since": asked.since,
            "until": asked.until,
            "year_before": later_month(asked.since, -12),
            "least": int(NEGATIVE.thresholds["pence"]),
        },
    )
    return [
        SupplierMonth(
            row.supplier_id, row.month, Sum(row.lines, row.pence, row.gross), row.year_pence
        )
        for row in rows
    ]


async def read_repeats(
    connection: AsyncConnection, buyers: Sequence[str], asked: Span
) -> list[Repeat]:
    """Equal lines with a reference, and references that come with one amount for few suppliers."""
    rows = await connection.execute(
        text(_REPEATS),
        {
            "buyers": list(buyers),
            "since": asked.since,
            "until": asked.until,
            "least": int(TWICE.thresholds["pence"]),
            "length": int(TWO_SUPPLIERS.thresholds["reference_length"]),
            "suppliers": int(TWO_SUPPLIERS.thresholds["suppliers"]),
            "days": int(TWO_SUPPLIERS.thresholds["days"]),
        },
    )
    return [
        Repeat(
            row.reference,
            row.amount_pence,
            row.lines,
            row.since,
            row.until,
            tuple(row.suppliers),
            row.equal,
        )
        for row in rows
    ]


async def read_namesakes(
    connection: AsyncConnection, buyers: Sequence[str], asked: Span
) -> list[Namesake]:
    """Suppliers of one name that the ledger tells apart."""
    asked_of = {"buyers": list(buyers), "since": asked.since, "until": asked.until}
    rows = await connection.execute(text(_NAMESAKES), asked_of)
    return [
        Namesake(tuple(row.suppliers), row.since, row.until, Sum(row.lines, row.pence, row.gross))
        for row in rows
    ]


async def read_classes(
    connection: AsyncConnection, buyers: Sequence[str], asked: Span
) -> dict[date, dict[str, Sum]]:
    """What each month has of each class of coverage."""
    asked_of = {"buyers": list(buyers), "since": asked.since, "until": asked.until}
    found: dict[date, dict[str, Sum]] = {}
    for row in await connection.execute(text(_CLASSES), asked_of):
        found.setdefault(row.month, {})[row[1]] = Sum(row.lines, row.pence, row.gross)
    return found


async def read_names(
    connection: AsyncConnection, buyers: Sequence[str], suppliers: Collection[str]
) -> Mapping[str, RowMapping]:
    """What is known of these suppliers of these buyers: payee, whether redacted, organisation."""
    asked: dict[str, Any] = {"buyers": list(buyers), "suppliers": sorted(suppliers)}
    rows = await connection.execute(text(_NAMES), asked)
    return {row["supplier_id"]: row for row in rows.mappings()}
