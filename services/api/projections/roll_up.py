"""The roll-up of the spend: what payments add to it, and what corrections take away."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.projections.codings import add_codings
from services.api.projections.kinds import add_by_kind
from services.api.projections.payees import add_payees
from shared.database import driver

Key = tuple[str, date, int, str, str, str, str]
"""Buyer, month, supplier as a number, place, and the codes: unit, expense type, programme."""
Sums = dict[Key, tuple[int, int, int]]
"""Lines, pence and gross pence, negative where they are taken away."""

_EMPTY = """
    delete from spend using unnest($1::text[], $2::date[], $3::uuid[], $4::text[], $5::uuid[])
        as key (buyer, month, supplier_id, place, coding_id)
    where spend.buyer = key.buyer and spend.month = key.month
        and spend.supplier_id = key.supplier_id and spend.place = key.place
        and spend.coding_id = key.coding_id and spend.lines = 0
"""


@lru_cache(maxsize=4096)  # a third of what it costs to make the day anew
def _month(day: date) -> date:
    return day.replace(day=1)


@lru_cache(maxsize=50_000)
def _uuid(number: int) -> str:
    return str(UUID(int=number))


def add_up(sums: Sums, payment: Mapping[str, Any], lines: int) -> None:
    """Add a payment as so many lines: 1, or -1 to take it away."""
    pence = payment["amount_pence"]
    key = (
        payment["buyer"],
        _month(payment["payment_date"]),
        payment["supplier_id"].int,
        payment["place"] or "",
        payment["unit"] or "",
        payment["expense_type"] or "",
        payment["programme"] or "",
    )
    before, net, gross = sums.get(key, (0, 0, 0))
    sums[key] = (before + lines, net + lines * pence, gross + lines * abs(pence))


async def add_to_spend(tx: AsyncConnection, sums: Sums) -> None:
    """Add the sums to the roll-up; a row without lines is none."""
    if not sums:
        return
    in_order = sorted(sums.items())
    buyers, months, numbers, places, *codes = zip(*(key for key, _ in in_order), strict=True)
    lines, pence, gross = zip(*(value for _, value in in_order), strict=True)
    suppliers = [_uuid(number) for number in numbers]
    await add_payees(tx, zip(suppliers, buyers, strict=True))
    codings = await add_codings(tx, list(zip(buyers, *codes, strict=True)))
    keys = (buyers, months, suppliers, places, codings)
    await add_by_kind(tx, *keys, lines, pence, gross)
    if any(number <= 0 for number in lines):
        await (await driver(tx)).execute(_EMPTY, *keys)
