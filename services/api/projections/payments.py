"""payments.v1: each payment once, as it was corrected, and the roll-up from what really changed."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.metrics import PAYMENTS_PROJECTED
from services.api.projections.codings import hold_maps
from services.api.projections.corrections import correct_payments, hold_payments, keep_late
from services.api.projections.projection import Figures, Projection
from services.api.projections.roll_up import Sums, add_to_spend, add_up
from shared import topics
from shared.database import driver
from shared.events import PaymentAccepted, PaymentCorrected
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
    "expense_type",
    "purpose",
    "programme",
    "place",
)
_row = itemgetter(*_COLUMNS)


def _order(payment: PaymentAccepted) -> int:
    """By supplier: two indexes are met leaf by leaf, the others hold a batch's days together.

    One order for all, so that two writers can't lock crosswise.
    """
    return payment.supplier_id.int << 128 | payment.payment_id.int


async def project_payments(
    tx: AsyncConnection, facts: Sequence[PaymentAccepted | PaymentCorrected]
) -> Figures:
    """Insert the payments that are new, restate those corrected, and move the roll-up by that."""
    await hold_maps(tx)
    corrections = [fact for fact in facts if isinstance(fact, PaymentCorrected)]
    await hold_payments(tx, correct=bool(corrections))
    accepted = [fact for fact in facts if isinstance(fact, PaymentAccepted)]
    once = {fact.payment_id.int: fact for fact in reversed(accepted)}
    inserted = await _insert(tx, sorted(once.values(), key=_order))
    sums: Sums = {}
    for payment in inserted:
        add_up(sums, vars(payment), 1)
    figures = {"new": len(inserted), "known": len(accepted) - len(inserted)}
    if corrections:
        await correct_payments(tx, corrections, sums)
        figures["corrected"] = len(corrections)
    await add_to_spend(tx, sums)
    return figures


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
        new = await _insert_unknown(tx, rows)
        return [payment for payment in payments if payment.payment_id in new]
    return payments


async def _insert_unknown(tx: AsyncConnection, rows: list[tuple[Any, ...]]) -> set[Any]:
    connection = await driver(tx)
    await connection.execute(
        "create temporary table incoming (like payments including defaults) on commit drop"
    )
    await connection.copy_records_to_table("incoming", records=rows, columns=_COLUMNS)
    new = await connection.fetch(
        "insert into payments select * from incoming order by supplier_id, payment_id"
        " on conflict do nothing returning payment_id"
    )
    await keep_late(tx)
    await connection.execute("drop table incoming")
    return {row["payment_id"] for row in new}


PAYMENTS = Projection(
    topics.PAYMENTS,
    by_type(PaymentAccepted, PaymentCorrected),
    project_payments,
    PAYMENTS_PROJECTED,
    gather=0.1,
    at_once=10_000,
    lanes=2,
)
