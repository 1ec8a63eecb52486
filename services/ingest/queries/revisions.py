"""SQL of the corrections of payments; the ledger itself keeps what was accepted."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.correction import Cause, Revision
from services.ingest.payment import Payment
from services.ingest.queries.ledger import find_payments
from shared.database import driver, raw_connection

_PAYMENT = tuple(name for name in Payment._fields if name not in {"source", "source_id"})
_COLUMNS = (*_PAYMENT, "revision", "withdrawn", "why", "reason", "who")
_AS_SENT = ", ".join(
    f"{name}::text" if name in {"payment_id", "supplier_id"} else name for name in _COLUMNS
)
_LOCKED = "select from payments where payment_id = $1::uuid for no key update"
_CORRECTED = f"""
    select {_AS_SENT} from payment_revisions where payment_id = $1::uuid order by revision
"""  # noqa: S608 - our own column names


async def lock_revisions(tx: AsyncConnection, payment_id: str) -> list[Revision]:
    """Every revision of a payment, from 0 on; nobody else corrects it until the transaction ends.

    Empty where there is no such payment.
    """
    await (await driver(tx)).execute(_LOCKED, payment_id)
    return await read_revisions(tx, payment_id)


async def read_revisions(connection: AsyncConnection, payment_id: str) -> list[Revision]:
    """Every revision of a payment, from 0 on; empty where there is no such payment."""
    accepted = (await find_payments(connection, [payment_id])).get(payment_id)
    if accepted is None:
        return []
    rows = await (await raw_connection(connection)).fetch(_CORRECTED, payment_id)
    return [Revision(accepted), *(_revision(row, accepted) for row in rows)]


def _revision(row: Sequence[Any], accepted: Payment) -> Revision:
    payment = accepted._replace(**dict(zip(_PAYMENT, row, strict=False)))
    number, withdrawn, *cause = row[len(_PAYMENT) :]
    return Revision(payment, number, withdrawn, Cause(*cause))


async def insert_revisions(tx: AsyncConnection, revisions: Sequence[Revision]) -> None:
    """Keep revisions after the ones that they follow."""
    connection = await driver(tx)
    rows = [
        (*each.payment[: len(_PAYMENT)], each.number, each.withdrawn, *each.cause)
        for each in revisions
    ]
    await connection.copy_records_to_table("payment_revisions", records=rows, columns=_COLUMNS)
