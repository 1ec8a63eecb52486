"""What the quality report of a buyer reads: sums that PostgreSQL makes, never single payments.

Payments are read for their days and for repeated lines, the rest from the roll-up of the spend. All
in one moment (moment.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.asked.periods import Span
from services.api.quality.coding import Spread, UnitMonth, Units
from services.api.quality.completeness import FIELDS
from services.api.quality.finding import Sum, add
from services.api.quality.month import Month
from services.api.quality.report import KnownBuyer

_OF = "buyer = any(cast(:buyers as text[])) and payment_date between :since and :until"
_SUMS = (
    "count(*) as lines, sum(amount_pence)::bigint as pence, sum(abs(amount_pence))::bigint as gross"
)
_ADDED = "sum(lines)::bigint as lines, sum(pence)::bigint as pence, sum(gross)::bigint as gross"
_LACKED = " + ".join(f"{2**bit} * ({field} is null)::int" for bit, field in enumerate(FIELDS))
_THOUSANDS = 2 ** len(FIELDS)
# When a payment was first recorded; a corrected one bears the time of its correction.
_FIRST_RECORDED = """
    (case revision when 0 then recorded_at else (
        select min(accepted.recorded_at) from payment_revisions as accepted
        where accepted.payment_id = payments.payment_id
    ) end)::date
"""
_BY_DAY = f"""
    select payment_date, {_FIRST_RECORDED} as recorded_on,
        {_LACKED} + {_THOUSANDS} * (amount_pence % 100000 = 0 and amount_pence <> 0)::int as marks,
        {_SUMS}
    from payments where {_OF} and not withdrawn group by 1, 2, 3
"""  # noqa: S608 - our own names and numbers
_LINES = f"""
    with by_day as ({_BY_DAY}),
    dated as (select *, date_trunc('month', payment_date)::date as month from by_day)
    select payment_date, month, recorded_on, marks, {_ADDED} from dated
    group by grouping sets ((month, recorded_on, marks), (payment_date))
    order by month, payment_date
"""  # noqa: S608
# Of each buyer by itself: only so do the ends come from the index.
_KNOWN = """
    select min(first) as first, max(last) as last, min(first_recorded)::date as first_recorded,
        (select min(since) - 1 from successions where predecessor = :buyer) as until
    from unnest(cast(:buyers as text[])) as paying (name)
    cross join lateral (
        select (select min(payment_date) from payments where {of}) as first,
            (select max(payment_date) from payments where {of} and payment_date <= :as_of) as last,
            least(
                (select min(recorded_at) from payments where {of} and revision = 0 and :recorded),
                (select min(accepted.recorded_at) from payments
                    join payment_revisions as accepted using (payment_id)
                    where {of} and payments.revision > 0 and :recorded)
            ) as first_recorded
    ) as ends
""".format(of="payments.buyer = paying.name and not payments.withdrawn")  # noqa: S608
_CODED = """
    from spend join codings as coding using (coding_id)
    where spend.buyer = any(cast(:buyers as text[])) and month between :since and :until
    and coding.unit <> ''
"""
_ROLLED_UP = (
    "sum(lines)::bigint as lines, sum(pence)::bigint as pence, sum(gross_pence)::bigint as gross"
)
_HEAVY = f"""
    with by_month as (
        select unit, month, {_ROLLED_UP} {_CODED} group by 1, 2
    ), weighed as (
        select *, gross >= :share * sum(gross) over (partition by month) as heavy,
            month = min(month) over (partition by unit) as new from by_month
    )
    select unit, month, {_ADDED} from weighed
    where unit in (select unit from weighed where heavy) group by 1, 2
    union all
    select null, month, {_ADDED} from weighed where new group by month
"""  # noqa: S608
# Years are counted by the first day of each: to take a day apart costs more than all else.
# All whose payee is redacted are one supplier, and none in particular.
_SPREAD = f"""
    select supplier_id::text, year, count(*) as codes, {_ADDED}, max(gross)::bigint as largest
    from coded where supplier_id not in (select supplier_id from suppliers where redacted)
    group by supplier_id, year
"""  # noqa: S608
_PROGRAMMES = f"""
    with coded as (
        select supplier_id, programme_key, width_bucket(month, cast(:years as date[])) as year,
            sum(lines) as lines, sum(pence) as pence, sum(gross_pence) as gross
        from spend join programmes using (coding_id)
        where buyer = any(cast(:buyers as text[])) and month between :since and :until
        and month between programmes.since and programmes.until and programme is not null
        group by 1, 2, 3
    ) {_SPREAD} having count(*) >= :least
