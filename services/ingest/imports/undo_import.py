"""Undo what an import said of payments: a revision for each, in batches of one transaction."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import islice

from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.imports.tally import Count
from services.ingest.payments.correct_payment import record_corrections
from services.ingest.payments.correction import OFFICER, Cause, Revision
from services.ingest.queries.revisions import lock_payments, read_revisions

_AT_ONCE = 5_000


async def put_back(
    tx: AsyncConnection,
    payment_ids: Sequence[str],
    import_ids: Collection[str],
    cause: Cause,
    now: datetime,
) -> tuple[Count, set[str]]:
    """Undo what imports corrected of earlier files: how many stand again, and their rows' ids.

    What an officer or another import corrected since stays so.
    """
    restored = Count()
    named: set[str] = set()
    for some in _batches(payment_ids):
        await lock_payments(tx, some)
        corrections = []
        for every in (await read_revisions(tx, some)).values():
            undone = _undone(every, import_ids, cause, now)
            if undone is None:
                continue
            corrections.append((every[-1], undone))
            named |= {
                each.row_id for each in every if each.row_id and each.cause.import_id in import_ids
            }
            if not undone.withdrawn:
                restored += Count(1, undone.payment.amount_pence)
        await record_corrections(tx, corrections, now)
    return restored, named


def _undone(
    every: Sequence[Revision], import_ids: Collection[str], cause: Cause, now: datetime
) -> Revision | None:
    """How a payment stood before the imports; None where it is left as it stands."""
    first = next(each for each in every if each.cause.import_id in import_ids)
    since = every[first.number :]
    others = {each.cause.import_id for each in since} - {None, *import_ids}
    if others or any(each.cause.why == OFFICER for each in since):
        return None
    before = every[first.number - 1]
    if before.withdrawn:  # it stays so for the cause that it was for
        cause = cause._replace(why=before.cause.why)
    # The row that the import named is none of this payment any more.
    rows = [each.row_id for each in every[: first.number] if each.row_id]
    row_id = rows[-1] if rows else before.payment.payment_id
    payment = before.payment._replace(recorded_at=now)
    return Revision(payment, every[-1].number + 1, before.withdrawn, cause, row_id)


async def withdraw(
    tx: AsyncConnection, payment_ids: Sequence[str], cause: Cause, now: datetime
) -> Count:
    """Withdraw payments that an import stated; how many, and their pence."""
    withdrawn = Count()
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


def _batches(payment_ids: Sequence[str]) -> Iterator[list[str]]:
    left = iter(payment_ids)
    while some := list(islice(left, _AT_ONCE)):
        yield some
