"""Transactions: lines of one buyer under one number, to one supplier on one day."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.asked.payment_filter import THRESHOLD_PENCE
from services.api.asked.periods import Span
from services.api.lists.order import Order, Place, orders_by
from services.api.lists.search import Seen, page_of
from shared.lists.copied_rows import copy_items

MOST_LINES = 100
"""Lines of one transaction that a list shows."""

_LOOKED_AT = 2_000
"""Transactions of a page, of all its branches together, where only some are asked for: each is put
together from its lines first."""

_OVER = """
    (cast(:over as bool) is null
        or (amount_pence > cast(:threshold as bigint)) = cast(:over as bool))
"""
_GROUPS = """
    select buyer, payment_date, transaction, supplier_id, min(payment_id::text) as first,
        count(*) as line_count, sum(amount_pence)::bigint as amount_pence
    from payments where {of} and transaction is not null and not withdrawn
    and payment_date between :since and :until
    group by buyer, payment_date, transaction, supplier_id
"""
_PAGE = f"""
    select seen.*, {_OVER} as passes, seen.number = {{most}} as last
    from {{branches}} cross join lateral (
        select grouped.*, row_number() over (
            order by payment_date {{direction}}, first {{direction}}
        ) as number
        from (
            {_GROUPS.format(of="{of} and payment_date {follows}= cast(:day as date)")}
            having (payment_date, min(payment_id::text)) {{follows}} (cast(:day as date), :first)
            order by payment_date {{direction}}, first {{direction}} limit {{most}}
        ) as grouped
    ) as seen
    where {_OVER} or seen.number = {{most}}
"""  # noqa: S608 - our own text
# What a page takes may be more than most suppliers have, and then all lines of one would be added
# up; one supplier has 25,000 of them.
_IN_ORDER = text(
    "select set_config('enable_hashagg', 'off', true), set_config('enable_bitmapscan', 'off', true)"
)
_BRANCHES = {
    False: ("unnest(cast(:buyers as text[])) as paying (name)", "buyer = paying.name"),
    True: (
        "unnest(cast(:suppliers as uuid[])) as paid (id)",
        "supplier_id = paid.id and buyer = any(cast(:buyers as text[]))",
    ),
}
"""Where a list looks: at buyers, or at suppliers."""
_OF_A_PAGE = """
    select * from unnest(
        cast(:buyers as text[]), cast(:days as date[]), cast(:transactions as text[]),
        cast(:suppliers as uuid[]), cast(:firsts as text[]), cast(:counts as bigint[]),
        cast(:pence as bigint[])
    ) as found (buyer, payment_date, transaction, supplier_id, first, line_count, amount_pence)
"""
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
    order by page.payment_date {direction}, page.first {direction}
"""

ORDERS = orders_by((("payment_date", "payment_date", "day"),))
"""By `sort`."""


class Sought(NamedTuple):
    """Transactions of these buyers, to these suppliers where not None, of these days; `over` keeps
    those above the threshold, or those that are not.
    """

    buyers: Sequence[str]
    suppliers: Sequence[str] | None
    days: Span
    over: bool | None

    def values(self) -> dict[str, Any]:
        """As the statements name them."""
        return {
            "buyers": list(self.buyers),
            "suppliers": list(self.suppliers or ()),
            "since": self.days.since,
            "until": self.days.until,
            "over": self.over,
            "threshold": THRESHOLD_PENCE,
        }


async def read_transactions(
    connection: AsyncConnection, sought: Sought, order: Order, after: Place, limit: int
) -> tuple[list[RowMapping], Place | None]:
    """A page of transactions after a place, with their first lines; and the place after which the
    next page begins, None on the last.
    """
    branches, of = _BRANCHES[sought.suppliers is not None]
    count = len(sought.buyers if sought.suppliers is None else sought.suppliers)
    many = 0 if sought.over is None else _LOOKED_AT // max(1, count)
    statement = _PAGE.format(
        branches=branches,
        of=of,
        follows=order.follows,
        direction=order.direction,
        most=max(limit + 1, many),
    )
    await connection.execute(_IN_ORDER)
    asked = sought.values() | {"day": after.key, "first": after.row_id}
    rows = (await connection.execute(text(statement), asked)).all()
    seen = [Seen(Place(row.payment_date, row.first), row.passes, row.last) for row in rows]
    ids, last = page_of(seen, order, limit)
    shown = [row for row in rows if row.first in set(ids)]
    page = await connection.execute(
        text(_SHOWN.format(page=_OF_A_PAGE, direction=order.direction)),
        {
            "buyers": [row.buyer for row in shown],
            "days": [row.payment_date for row in shown],
            "transactions": [row.transaction for row in shown],
            "suppliers": [str(row.supplier_id) for row in shown],
            "firsts": [row.first for row in shown],
            "counts": [row.line_count for row in shown],
            "pence": [row.amount_pence for row in shown],
            "lines": MOST_LINES,
        },
    )
    return list(page.mappings()), last


async def read_every_transaction(
    connection: AsyncConnection, sought: Sought, order: Order
) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
    """All of the transactions, by batches, in their order."""
    of = "buyer = any(cast(:buyers as text[]))"
    if sought.suppliers is not None:
        of += " and supplier_id = any(cast(:suppliers as uuid[]))"
    page = f"select * from ({_GROUPS.format(of=of)}) as grouped where {_OVER}"  # noqa: S608
    whole = text(_SHOWN.format(page=page, direction=order.direction))
    asked = sought.values() | {"lines": MOST_LINES}
    async for rows in copy_items(connection, whole, asked, json=("lines",)):
        yield rows
