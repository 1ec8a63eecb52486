"""SQL of the corrections of payments; the ledger itself keeps what was accepted."""

from collections.abc import Collection, Sequence
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
HOLDS = """
    not exists (select from imports as void
        where void.import_id = revised.import_id and void.state = 'taken_back')
"""
"""Of a revision called `revised`: the import that made it was not taken back."""
_CORRECTED_ROWS = f"""
    select row_id::text, bool_or(import_id is not distinct from $2::uuid) as by_it
    from payment_revisions as revised where row_id = any($1::uuid[]) and {HOLDS} group by 1
"""  # noqa: S608 - our own condition
_IS_ANY_BETWEEN = """
    select exists (select from payment_revisions where row_id between $1::uuid and $2::uuid)
"""
_NAMED = f"""
    select distinct on (row_id) {_AS_SENT} from payment_revisions
    where row_id = any($1::uuid[]) order by row_id, recorded_at, revision
"""  # noqa: S608 - our own column names
_DROPPED = """
    select payment_id::text from payment_revisions as dropped
    where payment_id = any($1::uuid[]) and why = 'taken-back' and withdrawn and not exists (
        select from payment_revisions as later
        where later.payment_id = dropped.payment_id and later.revision > dropped.revision
    )
"""
RESTATED = """
    select distinct on (payment_id) payment_id, imports.file_id
    from payment_revisions as revised join imports using (import_id)
    where revised.buyer = $1 and why = 'restated' order by payment_id, revision desc
"""
"""The file that stands for a payment of the buyer $1 since another one was taken back."""
# The ledger has no index for this: it is looked through, once for an import that is taken back.
_STATED_BY_RUNS = f"""
    with restated as ({RESTATED})
    select p.payment_id::text from payments as p
    left join lateral (
        select withdrawn, why, import_id from payment_revisions as revised
        where revised.payment_id = p.payment_id order by revision desc limit 1
    ) as last on true
    left join restated using (payment_id)
    where p.buyer = $1
        and (
            source = $2 and ($3::timestamptz is null or p.recorded_at >= $3)
            or p.payment_id in (
                select payment_id from payment_revisions
                where import_id = any($5::uuid[]) and why = 'restated'
            )
        )
        and not coalesce(last.withdrawn, false)
        and (last.why is distinct from 'republication' or last.import_id = any($5::uuid[]))
        and coalesce(restated.file_id, $4::uuid) = $4::uuid
        and ($3 is null or not exists (
            select from reject_corrections
            where file_id = $4 and reject_corrections.payment_id = p.payment_id
        ))
    order by p.payment_id
"""  # noqa: S608 - our own query


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


async def find_corrected_rows(
    tx: AsyncConnection, row_ids: Sequence[str], import_id: str | None = None
) -> dict[str, bool]:
    """Those of these rows of files whose payment stands, or stood, corrected to what they say.

    And whether it is by this import. Not by one that was taken back: what that corrected is undone.
    Ids sort by their days, so that most batches need not be sent to learn that there are none: 0.5
    us a row.
    """
    connection = await driver(tx)
    if not row_ids or not await connection.fetchval(_IS_ANY_BETWEEN, min(row_ids), max(row_ids)):
        return {}
    rows = await connection.fetch(_CORRECTED_ROWS, row_ids, import_id)
    return {row["row_id"]: row["by_it"] for row in rows}


async def find_payments_named(tx: AsyncConnection, ids: Sequence[str]) -> dict[str, Payment]:
    """What the rows of these ids say: as accepted, or as another payment was corrected to them."""
    named = {
        row["row_id"]: Payment._make((*row[: len(_PAYMENT)], "", ""))
        for row in await (await driver(tx)).fetch(_NAMED, ids)
    }
    return named | await find_payments(tx, ids)


async def find_dropped(tx: AsyncConnection, payment_ids: Sequence[str]) -> list[str]:
    """Those of these payments that are withdrawn with an import that was taken back."""
    rows = await (await driver(tx)).fetch(_DROPPED, payment_ids)
    return [row["payment_id"] for row in rows]


async def find_stated_by_runs(
    tx: AsyncConnection,
    import_ids: Collection[str],
    file_id: str,
    buyer: str,
    since: datetime | None,
) -> list[str]:
    """The payments that count by these imports of a file, in their order.

    Those that it accepted, or restated. Where an earlier import of the file holds: from `since`
    on, and none that a corrected reject of the file is, which that one goes on to state.
    """
    values = (buyer, f"/files/{file_id}", since, file_id, list(import_ids))
    rows = await (await driver(tx)).fetch(_STATED_BY_RUNS, *values)
    return [row["payment_id"] for row in rows]


async def find_republished_by(tx: AsyncConnection, import_ids: Collection[str]) -> list[str]:
    """The payments that these imports corrected, withdrew or restored."""
    rows = await (await driver(tx)).fetch(
        "select distinct payment_id::text from payment_revisions"
        " where import_id = any($1::uuid[]) and why = 'republication' order by 1",
        list(import_ids),
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
