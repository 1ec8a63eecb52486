"""Payments that an import stated which was taken back, stated again by a file: they count."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.payments.correct_payment import record_corrections
from services.ingest.payments.correction import OFFICER, RESTATED, Cause, Revision, plain_reason
from services.ingest.payments.payment import SAID, Payment
from services.ingest.queries.revisions import lock_payments, read_revisions


class Stating(Protocol):
    """An import that states payments."""

    @property
    def import_id(self) -> object:
        """Its id."""

    @property
    def name(self) -> str:
        """The name of its file."""


def stating(run: Stating) -> Cause:
    """The cause for which a payment counts that a file states."""
    return Cause(RESTATED, plain_reason(f"{run.name} states it"), import_id=str(run.import_id))


async def restate_payments(
    tx: AsyncConnection, stated: Sequence[Payment], cause: Cause, now: datetime
) -> None:
    """Let withdrawn payments count as a file states them; as an officer left them, if one did."""
    if not stated:
        return
    said = {payment.payment_id: payment for payment in stated}
    await lock_payments(tx, list(said))
    revisions = await read_revisions(tx, list(said))
    corrections = [
        (every[-1], _restated(every, said[payment_id], cause, now))
        for payment_id, every in revisions.items()
    ]
    await record_corrections(tx, corrections, now)


def _restated(
    revisions: Sequence[Revision], stated: Payment, cause: Cause, now: datetime
) -> Revision:
    last = revisions[-1]
    before = last.payment
    if all(each.cause.why != OFFICER for each in revisions):
        said = {name: getattr(stated, name) for name in SAID}
        before = before._replace(**said, supplier_id=stated.supplier_id)
    payment = before._replace(recorded_at=now)
    return Revision(payment, last.number + 1, withdrawn=False, cause=cause)
