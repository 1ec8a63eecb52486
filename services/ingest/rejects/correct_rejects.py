"""Correct rejects: each goes through the path that it came by, and is settled or rejected again."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.ingest.arrivals.batch import Batch
from services.ingest.buyers.buyer import Buyers
from services.ingest.payments.payment import Payment
from services.ingest.payments.post_payments import record_payments
from services.ingest.payments.restate import stating
from services.ingest.queries.buyers import find_buyers
from services.ingest.reading.limits import Limits
from services.ingest.rejects.open_rejects import Corrected, May, keep_cases, open_rejects, say_case
from services.ingest.rejects.reject_case import Case, take_correction
from services.ingest.rejects.reject_cells import Record, corrected_record, kept_headers
from services.ingest.rejects.replay_entries import replay_entries
from services.ingest.rejects.replay_record import replay_record
from services.ingest.rejects.replay_rows import CorrectedRow, name_rows
from shared.database import begin
from shared.errors import Rejected
from shared.inbox import Reject

MOST_AT_ONCE = 500
"""Rejects that one transaction corrects."""


class Correction(NamedTuple):
    """The cells of a reject, as they are now; those that are not named stay."""

    reject_id: str
    cells: Mapping[str, str]


async def correct_rejects(
    engine: AsyncEngine,
    corrections: Sequence[Correction],
    who: str,
    may: May,
    now: datetime,
    limits: Limits,
) -> list[Corrected]:
    """Correct rejects in one transaction; what became of each, in their order.

    A reject that is settled or dismissed stays so, and one of a buyer that `who` may not see is not
    known. What is rejected again is kept with the new reason, unless nothing was changed. At most
    `MOST_AT_ONCE`. Conflict: a file of theirs is being imported.
    """
    given = {each.reject_id: each.cells for each in corrections}
    async with begin(engine) as tx:
        buyers = await find_buyers(tx)
        cases, others, runs = await open_rejects(tx, given, may)
        for case in cases:
            take_correction(case, given[case.reject.reject_id], runs, now)
        await _replay_rows(tx, cases, runs, buyers, limits, now)
        await replay_entries(tx, cases, runs, buyers, may, limits, now)
        await _replay_records(tx, cases, buyers, may, now)
        await keep_cases(tx, cases, who, now)
    done = {each.reject_id: each for each in (*others, *map(say_case, cases))}
    return [done[each.reject_id] for each in corrections]


async def _replay_rows(
    tx: AsyncConnection,
    cases: Sequence[Case],
    runs: Mapping[str, Row[Any]],
    buyers: Buyers,
    limits: Limits,
    now: datetime,
) -> None:
    """Record the corrected rows of files as their import would have, file by file."""
    for file_id, run in sorted(runs.items()):
        readable = {
            each.reject.reject_id: each
            for each in cases
            if each.read is not None and each.origin is not None and each.origin.file_id == file_id
        }
        rows = [
            (CorrectedRow(reject_id, case.origin, ()), case.read)
            for reject_id, case in readable.items()
            if case.origin is not None and case.read is not None
        ]
        if not rows:
            continue
        named = await name_rows(tx, run, rows, buyers, limits, now)
        payments: list[Payment] = []
        for reject_id, payment in named.items():
            if isinstance(payment, Rejected):
                readable[reject_id].error = payment
            else:
                payments.append(payment)
        batch: Batch[Payment] = Batch(payments, [], _never)
        posted = await record_payments(tx, batch, buyers, now, of_file=stating(run))
        new = {payment.payment_id for payment in (*posted.accepted, *posted.restated)}
        for reject_id, payment in named.items():
            if not isinstance(payment, Rejected):
                paid = payment.payment_id
                readable[reject_id].settle(accepted=paid in new, payment_id=paid)


def _never(_: int, error: Rejected) -> Reject:
    raise AssertionError(f"a row that is named by its content is refused: {error}")


async def _replay_records(
    tx: AsyncConnection, cases: Sequence[Case], buyers: Buyers, may: May, now: datetime
) -> None:
    def check(buyer: str) -> None:
        if not may(buyer):
            raise Rejected(f"the token does not speak for {buyer}", "buyer")

    for case in cases:
        if case.origin is not None or case.error is not None:
            continue
        record = Record(case.reject.content, kept_headers(case.reject.headers))
        try:
            corrected = corrected_record(record, case.cells)
            replayed = await replay_record(tx, case.reject.origin, corrected, buyers, now, check)
        except Rejected as error:
            case.error = error.bare()
        else:
            case.settle(accepted=replayed.accepted, payment_id=replayed.payment_id)
