"""SQL of the ledger: bulk writes through the driver's own connection."""

from collections.abc import Sequence
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.payments.payment import Payment
from shared.database import driver, raw_connection

_COLUMNS = ", ".join(Payment._fields)
_AS_SENT = ", ".join(
    f"{name}::text" if name in {"payment_id", "supplier_id"} else name for name in Payment._fields
)


async def insert_payments(tx: AsyncConnection, payments: Sequence[Payment]) -> set[str]:
    """Insert the payments that the ledger does not hold; return the ids of those that it holds.

    Ids must be distinct.
    """
    connection = await driver(tx)
    # In one order, so that transactions that share payments wait for each other, never in a ring.
    rows = sorted(payments)
    try:
        async with connection.transaction():
            await connection.copy_records_to_table(
                "payments", records=rows, columns=Payment._fields
            )
    except asyncpg.UniqueViolationError:
        new = await _insert_unknown(connection, rows)
        return {payment.payment_id for payment in rows} - new
    return set()


async def _insert_unknown(connection: Any, rows: Sequence[Payment]) -> set[str]:
    await connection.execute("create temporary table incoming (like payments) on commit drop")
    await connection.copy_records_to_table("incoming", records=rows, columns=Payment._fields)
    new = await connection.fetch(
        f"insert into payments ({_COLUMNS}) select {_COLUMNS} from incoming "  # noqa: S608 - our own column names
        "order by payment_id on conflict do nothing returning payment_id::text"
    )
    await connection.execute("drop table incoming")
    return {row["payment_id"] for row in new}


async def find_payments(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, Payment]:
    """The payments of the ledger with these ids, as they were accepted."""
    rows = await (await raw_connection(connection)).fetch(
        f"select {_AS_SENT} from payments where payment_id = any($1::uuid[])",  # noqa: S608 - our own column names
        ids,
    )
    return {row[0]: Payment(*row) for row in rows}
