"""Take up rejects to be corrected, dismissed or reopened, and keep what became of each."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.arrivals.batch import storable
from services.ingest.queries.imports import (
    RUNNING,
    lock_newest_imports,
    newest_imports,
    share_imports_of,
)
from services.ingest.queries.reject_corrections import (
    OPEN,
    REJECTED_AGAIN,
    find_corrections,
    find_origins,
    insert_corrections,
    lock_rejects,
)
from services.ingest.rejects.reject_case import Case
from services.ingest.rejects.reject_origin import row_origin
from shared.errors import Conflict, Rejected

ALREADY_SETTLED, NOT_KNOWN = "already_settled", "not_known"

May = Callable[[str | None], bool]
"""Whether who acts may see and send what is of this buyer."""


class Corrected(NamedTuple):
    """What became of a reject, with the reason and field where it is rejected again.

    It is `left` where it is rejected again since nothing of it was ever changed.
    """

    reject_id: str
    outcome: str
    reason: str = ""
    field: str = ""
    payment_id: str | None = None
    left: bool = False


class Opened(NamedTuple):
    """The rejects that can be acted on, what is said of the others, and their files' imports."""

    cases: list[Case]
    others: list[Corrected]
    runs: Mapping[str, Row[Any]]


async def open_rejects(
    tx: AsyncConnection, reject_ids: Collection[str], may: May, standing: Collection[str] = OPEN
) -> Opened:
    """Lock rejects whose last outcome is one of `standing`, and the imports of their files.

    First what every import and taking back takes first: the buyers' imports, in their order. Who
    waited for them with a row locked would wait in a ring.

    One that stands otherwise is settled, and one of a buyer that the officer may not see is not
    known. Conflict: a file of theirs is being imported.
    """
    of_files = _files_of(await find_origins(tx, reject_ids))
    buyers = {run.buyer for run in (await newest_imports(tx, of_files)).values()}
    for buyer in sorted(buyers):
        await share_imports_of(tx, buyer)
    locked = await lock_rejects(tx, sorted(reject_ids))
    history = await find_corrections(tx, list(locked))
    cases: list[Case] = []
    others: list[Corrected] = []
    for reject_id in dict.fromkeys(reject_ids):
        reject, before = locked.get(reject_id), history.get(reject_id, [])
        if reject is None or not may(reject.buyer):
            others.append(Corrected(reject_id, NOT_KNOWN))
        elif (before[-1].outcome if before else REJECTED_AGAIN) not in standing:
            others.append(Corrected(reject_id, ALREADY_SETTLED))
        else:
            cases.append(Case(reject, before))
    return Opened(cases, others, await _runs_of(tx, (each.reject for each in cases)))


def _files_of(origins: Iterable[str]) -> set[str]:
    places = map(row_origin, origins)
    return {place.file_id for place in places if place is not None}


async def _runs_of(tx: AsyncConnection, rejects: Iterable[Row[Any]]) -> dict[str, Row[Any]]:
    """The newest import of each file, locked: corrections of equal rows follow each other.

    Conflict: a file is being imported, and has not said yet which of its rows are equal.
    """
    runs = await lock_newest_imports(tx, _files_of(each.origin for each in rejects))
    for run in runs.values():
        if run.state == RUNNING:
            raise Conflict(f"{run.name} is being imported: correct its rows once that is finished")
    return runs


async def keep_cases(tx: AsyncConnection, cases: Sequence[Case], who: str, now: datetime) -> None:
    """Keep what became of rejects; of one that is rejected again only what was changed."""
    kept = [each for each in cases if each.changes or each.outcome != REJECTED_AGAIN]
    await insert_corrections(tx, [_kept(each, who, now) for each in kept])


def _kept(case: Case, who: str, now: datetime) -> dict[str, Any]:
    said = say_case(case)
    origin = case.origin
    settled = case.outcome not in OPEN
    read = case.read if settled else None
    return {
        "reject_id": case.reject.reject_id,
        "number": len(case.history) + 1,
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
        "pence": case.pence if settled else None,
    }


def say_case(case: Case) -> Corrected:
    """What became of a reject, for whoever acted on it."""
    error = storable(case.error or Rejected(case.why))
    return Corrected(
        case.reject.reject_id,
        case.outcome,
        error.reason,
        error.field,
        case.payment_id,
        left=case.left and case.outcome == REJECTED_AGAIN,
    )
