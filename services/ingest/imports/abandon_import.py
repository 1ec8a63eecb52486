"""Give up an import that is not finished: nothing that it stated counts any more.

Its rows are withdrawn rather than left: of a file that nobody stands for, a later edition would be
compared with nothing, and what it states otherwise would count beside them. Whichever file states
them next lets them count again.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.ingest.imports.stated_elsewhere import stated_elsewhere
from services.ingest.imports.tally import Count
from services.ingest.imports.undo_import import is_of_payments, put_back, withdraw
from services.ingest.payments.restate import restate_payments, stating
from services.ingest.queries.imports import (
    ABANDONED,
    FINISHED,
    abandon_run,
    find_import,
    is_ever_finished,
    lock_imports_of,
    lock_latest_run,
)
from services.ingest.queries.republications import begun_imports
from services.ingest.queries.revisions import find_stated_by_run
from shared.access import Caller
from shared.database import begin
from shared.errors import Conflict, NotKnown


async def abandon_import(
    engine: AsyncEngine, import_id: UUID, caller: Caller, who: str, reason: str, now: datetime
) -> None:
    """Abandon an import in one transaction; one that is abandoned stays so.

    What it corrected of an earlier file stands as before; payments that another file states too
    count as that file's. Agreements that it registered stay: a fact that takes one back would say
    that it ended. NotKnown: the caller has no such import. Conflict: it is finished.
    """
    async with begin(engine) as tx:
        found = await find_import(tx, import_id)
        if found is None or not caller.speaks_for(found.buyer):
            raise NotKnown(f"no import {import_id} is known")
        await lock_imports_of(tx, found.buyer)
        run = await lock_latest_run(tx, str(found.file_id))
        if run is None or run.import_id != import_id:  # a later one of the file goes on from it
            run = found
        if run.state == ABANDONED:
            return
        if run.state == FINISHED:
            raise Conflict(
                "the import is finished: correct its payments, or import the file that states "
                "them anew"
            )
        said = {"who": who, "reason": reason, "at": now.isoformat()}
        undone = await _undo(tx, engine, run, who, now) if is_of_payments(run) else _kept(run)
        await abandon_run(tx, import_id, said | undone, now)


async def _undo(
    tx: AsyncConnection, engine: AsyncEngine, run: Row[Any], who: str, now: datetime
) -> dict[str, Any]:
    restored, taken_back = await put_back(tx, run, who, now)
    since = run.started_at if await is_ever_finished(tx, run.file_id) else None
    own = await find_stated_by_run(tx, str(run.file_id), run.buyer, since)
    withdrawn = await withdraw(tx, run, own, who, now) + taken_back
    others = _others(run, await begun_imports(tx, run.buyer))
    kept = Count()
    for other in others if own else ():
        payments = await stated_elsewhere(engine, other, set(own), now)
        await restate_payments(tx, payments, stating(other), now)
        own = sorted(set(own) - {each.payment_id for each in payments})
        kept += Count(len(payments), sum(each.amount_pence for each in payments))
    withdrawn = Count(withdrawn.rows - kept.rows, withdrawn.pence - kept.pence)
    return _said(withdrawn, restored, kept)


def _others(run: Row[Any], begun: Sequence[Row[Any]]) -> list[Row[Any]]:
    """The imports of other files that may have met rows of this one."""
    return [
        each
        for each in begun
        if each.file_id != run.file_id
        and each.already_known
        and run.first_date is not None
        and each.first_date <= run.last_date
        and each.last_date >= run.first_date
    ]


def _kept(run: Row[Any]) -> dict[str, Any]:
    return _said(Count(), Count(), Count(run.accepted, run.accepted_pence))


def _said(withdrawn: Count, restored: Count, kept: Count) -> dict[str, Any]:
    counts = {"withdrawn": withdrawn, "restored": restored, "kept": kept}
    return {name: {"rows": each.rows, "pence": each.pence} for name, each in counts.items()}
