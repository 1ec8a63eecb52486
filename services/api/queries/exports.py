"""The facts of one buyer that are published, a few at a time."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.asked.periods import Span
from services.api.queries.agreements import FIRST, Row, Sought, read_agreements
from shared.lists.copied_rows import copy_items

_AGREEMENTS_A_PAGE = 200
# Lines under one number to one supplier on one day are one item (queries/transactions.py).
_ITEMS = """
    select item.payment_id::text, item.payee, item.payment_date, item.amount_pence, item.reference,
        item.transaction, item.unit, item.expense_type, item.purpose,
        supplier.redacted, supplier.organisation, supplier.organisation_name
    from (
        select *, abs(sum(amount_pence) over (
            partition by payment_date, supplier_id, coalesce(transaction, payment_id::text)
        )) as item_pence
        from payments
        where buyer = :buyer and payment_date between :since and :until and not withdrawn
    ) as item left join suppliers as supplier using (supplier_id)
    where item_pence > :over
    order by item.payment_date, item.payment_id
"""
# The ledger prints the agreement's own reference, and pays the organisation that it names.
_PAYMENTS = """
    select asked.agreement_id::text, payment.payment_id::text, payment.payment_date,
        payment.amount_pence, payment.recorded_at
    from unnest(
        cast(:ids as uuid[]), cast(:names as text[]), cast(:organisations as text[])
    ) as asked (agreement_id, name, organisation)
    join suppliers as paid on paid.organisation = asked.organisation and not paid.redacted
    join payments as payment on payment.supplier_id = paid.supplier_id
        and payment.buyer = :buyer and not payment.withdrawn
        and upper(asked.name) in (upper(payment.reference), upper(payment.transaction))
    order by asked.agreement_id, payment.payment_date, payment.payment_id
"""
_DEFINITIONS = """
    select supplier_id::text, definition, since, until from memberships
    where supplier_id = any(cast(:suppliers as uuid[]))
"""


async def read_items(
    connection: AsyncConnection, buyer: str, days: Span, over_pence: int
) -> AsyncIterator[Any]:
    """The lines of every item of more than so many pence, credits too, by day."""
    asked = {"buyer": buyer, "since": days.since, "until": days.until, "over": over_pence}
    async for rows in copy_items(connection, text(_ITEMS), asked):
        for row in rows:
            yield row


async def read_agreement_pages(
    connection: AsyncConnection, buyer: str, today: date
) -> AsyncIterator[list[Row]]:
    """Every agreement of a buyer with terms in force, some at a time, in the order of their ids."""
    after, sought = FIRST, Sought(today, buyers=(buyer,))
    while page := await read_agreements(connection, sought, after=after, limit=_AGREEMENTS_A_PAGE):
        yield page
        after = page[-1]["agreement_id"]


async def read_definitions(
    connection: AsyncConnection, suppliers: Sequence[str]
) -> dict[str, list[tuple[str, date, date]]]:
    """The days over which each supplier counts, with the definition."""
    found: dict[str, list[tuple[str, date, date]]] = {}
    rows = await connection.execute(text(_DEFINITIONS), {"suppliers": list(suppliers)})
    for supplier, definition, since, until in rows:
        found.setdefault(supplier, []).append((definition, since, until))
    return found


async def read_referring_payments(
    connection: AsyncConnection, buyer: str, agreements: Sequence[Mapping[str, Any]]
) -> list[RowMapping]:
    """The payments that print the reference of an agreement, to the organisation it is with.

    Each of `agreements` has `agreement_id`, `reference` and `organisation`.
    """
    rows = await connection.execute(
        text(_PAYMENTS),
        {
            "buyer": buyer,
            "ids": [each["agreement_id"] for each in agreements],
            "names": [each["reference"] for each in agreements],
            "organisations": [each["organisation"] for each in agreements],
        },
    )
    return list(rows.mappings())


async def read_buyer_name(connection: AsyncConnection, buyer: str) -> str | None:
    """What the buyer is called; None where nobody said."""
    name: str | None = await connection.scalar(
        text("select name from buyers where buyer = :buyer"), {"buyer": buyer}
    )
    return name
