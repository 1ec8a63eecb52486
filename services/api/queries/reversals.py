"""The payments and credits of which one may take back the other."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.spend.reversal import WITHIN, Line, Link, link_reversals

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
# As far back as need be; by the amount, for of one supplier a year may have 100,000 payments.
_PAYMENTS = f"""
    select payment.* from unnest(
        cast(:buyers as text[]), cast(:suppliers as uuid[]), cast(:pence as bigint[]),
        cast(:since as date[]), cast(:until as date[])
    ) as asked (buyer, supplier_id, pence, since, until)
    cross join lateral (
        select {_LINE} from payments where not withdrawn and supplier_id = asked.supplier_id
        and amount_pence = asked.pence and buyer = asked.buyer
        and payment_date between asked.since and asked.until
    ) as payment
"""  # noqa: S608


async def read_links(
    connection: AsyncConnection, rows: Iterable[RowMapping | Mapping[str, Any]]
) -> Links:
    """The link of each payment and credit that has one, among the groups of these rows.

    Rows have buyer, supplier_id, amount_pence, and whether the supplier is redacted (None while it
    is not classified). Few groups have a credit, which an index of its own finds; only of those
    the payments are read, and only where amounts or names can link them: of all who are redacted
    together there may be hundreds of thousands.
    """
    redacted: dict[Group, bool | None] = {
        (row["buyer"], row["supplier_id"], abs(row["amount_pence"])): row["redacted"]
        for row in rows
    }
    buyers, suppliers, pence = map(list, zip(*redacted, strict=True)) if redacted else ([],) * 3
    credits_ = await _lines(connection, _CREDITS, buyers=buyers, suppliers=suppliers, pence=pence)
    credits_ = {
        group: lines
        for group, lines in credits_.items()
        if redacted[group] is False or any(line.names() for line in lines)
    }
    days = {group: [line.payment_date for line in lines] for group, lines in credits_.items()}
    payments = await _lines(
        connection,
        _PAYMENTS,
        buyers=[buyer for buyer, _, _ in days],
        suppliers=[supplier for _, supplier, _ in days],
        pence=[pence for _, _, pence in days],
        since=[min(each) - WITHIN for each in days.values()],
        until=[max(each) for each in days.values()],
    )
    links: dict[str, Link] = {}
    for group, lines in credits_.items():
        by_amount = redacted[group] is False
        for link in link_reversals(payments.get(group, ()), lines, by_amount=by_amount):
            links |= {link.credit.payment_id: link, link.payment.payment_id: link}
    return links


async def _lines(
    connection: AsyncConnection, statement: str, **asked: list[Any]
) -> Mapping[Group, list[Line]]:
    if not asked["suppliers"]:
        return {}
    lines: dict[Group, list[Line]] = {}
    for row in await connection.execute(text(statement), asked):
        group = row.buyer, row.supplier_id, abs(row.amount_pence)
        line = Line(row.payment_date, row.payment_id, row.reference, row.transaction)
        lines.setdefault(group, []).append(line)
    return lines
