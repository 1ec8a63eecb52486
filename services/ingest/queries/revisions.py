"""SQL of the corrections of payments; the ledger itself keeps what was accepted."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.payments.correction import Cause, Revision
from services.ingest.payments.payment import Payment
from services.ingest.queries.ledger import find_payments
from shared.database import driver, raw_connection

_PAYMENT = tuple(name for name in Payment._fields if name not in {"source", "source_id"})
_COLUMNS = (*_PAYMENT, "revision", "withdrawn", "why", "reason", "who", "row_id", "import_id")
_AS_SENT = ", ".join(
    f"{name}::text" if name in {"payment_id", "supplier_id", "row_id", "import_id"} else name
    for name in _COLUMNS
)
COUNTS = """
    not exists (select from imports as void
        where void.import_id = revised.import_id and void.state = 'taken_back')
"""
"""Of a revision called `revised`: the import that made it was not taken back."""
_NAMED = f"""
    select distinct row_id::text from payment_revisions as revised
    where row_id = any($1::uuid[]) and {COUNTS}
"""  # noqa: S608 - our own condition
_LOCKED = """
    select from payments where payment_id = any($1::uuid[]) order by payment_id for no key update
"""
_CORRECTED = f"""
    select {_AS_SENT} from payment_revisions where payment_id = any($1::uuid[])
    order by payment_id, revision
"""  # noqa: S608 - our own column names


async def lock_payments(tx: AsyncConnection, payment_ids: Sequence[str]) -> None:
    """Nobody else corrects these payments until the transaction ends."""
    await (await driver(tx)).execute(_LOCKED, payment_ids)


async def read_revisions(
    connection: AsyncConnection, payment_ids: Sequence[str]
) -> dict[str, list[Revision]]:
    """Every revision of these payments, from 0 on; nothing of those that there are not."""
    accepted = await find_payments(connection, payment_ids)
    found = {payment_id: [Revision(payment)] for payment_id, payment in accepted.items()}
    for row in await (await raw_connection(connection)).fetch(_CORRECTED, payment_ids):
        of_payment = found[row["payment_id"]]
        of_payment.append(_revision(row, of_payment[0].payment))
    return found


async def find_corrected_rows(tx: AsyncConnection, row_ids: Sequence[str]) -> set[str]:
    """Those of these rows of files whose payment stands, or stood, corrected to what they say.

    What an import corrected that was taken back says nothing.
    """
    rows = await (await driver(tx)).fetch(
        _NAMED,
        row_ids,
    )
    return {row["row_id"] for row in rows}


def _revision(row: Sequence[Any], accepted: Payment) -> Revision:
    payment = accepted._replace(**dict(zip(_PAYMENT, row, strict=False)))
    number, withdrawn, *cause, row_id, import_id = row[len(_PAYMENT) :]
    return Revision(payment, number, withdrawn, Cause(*cause), row_id, import_id)


async def insert_revisions(tx: AsyncConnection, revisions: Sequence[Revision]) -> None:
    """Keep revisions after the ones that they follow."""
    connection = await driver(tx)
    rows = [
        (
            *(*each.payment[: len(_PAYMENT)], each.number, each.withdrawn, *each.cause),
            *(each.row_id, each.import_id),
        )
        for each in revisions
    ]
    await connection.copy_records_to_table("payment_revisions", records=rows, columns=_COLUMNS)
