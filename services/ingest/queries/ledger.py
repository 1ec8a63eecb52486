"""SQL of the ledger: bulk writes through the driver's own connection."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.payments.payment import Payment
from shared.database import driver, raw_connection

_MANY, _ASKED = 500, 8
_BY_ID = itemgetter(Payment._fields.index("payment_id"))
_AS_SENT = ", ".join(
    f"{name}::text" if name in {"payment_id", "supplier_id"} else name for name in Payment._fields
)


async def insert_payments(tx: AsyncConnection, payments: Sequence[Payment]) -> dict[str, Payment]:
    """Insert the payments that the ledger does not hold; return, by id, those that it holds.

    Ids must be distinct. The usual batch is new and is copied unasked; where a few of it are known,
    as in a file that is sent again, all are asked for first.
    """
    connection = await driver(tx)
    # In one order, so that transactions that share payments wait for each other, never in a ring.
    rows = sorted(payments, key=_BY_ID)
    asked = rows[:: len(rows) // _ASKED] if len(rows) >= _MANY else []
    is_any_known = await find_payments(tx, [each.payment_id for each in asked])
    if not is_any_known and await _is_copied(connection, rows):
        return {}
    known: dict[str, Payment] = {}
    while rows:
        known |= await find_payments(tx, [each.payment_id for each in rows])
        rows = [each for each in rows if each.payment_id not in known]
        if not rows or await _is_copied(connection, rows):
            break
    return known


async def _is_copied(connection: Any, rows: Sequence[Payment]) -> bool:
    """Copy all or none; False where the ledger came to hold one of them, which then can be seen."""
    try:
        async with connection.transaction():
            await connection.copy_records_to_table(
                "payments", records=rows, columns=Payment._fields
            )
    except asyncpg.UniqueViolationError:
        return False
    return True


async def find_payments(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, Payment]:
    """The payments of the ledger with these ids, as they were accepted."""
    if not ids:
        return {}
    rows = await (await raw_connection(connection)).fetch(
        f"select {_AS_SENT} from payments where payment_id = any($1::uuid[])",  # noqa: S608 - our own column names
        ids,
    )
    return {row[0]: Payment(*row) for row in rows}
