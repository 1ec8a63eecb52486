"""Take back what an import said of payments: a revision for each, in batches of one transaction."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.imports.tally import Count
from services.ingest.payments.correct_payment import record_corrections
from services.ingest.payments.correction import ABANDONMENT, Cause, Revision, plain_reason
from services.ingest.queries.revisions import find_revised_by, lock_payments, read_revisions
from services.ingest.shapes.kept_shape import is_of_agreements

_AT_ONCE = 5_000


def is_of_payments(run: Row[Any]) -> bool:
    """Whether the rows of an import are payments, as far as any were read."""
    return not any(is_of_agreements(each) for each in run.shapes)


async def put_back(
    tx: AsyncConnection, run: Row[Any], who: str, now: datetime
) -> tuple[Count, Count]:
    """Undo what an import corrected of other payments: those that count again, and no longer.

    What an officer corrected since stays as the officer left it.
    """
    import_id = str(run.import_id)
    again, no_longer = Count(), Count()
    for some in _batches(await find_revised_by(tx, import_id)):
        await lock_payments(tx, some)
        corrections = []
        for payment_id, every in (await read_revisions(tx, some)).items():
            last = every[-1]
            if last.cause.import_id != import_id:
                continue
            first = next(each for each in every if each.cause.import_id == import_id)
            before = every[first.number - 1]
            payment = before.payment._replace(recorded_at=now)
            why = before.cause.why if before.withdrawn else ABANDONMENT
            # The row that it named is none of this payment any more: the payment's own is.
            row_id = before.row_id or (payment_id if last.row_id else None)
            undone = Revision(
                *(payment, last.number + 1, before.withdrawn, _cause(run, why, who), row_id)
            )
            corrections.append((last, undone))
            count = Count(1, payment.amount_pence)
            if undone.withdrawn and not last.withdrawn:
                no_longer += count
            elif not undone.withdrawn:
                again += count
        await record_corrections(tx, corrections, now)
    return again, no_longer


async def withdraw(
    tx: AsyncConnection, run: Row[Any], payment_ids: Sequence[str], who: str, now: datetime
) -> Count:
    """Withdraw payments that an import stated; how many, and their pence."""
    withdrawn = Count()
    cause = _cause(run, ABANDONMENT, who)
    for some in _batches(payment_ids):
        await lock_payments(tx, some)
        corrections = []
        for every in (await read_revisions(tx, some)).values():
            last = every[-1]
            if last.withdrawn:
                continue
            payment = last.payment._replace(recorded_at=now)
            corrections.append((last, Revision(payment, last.number + 1, True, cause)))
            withdrawn += Count(1, payment.amount_pence)
        await record_corrections(tx, corrections, now)
    return withdrawn


def _cause(run: Row[Any], why: str, who: str) -> Cause:
    return Cause(why, plain_reason(f"the import of {run.name} was abandoned"), who)


def _batches(payment_ids: Sequence[str]) -> Iterator[list[str]]:
    left = iter(payment_ids)
    while some := list(islice(left, _AT_ONCE)):
        yield some
