"""Take an import back: nothing that it stated counts any more, and earlier files count as before.

Its rows are withdrawn rather than left: of a file that nobody stands for, a later edition would be
compared with nothing, and what it states otherwise would count beside them. Whichever file states
them, then or later, lets them count again.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.ingest.imports.settled_elsewhere import settled_elsewhere
from services.ingest.imports.state_elsewhere import state_elsewhere
from services.ingest.imports.tally import Count
from services.ingest.imports.undo_import import put_back, withdraw
from services.ingest.payments.correction import TAKEN_BACK, Cause
from services.ingest.queries import imports as states
from services.ingest.queries.imports import (
    find_import,
    is_finished_before,
    lock_imports_of,
    lock_latest_run,
    mark_taken_back,
    runs_from,
    say_taken_back,
)
from services.ingest.queries.republications import begun_imports
from services.ingest.queries.revisions import find_republished_by, find_stated_by_runs
from services.ingest.reading.limits import USUAL, Limits
from services.ingest.shapes.kept_shape import is_of_agreements
from shared.access import Caller
from shared.database import begin
from shared.errors import Conflict, NotKnown


async def take_back(
    engine: AsyncEngine,
    import_id: UUID,
    caller: Caller,
    who: str,
    reason: str,
    now: datetime,
    limits: Limits = USUAL,
) -> bool:
    """Take an import back in one transaction, finished or not; False: it was taken back before.

    Later runs of the same file go with it. What it corrected of earlier files stands as before;
    payments that another file states too, or a reject of one that was settled as them, count as
    that file's; those that an officer corrected
    stay corrected. Agreements that an unfinished list registered stay: a fact that takes one back
    would say that it ended. NotKnown: the caller has no such import. Conflict: a later import
    corrected what it stated, it is being imported again, or it is a finished list of agreements.
    """
    async with begin(engine) as tx:
        found = await find_import(tx, import_id)
        if found is None or not caller.speaks_for(found.buyer):
            raise NotKnown(f"no import {import_id} is known")
        await lock_imports_of(tx, found.buyer)
        await lock_latest_run(tx, str(found.file_id))
        runs = await runs_from(tx, found)
        if not any(run.import_id == import_id for run in runs):
            return False
        run = runs[0]
        begun = await begun_imports(tx, run.buyer)
        of_payments = not any(is_of_agreements(each) for each in run.shapes)
        _check(runs, begun, of_payments=of_payments)
        await mark_taken_back(tx, runs, now)
        said = {"who": who, "reason": reason, "at": now.isoformat()}
        cause = Cause(TAKEN_BACK, reason, who)
        if not of_payments:
            undone = _kept(run)
        elif any(each.read or each.supersedes for each in runs):
            undone = await _undo(tx, runs, begun, cause, limits, now)
        else:  # nothing was recorded: what counts is of other imports, also of the same file
            undone = _said(Count(), Count(), Count())
        await say_taken_back(tx, runs, said | undone)
    return True


def _check(runs: Sequence[Row[Any]], begun: Sequence[Row[Any]], *, of_payments: bool) -> None:
    first, *later = runs
    if first.state == states.FINISHED and not of_payments:
        raise Conflict("a finished list of agreements is not taken back: a later edition varies it")
    for each in later:
        if each.state != states.FINISHED:
            raise Conflict(
                f"{each.name} is being imported again: take that back first "
                f"(import {each.import_id})"
            )
    ids = {run.import_id for run in runs}
    for each in begun:
        if each.import_id == first.import_id or not (ids & {each.import_id, *each.supersedes}):
            continue
        if each.replaces:
            raise Conflict(
                f"{each.name} was imported since and replaces lines of {first.name}: take that "
                f"back first (import {each.import_id})"
            )


async def _undo(
    tx: AsyncConnection,
    runs: Sequence[Row[Any]],
    begun: Sequence[Row[Any]],
    cause: Cause,
    limits: Limits,
    now: datetime,
) -> dict[str, Any]:
    run, ids = runs[0], [str(each.import_id) for each in runs]
    since = run.started_at if await is_finished_before(tx, run) else None
    own = await find_stated_by_runs(tx, ids, str(run.file_id), run.buyer, since)
    corrected = sorted({*await find_republished_by(tx, ids)} - {*own})
    restored, named = await put_back(tx, corrected, ids, cause, now)
    withdrawn = await withdraw(tx, own, cause, now)
    wanted = {*own, *named}
    kept = Count()
    for other in _others(runs, begun):
        if not wanted:
            break
        whole = await find_import(tx, other.import_id)
        assert whole is not None  # noqa: S101 - read in this transaction
        posted = await state_elsewhere(tx, whole, wanted, limits, now)
        for again in posted.restated:
            withdrawn = Count(withdrawn.rows - 1, withdrawn.pence - again.amount_pence)
        for payment in [*posted.restated, *posted.accepted]:
            wanted.discard(payment.payment_id)
            kept += Count(1, payment.amount_pence)
    if wanted:
        restated, new = await settled_elsewhere(tx, str(run.file_id), wanted, now)
        withdrawn = Count(withdrawn.rows - restated.rows, withdrawn.pence - restated.pence)
        kept += Count(restated.rows + new.rows, restated.pence + new.pence)
    return _said(withdrawn, restored, kept)


def _others(runs: Sequence[Row[Any]], begun: Sequence[Row[Any]]) -> list[Row[Any]]:
    """The imports of other files that may have met rows of these runs."""
    days = [each for each in runs if each.first_date is not None]
    return [
        each
        for each in begun
        if each.file_id != runs[0].file_id
        and each.already_known
        and (
            not days
            or (
                each.first_date <= max(run.last_date for run in days)
                and each.last_date >= min(run.first_date for run in days)
            )
        )
    ]


def _kept(run: Row[Any]) -> dict[str, Any]:
    return _said(Count(), Count(), Count(run.accepted, run.accepted_pence))


def _said(withdrawn: Count, restored: Count, kept: Count) -> dict[str, Any]:
    counts = {"withdrawn": withdrawn, "restored": restored, "kept": kept}
    return {name: {"rows": each.rows, "pence": each.pence} for name, each in counts.items()}
