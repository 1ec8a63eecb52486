"""Correct what an earlier file stated otherwise, and withdraw what a later one states no longer."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.arrivals.batch import Batch
from services.ingest.keyed_ids import supplier_id
from services.ingest.payments.correct_payment import record_corrections
from services.ingest.payments.correction import REPUBLICATION, Cause, Revision, plain_reason
from services.ingest.payments.payment import DESCRIBING, SAID, Payment
from services.ingest.payments.post_payments import record_payments
from services.ingest.queries.planned_changes import Changed, read_changes
from services.ingest.queries.revisions import lock_payments, read_revisions
from services.ingest.republication.find_republication import Republication
from shared.errors import Conflict, Rejected
from shared.identity import identify
from shared.inbox import Reject

_CORRECTED = ("corrected", "reworded", "gone", "restored")


async def apply_republication(
    tx: AsyncConnection, found: Republication, name: str, import_id: str, now: datetime
) -> None:
    """Correct, withdraw and restore as was found in this session, in the caller's transaction.

    Conflict: somebody corrected one of these payments since.
    """
    reason = plain_reason(f"{name} replaces {found.file} ({found.summary['rule']})")
    cause = Cause(REPUBLICATION, reason, import_id=import_id)
    async for changes in read_changes(tx, _CORRECTED):
        await _correct(tx, changes, cause, now)
    async for changes in read_changes(tx, ("again",)):
        await _state_again(tx, changes, cause, import_id, now)


async def _correct(
    tx: AsyncConnection, changes: Sequence[Changed], cause: Cause, now: datetime
) -> None:
    ids = [each.payment_id for each in changes]
    await lock_payments(tx, ids)
    revisions = await read_revisions(tx, ids)
    corrections = []
    for each in changes:
        before = revisions[each.payment_id][-1]
        if before.number != each.revision:
            raise Conflict("a payment of the earlier file was corrected meanwhile: send it again")
        fields = SAID if each.what == "corrected" else DESCRIBING
        payment = before.payment if each.row is None else _stated(before.payment, each.row, fields)
        after = Revision(
            payment._replace(recorded_at=now),
            before.number + 1,
            each.row is None,
            cause,
            None if each.row is None else each.row.payment_id,
        )
        corrections.append((before, after))
    await record_corrections(tx, corrections, now)


def _stated(before: Payment, row: Payment, fields: Sequence[str]) -> Payment:
    """A payment as the row of a later file states it; what that says nothing of stays.

    Of a payment that is the same by its name the wording stays too.
    """
    said = {name: getattr(row, name) for name in fields if getattr(row, name) is not None}
    payment = before._replace(**said)
    named = supplier_id(payment.payee, payment.charity_number, payment.company_number)
    return payment._replace(supplier_id=named)


def _refuse(_: int, error: Rejected) -> Reject:
    raise error


async def _state_again(
    tx: AsyncConnection, changes: Sequence[Changed], cause: Cause, import_id: str, now: datetime
) -> None:
    """Record rows whose ids are those of payments that say something else since.

    Each is a payment with an id of its own; its first revision names the row, by which it is known.
    """
    rows = {
        identify("payment", "stated again", import_id, each.row.payment_id): each.row
        for each in changes
        if each.row is not None
    }
    payments = [row._replace(payment_id=name, recorded_at=now) for name, row in rows.items()]
    await record_payments(tx, Batch(payments, [], _refuse), {}, now)
    corrections = [
        (
            Revision(payment),
            Revision(
                payment,
                1,
                withdrawn=False,
                cause=cause,
                row_id=rows[payment.payment_id].payment_id,
            ),
        )
        for payment in payments
    ]
    await record_corrections(tx, corrections, now)
