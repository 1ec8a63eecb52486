"""Control totals: lines and pence by buyer and month, to compare, not to assume."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import NamedTuple

from sqlalchemy import Date, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.tables import control_totals, payments, spend
from shared.money import format_pounds


class Total(NamedTuple):
    """What one buyer paid in one month, named by its first day."""

    buyer: str
    month: date
    lines: int
    pence: int


async def read_totals(connection: AsyncConnection, buyers: Collection[str] = ()) -> list[Total]:
    """The totals that are kept, by buyer and month, of these buyers where any is named."""
    kept = control_totals.c
    statement = select(control_totals).where(kept.lines != 0).order_by(kept.buyer, kept.month)
    if buyers:
        statement = statement.where(kept.buyer.in_(buyers))
    return [Total(*row) for row in await connection.execute(statement)]


async def add_up_spend(connection: AsyncConnection) -> list[Total]:
    """The same totals added up from the roll-up of the spend."""
    found = await connection.execute(
        select(spend.c.buyer, spend.c.month, func.sum(spend.c.lines), func.sum(spend.c.pence))
        .group_by(spend.c.buyer, spend.c.month)
        .order_by(spend.c.buyer, spend.c.month)
    )
    return [Total(buyer, month, int(lines), int(pence)) for buyer, month, lines, pence in found]


async def add_up_payments(connection: AsyncConnection) -> list[Total]:
    """The same totals added up from the payments themselves."""
    month = cast(func.date_trunc("month", payments.c.payment_date), Date)
    found = await connection.execute(
        select(payments.c.buyer, month, func.count(), func.sum(payments.c.amount_pence))
        .where(~payments.c.withdrawn)
        .group_by(payments.c.buyer, month)
        .order_by(payments.c.buyer, month)
    )
    return [Total(buyer, month, int(lines), int(pence)) for buyer, month, lines, pence in found]


def in_words(totals: Iterable[Total]) -> str:
    """What totals come to together."""
    found = list(totals)
    pounds = format_pounds(sum(total.pence for total in found))
    return f"{sum(total.lines for total in found):,} lines, {pounds} pounds"
