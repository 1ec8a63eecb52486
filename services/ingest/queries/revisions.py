"""SQL of the corrections of payments; the ledger itself keeps what was accepted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.payments.correction import Cause, Revision
from services.ingest.payments.payment import Payment
from services.ingest.queries.ledger import find_payments
from shared.database import driver, raw_connection

_PAYMENT = tuple(name for name in Payment._fields if name not in {"source", "source_id"})
_COLUMNS = (*_PAYMENT, "revision", "withdrawn", "why", "reason", "who", "import_id", "row_id")
_IDS = {"payment_id", "supplier_id", "import_id", "row_id"}
_AS_SENT = ", ".join(f"{name}::text" if name in _IDS else name for name in _COLUMNS)
_LOCKED = """
    select from payments where payment_id = any($1::uuid[]) order by payment_id for no key update
"""
_CORRECTED = f"""
    select {_AS_SENT} from payment_revisions where payment_id = any($1::uuid[])
    order by payment_id, revision
"""  # noqa: S608 - our own column names
_CORRECTED_ROWS = """
    select distinct row_id::text from payment_revisions as revised
    where row_id = any($1::uuid[]) and not exists (
        select from imports
        where imports.import_id = revised.import_id and imports.state = 'abandoned'
    )
"""
_DROPPED = """
    select payment_id::text from payment_revisions as dropped
    where payment_id = any($1::uuid[]) and why = 'abandonment' and withdrawn and not exists (
        select from payment_revisions as later
        where later.payment_id = dropped.payment_id and later.revision > dropped.revision
    )
"""
# The ledger has no index for this: it is looked through, once for an import that is abandoned.
_STATED_BY_RUN = """
    select payments.payment_id::text from payments
    left join lateral (
        select withdrawn, why from payment_revisions as revised
        where revised.payment_id = payments.payment_id order by revision desc limit 1
    ) as last on true
    left join lateral (
        select imports.file_id from payment_revisions as revised join imports using (import_id)
        where revised.payment_id = payments.payment_id and why = 'restated'
        order by revision desc limit 1
    ) as restated on true
    where source = $1 and payments.buyer = $2
        and ($3::timestamptz is null or payments.recorded_at >= $3)
        and not coalesce(last.withdrawn, false) and last.why is distinct from 'republication'
        and coalesce(restated.file_id, $4::uuid) = $4::uuid
    order by payments.payment_id
"""


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

    Not by an import that was abandoned: what that corrected is undone.
    """
    rows = await (await driver(tx)).fetch(_CORRECTED_ROWS, row_ids)
    return {row["row_id"] for row in rows}


async def find_dropped(tx: AsyncConnection, payment_ids: Sequence[str]) -> list[str]:
    """Those of these payments that are withdrawn with an import that was abandoned."""
    rows = await (await driver(tx)).fetch(_DROPPED, payment_ids)
    return [row["payment_id"] for row in rows]


async def find_stated_by_run(
    tx: AsyncConnection, file_id: str, buyer: str, since: datetime | None
) -> list[str]:
    """The payments that count by this file alone, recorded from `since` on, in their order."""
    rows = await (await driver(tx)).fetch(
        _STATED_BY_RUN, f"/files/{file_id}", buyer, since, file_id
    )
    return [row["payment_id"] for row in rows]


async def find_revised_by(tx: AsyncConnection, import_id: str) -> list[str]:
    """The payments that an import revised, in their order."""
    rows = await (await driver(tx)).fetch(
        "select distinct payment_id::text from payment_revisions where import_id = $1 order by 1",
        import_id,
    )
    return [row["payment_id"] for row in rows]


def _revision(row: Sequence[Any], accepted: Payment) -> Revision:
    payment = accepted._replace(**dict(zip(_PAYMENT, row, strict=False)))
    number, withdrawn, *cause, row_id = row[len(_PAYMENT) :]
    return Revision(payment, number, withdrawn, Cause(*cause), row_id)


async def insert_revisions(tx: AsyncConnection, revisions: Sequence[Revision]) -> None:
    """Keep revisions after the ones that they follow."""
    connection = await driver(tx)
    rows = [
        (*each.payment[: len(_PAYMENT)], each.number, each.withdrawn, *each.cause, each.row_id)
        for each in revisions
    ]
    await connection.copy_records_to_table("payment_revisions", records=rows, columns=_COLUMNS)
