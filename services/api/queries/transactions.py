"""Transactions: lines of one buyer under one number, to one supplier on one day, newest first."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.periods import Span

THRESHOLD_PENCE = 25_000_00
"""Above it central government and the NHS publish each transaction (HM Treasury, "Guidance for
publishing spend over 25,000", 2013)."""
MOST_LINES = 100
"""Lines of one transaction that a list shows."""

_GROUPS = """
    select buyer, payment_date, transaction, supplier_id, min(payment_id::text) as first,
        count(*) as line_count, sum(amount_pence)::bigint as amount_pence
    from payments where {of} and transaction is not null and not withdrawn
    and payment_date between :since and :until and payment_date <= cast(:day as date)
    group by buyer, payment_date, transaction, supplier_id
    having (payment_date, min(payment_id::text)) < (cast(:day as date), cast(:first as text))
    and (cast(:over as bool) is null
        or (sum(amount_pence) > cast(:threshold as bigint)) = cast(:over as bool))
    order by payment_date desc, first desc limit :limit
"""
_BY_BUYER = f"""
    select newest.* from unnest(cast(:buyers as text[])) as paying (name)
    cross join lateral ({_GROUPS.format(of="buyer = paying.name")}) as newest
    order by payment_date desc, first desc limit :limit
"""  # noqa: S608 - our own text
_OF_SUPPLIER = "supplier_id = paid.id and buyer = any(cast(:buyers as text[]))"
_BY_SUPPLIER = f"""
    select newest.* from unnest(cast(:suppliers as uuid[])) as paid (id)
    cross join lateral ({_GROUPS.format(of=_OF_SUPPLIER)}) as newest
    order by payment_date desc, first desc limit :limit
"""  # noqa: S608
_SHOWN = """
    select page.buyer, page.payment_date, page.transaction, page.supplier_id::text, page.first,
        page.line_count, page.amount_pence, lines.payee, lines.lines,
        supplier.redacted, supplier.organisation, supplier.organisation_name
    from ({page}) as page left join suppliers as supplier using (supplier_id)
    cross join lateral (
        select max(payee) as payee, json_agg(
            json_build_object('payment_id', payment_id, 'amount_pence', amount_pence, 'unit', unit,
                'expense_type', expense_type, 'purpose', purpose, 'ledger_programme', programme,
                'place', place) order by payment_id
        ) as lines
        from (select * from payments as line where line.supplier_id = page.supplier_id
            and line.payment_date = page.payment_date and line.buyer = page.buyer
            and line.transaction = page.transaction and not line.withdrawn
            order by payment_id limit :lines) as few
    ) as lines
    order by page.payment_date desc, page.first desc
"""


class PageStart(NamedTuple):
    """Where a page begins: after the transaction of this day with this first line."""

    day: date = date.max
    first: str = "g"  # after every id


async def read_transactions(
    connection: AsyncConnection,
    buyers: Sequence[str],
    suppliers: Sequence[str] | None,
    days: Span,
    over: bool | None,
    after: PageStart,
    limit: int,
) -> list[RowMapping]:
    """The `limit` newest transactions from the page's start on, with their first lines.

    `over` keeps those above the threshold, or those that are not. To these suppliers only, to all
    where None.
    """
    values = {
        "buyers": list(buyers),
        "since": days.since,
        "until": days.until,
        "day": after.day,
        "first": after.first,
        "over": over,
        "threshold": THRESHOLD_PENCE,
        "limit": limit,
        "lines": MOST_LINES,
    }
    page = _BY_BUYER if suppliers is None else _BY_SUPPLIER
    rows = await connection.execute(
        text(_SHOWN.format(page=page)),
        values | ({} if suppliers is None else {"suppliers": list(suppliers)}),
    )
    return list(rows.mappings())
