"""payments.v1: each payment once, and the roll-up from the rows that were really inserted."""

from collections.abc import Sequence
from datetime import date
from operator import itemgetter
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.metrics import PAYMENTS_PROJECTED
from services.api.projections.projection import Figures, Projection
from shared import topics
from shared.database import driver
from shared.events import PaymentAccepted
from shared.read_facts import by_type

_COLUMNS = (
    "payment_id",
    "buyer",
    "supplier_id",
    "payee",
    "payment_date",
    "amount_pence",
    "recorded_at",
    "reference",
    "transaction",
    "unit",
    "purpose",
    "programme",
    "place",
)
_row = itemgetter(*_COLUMNS)

Key = tuple[str, date, int, str, str]


async def project_payments(tx: AsyncConnection, facts: Sequence[PaymentAccepted]) -> Figures:
    """Insert the payments that are new, add just those to the roll-up, and say how many."""
    once = {fact.payment_id.int: fact for fact in reversed(facts)}
    # In the order of the key: cheaper for its index, and two writers can't lock crosswise.
    inserted = await _insert(tx, [once[number] for number in sorted(once)])
    await _add_to_spend(tx, inserted)
    return {"new": len(inserted), "known": len(facts) - len(inserted)}


async def _insert(
    tx: AsyncConnection, payments: Sequence[PaymentAccepted]
) -> Sequence[PaymentAccepted]:
    """Those of `payments` that were new: by COPY, and by way of a table once some are known."""
    connection = await driver(tx)
    rows = [_row(vars(payment)) for payment in payments]
    try:
        async with connection.transaction():
            await connection.copy_records_to_table("payments", records=rows, columns=_COLUMNS)
    except asyncpg.UniqueViolationError:
        new = await _insert_unknown(connection, rows)
        return [payment for payment in payments if payment.payment_id in new]
    return payments


async def _insert_unknown(connection: Any, rows: list[tuple[Any, ...]]) -> set[Any]:
    await connection.execute("create temporary table incoming (like payments) on commit drop")
    await connection.copy_records_to_table("incoming", records=rows, columns=_COLUMNS)
    new = await connection.fetch(
        "insert into payments select * from incoming order by payment_id"
        " on conflict do nothing returning payment_id"
    )
    await connection.execute("drop table incoming")
    return {row["payment_id"] for row in new}


def roll_up(payments: Sequence[PaymentAccepted]) -> dict[Key, tuple[int, int, int]]:
    """Lines, pence and gross pence by buyer, month, supplier, place and programme."""
    sums: dict[Key, tuple[int, int, int]] = {}
    for payment in payments:
        pence = payment.amount_pence
        key = (
            payment.buyer,
            payment.payment_date.replace(day=1),
            payment.supplier_id.int,
            payment.place or "",
            payment.programme or "",
        )
        lines, net, gross = sums.get(key, (0, 0, 0))
        sums[key] = (lines + 1, net + pence, gross + abs(pence))
    return sums


async def _add_to_spend(tx: AsyncConnection, payments: Sequence[PaymentAccepted]) -> None:
    if not payments:
        return
    sums = sorted(roll_up(payments).items())
    buyers, months, numbers, places, programmes = zip(*(key for key, _ in sums), strict=True)
    lines, pence, gross = zip(*(value for _, value in sums), strict=True)
    await (await driver(tx)).execute(
        "insert into spend (buyer, month, supplier_id, place, programme, lines, pence, gross_pence)"
        " select * from unnest($1::text[], $2::date[], $3::uuid[], $4::text[], $5::text[],"
        " $6::bigint[], $7::bigint[], $8::bigint[])"
        " on conflict (buyer, month, supplier_id, place, programme) do update set"
        " lines = spend.lines + excluded.lines, pence = spend.pence + excluded.pence,"
        " gross_pence = spend.gross_pence + excluded.gross_pence",
        buyers,
        months,
        [f"{number:032x}" for number in numbers],
        places,
        programmes,
        lines,
        pence,
        gross,
    )


PAYMENTS = Projection(
    topics.PAYMENTS,
    by_type(PaymentAccepted),
    project_payments,
    PAYMENTS_PROJECTED,
    gather=0.1,
)
