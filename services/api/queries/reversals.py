"""The payments and credits of which one may take back the other."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.reversal import WITHIN, Line, Link, link_reversals

Group = tuple[str, str, int]
"""Buyer, supplier and pence without their sign."""

Links = Mapping[str, Link]
"""The link of a payment or credit, by its id."""

_LINE = """
    payment_id::text, buyer, supplier_id::text, amount_pence, payment_date, reference, transaction
"""
_CREDITS = f"""
    select credit.* from unnest(
        cast(:buyers as text[]), cast(:suppliers as uuid[]), cast(:pence as bigint[])
    ) as asked (buyer, supplier_id, pence)
    cross join lateral (
        select {_LINE} from payments where not withdrawn and supplier_id = asked.supplier_id
        and amount_pence = -asked.pence and amount_pence < 0 and buyer = asked.buyer
    ) as credit
"""  # noqa: S608 - our own column names
# Each supplier is looked through once, whatever its number of groups.
_PAYMENTS = f"""
    select {_LINE} from payments where not withdrawn
    and supplier_id = any(cast(:suppliers as uuid[])) and buyer = any(cast(:buyers as text[]))
    and amount_pence = any(cast(:pence as bigint[]))
    and payment_date between :since and :until
"""  # noqa: S608


async def read_links(
    connection: AsyncConnection, rows: Iterable[RowMapping | Mapping[str, Any]]
) -> Links:
    """The link of each payment and credit that has one, among the groups of these rows.

    Rows have buyer, supplier_id, amount_pence, and whether the supplier is redacted (None while it
    is not classified). Few groups have a credit, which an index of its own finds; only of those
    the payments are read.
    """
    redacted: dict[Group, bool | None] = {
        (row["buyer"], row["supplier_id"], abs(row["amount_pence"])): row["redacted"]
        for row in rows
    }
    credits_ = await _lines(connection, _CREDITS, redacted)
    if not credits_:
        return {}
    days = [credit.payment_date for lines in credits_.values() for credit in lines]
    since, until = min(days) - WITHIN, max(days)
    payments = await _lines(connection, _PAYMENTS, credits_, since=since, until=until)
    links: dict[str, Link] = {}
    for group, lines in credits_.items():
        by_amount = redacted[group] is False
        for link in link_reversals(payments.get(group, ()), lines, by_amount=by_amount):
            links |= {link.credit.payment_id: link, link.payment.payment_id: link}
    return links


async def _lines(
    connection: AsyncConnection, statement: str, groups: Iterable[Group], **days: date
) -> Mapping[Group, list[Line]]:
    buyers, suppliers, pence = map(list, zip(*groups, strict=True))
    found = await connection.execute(
        text(statement), {"buyers": buyers, "suppliers": suppliers, "pence": pence, **days}
    )
    lines: dict[Group, list[Line]] = {}
    for row in found:
        group = row.buyer, row.supplier_id, abs(row.amount_pence)
        line = Line(row.payment_date, row.payment_id, row.reference, row.transaction)
        lines.setdefault(group, []).append(line)
    return lines