"""  # noqa: S608
_UNITS = f"""
    with coded as (
        select supplier_id, unit, width_bucket(month, cast(:years as date[])) as year,
            {_ROLLED_UP} {_CODED} group by 1, 2, 3
    ), spread as ({_SPREAD}),
    usual as (
        select percentile_disc(:of_suppliers) within group (order by codes) as most from spread
    )
    select spread.*, most from spread, usual where codes >= :least and codes >= :times * most
"""  # noqa: S608
_YEARS = [date(year, 4, 1) for year in range(1990, 2101)]


async def read_known(
    connection: AsyncConnection, buyer: str, buyers: Sequence[str], as_of: date, *, recorded: bool
) -> KnownBuyer:
    """What is known of a buyer, and of those asked with it, in whatever months.

    Only if `recorded`, with when it was first recorded: that takes a look at every payment.
    """
    asked = {"buyer": buyer, "buyers": list(buyers), "as_of": as_of, "recorded": recorded}
    row = (await connection.execute(text(_KNOWN), asked)).one()
    return KnownBuyer(row.first, row.last, row.first_recorded, row.until or date.max)


async def read_months(
    connection: AsyncConnection, buyers: Sequence[str], asked: Span
) -> tuple[list[Month], list[date]]:
    """The months with payments and the days with payments, in order."""
    rows = await _read(connection, _LINES, buyers, asked)
    months: dict[date, list[Row[Any]]] = {}
    for row in rows:
        if row.payment_date is None:
            months.setdefault(row.month, []).append(row)
    days = sorted(row.payment_date for row in rows if row.payment_date is not None)
    return [_month(first, several) for first, several in months.items()], days


def _month(first: date, rows: Sequence[Row[Any]]) -> Month:
    recorded: dict[date, int] = {}
    for row in rows:
        recorded[row.recorded_on] = recorded.get(row.recorded_on, 0) + row.lines
    without = {
        field: _sum(row for row in rows if row.marks & 2**bit) for bit, field in enumerate(FIELDS)
    }
    return Month(
        first, _sum(rows), without, recorded, _sum(row for row in rows if row.marks & _THOUSANDS)
    )


def _sum(rows: Iterable[Row[Any]]) -> Sum:
    return add(*(Sum(row.lines, row.pence, row.gross) for row in rows))


async def read_units(
    connection: AsyncConnection,
    buyers: Sequence[str],
    asked: Span,
    months: Mapping[date, Sum],
    share: float,
) -> Units:
    """The units that had at least this share of the pounds of a month, in those months alone."""
    rows = await _read(connection, _HEAVY, buyers, asked, share=share)
    rows = [row for row in rows if row.month in months]
    heavy = [UnitMonth(row.unit, row.month, _sum([row])) for row in rows if row.unit is not None]
    new = {row.month: _sum([row]) for row in rows if row.unit is None}
    return Units(heavy, months, new)


async def read_programmes(
    connection: AsyncConnection, buyers: Sequence[str], asked: Span, least: int
) -> list[Spread]:
    """The suppliers paid under so many programmes or more in a financial year."""
    return [
        _spread(row)
        for row in await _read(connection, _PROGRAMMES, buyers, asked, least=least, years=_YEARS)
    ]


async def read_unit_spreads(
    connection: AsyncConnection,
    buyers: Sequence[str],
    asked: Span,
    thresholds: Mapping[str, float],
) -> tuple[list[Spread], float]:
    """The suppliers paid by as many units in a year as the thresholds say.

    With how many units the usual part of the suppliers does not exceed.
    """
    asked_of = {
        "least": int(thresholds["units"]),
        "times": int(thresholds["times_usual"]),
        "of_suppliers": thresholds["of_suppliers"],
    }
    rows = await _read(connection, _UNITS, buyers, asked, years=_YEARS, **asked_of)
    return [_spread(row) for row in rows], rows[0].most if rows else 0


def _spread(row: Row[Any]) -> Spread:
    year = _YEARS[0].year + row.year - 1
    return Spread(row.supplier_id, year, row.codes, _sum([row]), row.largest)


async def _read(
    connection: AsyncConnection,
    statement: str,
    buyers: Sequence[str],
    asked: Span,
    **values: Any,
) -> Sequence[Row[Any]]:
    given = {"buyers": list(buyers), "since": asked.since, "until": asked.until, **values}
    return (await connection.execute(text(statement), given)).all()
