"""Correct rejects: each goes through the path that it came by, and is settled or rejected again."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.ingest.arrivals.batch import Batch, storable
from services.ingest.buyers.buyer import Buyers
from services.ingest.payments.payment import Payment
from services.ingest.payments.post_payments import record_payments
from services.ingest.queries.buyers import find_buyers
from services.ingest.queries.imports import RUNNING, lock_newest_imports
from services.ingest.queries.reject_corrections import (
    REJECTED_AGAIN,
    find_corrections,
    insert_corrections,
    lock_rejects,
)
from services.ingest.rejects.reject_case import Case, take_correction
from services.ingest.rejects.reject_cells import Record, corrected_record, kept_headers
from services.ingest.rejects.reject_origin import row_origin
from services.ingest.rejects.replay_record import replay_record
from services.ingest.rejects.replay_rows import CorrectedRow, name_rows
from shared.database import begin
from shared.errors import Conflict, Rejected
from shared.inbox import Reject

ALREADY_SETTLED, NOT_KNOWN = "already_settled", "not_known"
MOST_AT_ONCE = 500
"""Rejects that one transaction corrects."""

May = Callable[[str | None], bool]
"""Whether who corrects may see and send what is of this buyer."""


class Correction(NamedTuple):
    """The cells of a reject, as they are now; those that are not named stay."""

    reject_id: str
    cells: Mapping[str, str]


class Corrected(NamedTuple):
    """What became of a correction, with the reason and field where it is rejected again."""

    reject_id: str
    outcome: str
    reason: str = ""
    field: str = ""
    payment_id: str | None = None


async def correct_rejects(
    engine: AsyncEngine, corrections: Sequence[Correction], who: str, may: May, now: datetime
) -> list[Corrected]:
    """Correct rejects in one transaction; what became of each, in their order.

    A reject that is settled stays so, and one of a buyer that `who` may not see is not known. What
    is rejected again is kept with the new reason, unless nothing was changed. At most
    `MOST_AT_ONCE`. Conflict: a file of theirs is being imported.
    """
    given = {each.reject_id: each.cells for each in corrections}
    async with begin(engine) as tx:
        buyers = await find_buyers(tx)
        locked = await lock_rejects(tx, sorted(given))
        before = await find_corrections(tx, list(locked))
        runs = await _runs_of(tx, locked.values())
        done: dict[str, Corrected] = {}
        cases: list[Case] = []
        for reject_id, cells in given.items():
            reject, history = locked.get(reject_id), before.get(reject_id, [])
            if reject is None or not may(reject.buyer):
                done[reject_id] = Corrected(reject_id, NOT_KNOWN)
            elif history and history[-1].outcome != REJECTED_AGAIN:
                done[reject_id] = Corrected(reject_id, ALREADY_SETTLED)
            else:
                case = Case(reject, len(history) + 1)
                cases.append(case)
                take_correction(case, history, cells, runs, now)
        await _replay_rows(tx, engine, cases, runs, buyers, now)
        await _replay_records(tx, cases, buyers, may, now)
        kept = [each for each in cases if each.changes or each.outcome != REJECTED_AGAIN]
        await insert_corrections(tx, [_kept(each, who, now) for each in kept])
    done |= {each.reject.reject_id: _said(each) for each in cases}
    return [done[each.reject_id] for each in corrections]


async def _runs_of(tx: AsyncConnection, rejects: Iterable[Row[Any]]) -> dict[str, Row[Any]]:
    """The newest import of each file, locked: corrections of equal rows follow each other.

    Conflict: a file is being imported, and has not said yet which of its rows are equal.
    """
    origins = (row_origin(each.origin) for each in rejects)
    files = {origin.file_id for origin in origins if origin is not None}
    runs = await lock_newest_imports(tx, files)
    for run in runs.values():
        if run.state == RUNNING:
            raise Conflict(f"{run.name} is being imported: correct its rows once that is finished")
    return runs


async def _replay_rows(
    tx: AsyncConnection,
    engine: AsyncEngine,
    cases: Sequence[Case],
    runs: Mapping[str, Row[Any]],
    buyers: Buyers,
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
        named = await name_rows(tx, engine, run, rows, buyers, now)
        payments: list[Payment] = []
        for reject_id, payment in named.items():
            if isinstance(payment, Rejected):
                readable[reject_id].error = payment
            else:
                payments.append(payment)
        batch: Batch[Payment] = Batch(payments, [], _never)
        posted = await record_payments(tx, batch, buyers, now, named_by_content=True)
        new = {payment.payment_id for payment in posted.accepted}
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
            case.error = error
        else:
            case.settle(accepted=replayed.accepted, payment_id=replayed.payment_id)


def _kept(case: Case, who: str, now: datetime) -> dict[str, Any]:
    said = _said(case)
    origin = case.origin
    settled = case.outcome != REJECTED_AGAIN
    read = case.read if settled else None
    return {
        "reject_id": case.reject.reject_id,
        "number": case.number,
        "who": who,
        "corrected_at": now,
        "changes": case.changes,
        "outcome": said.outcome,
        "reason": said.reason,
        "field": said.field,
        "file_id": None if origin is None else UUID(origin.file_id),
        "row_key": None if read is None else UUID(read.key),
        "payment_id": None if case.payment_id is None else UUID(case.payment_id),
        "pence_before": case.pence_before,
        "pence": None if read is None else read.pence,
    }


def _said(case: Case) -> Corrected:
    error = storable(case.error or Rejected(""))
    return Corrected(
        case.reject.reject_id, case.outcome, error.reason, error.field, case.payment_id
    )
