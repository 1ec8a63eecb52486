"""Correct a payment of the ledger, with the facts that follow."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.ingest import SOURCE
from services.ingest.payments.correction import Cause, Revision, correct, corrected
from services.ingest.queries.buyers import find_buyers
from services.ingest.queries.revisions import insert_revisions, lock_payments, read_revisions
from shared.database import begin
from shared.errors import Conflict, NotKnown
from shared.events import PaymentCorrected
from shared.identity import identify, partition_key
from shared.outbox import Outgoing, enqueue
from shared.topics import PAYMENTS


async def correct_payment(
    engine: AsyncEngine,
    payment_id: str,
    looked_at: int,
    changes: Mapping[str, Any],
    withdrawn: bool | None,
    cause: Cause,
    may_correct: Callable[[str], None],
    now: datetime,
) -> list[Revision]:
    """Correct the revision that was `looked_at`; return every revision, the newest last.

    The same correction sent again is found done. `may_correct` raises for a buyer that the caller
    does not speak for. NotKnown: no such payment. Conflict: somebody else corrected it meanwhile.
    """
    async with begin(engine) as tx:
        await lock_payments(tx, [payment_id])
        revisions = (await read_revisions(tx, [payment_id])).get(payment_id)
        if revisions is None:
            raise NotKnown(f"the ledger holds no payment {payment_id}")
        may_correct(revisions[0].payment.buyer)
        if looked_at > revisions[-1].number:
            raise Conflict(f"the payment has no revision {looked_at}: {_stands(revisions)}")
        buyers = await find_buyers(tx)
        revision = correct(revisions[looked_at], changes, withdrawn, cause, buyers, now)
        later = revisions[looked_at + 1 :]
        if later:
            if len(later) == 1 and later[0].says_what(revision) and later[0].cause == cause:
                return revisions
            raise Conflict(f"the payment was corrected meanwhile: {_stands(revisions)}")
        await record_corrections(tx, [(revisions[-1], revision)], now)
        return [*revisions, revision]


def _stands(revisions: Sequence[Revision]) -> str:
    return f"it stands at revision {revisions[-1].number}, look at it again"


async def record_corrections(
    tx: AsyncConnection, corrections: Sequence[tuple[Revision, Revision]], now: datetime
) -> None:
    """Keep and publish corrections of locked payments: each as it stood, and as it stands now.

    A fact goes to the supplier that was paid before as well as to the one that is paid now.
    """
    await insert_revisions(tx, [revision for _, revision in corrections])
    facts = [
        Outgoing(partition_key(supplier), _event_id(revision), corrected(revision, before))
        for before, revision in corrections
        for supplier in sorted({before.payment.supplier_id, revision.payment.supplier_id})
    ]
    await enqueue(tx, PAYMENTS, PaymentCorrected.TYPE, SOURCE, facts, now)


def _event_id(revision: Revision) -> str:
    return identify(PaymentCorrected.TYPE, revision.payment.payment_id, str(revision.number))
