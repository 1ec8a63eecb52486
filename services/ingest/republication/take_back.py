"""Take an import back: the ledger stands again as it did before."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.ingest.payments.correct_payment import record_corrections
from services.ingest.payments.correction import OFFICER, TAKEN_BACK, Cause, Revision
from services.ingest.queries import imports as states
from services.ingest.queries.imports import find_import, lock_imports_of, lock_latest_run
from services.ingest.queries.revisions import lock_payments, read_revisions
from services.ingest.queries.taken_back import later_imports, mark_taken_back, payments_of_import
from services.ingest.republication.coverage import Span
from services.ingest.republication.republication_report import EMPTY
from shared.database import begin
from shared.errors import Conflict, NotKnown


@dataclass
class TakenBack:
    """How many payments were withdrawn that the import brought, and how many corrections undone."""

    withdrawn: int = 0
    reversed: int = 0


async def take_back(
    engine: AsyncEngine,
    import_id: UUID,
    who: str,
    reason: str,
    may: Callable[[str], bool],
    now: datetime,
) -> TakenBack:
    """Reverse each correction of a finished import and withdraw what it brought, by revisions.

    Nothing is erased: every payment keeps what it was, who took it back, why and when. `may` says
    whether the caller speaks for a buyer. NotKnown: there is no such import. Conflict: it is not
    finished, holds no payments, or what it stated was built on: a later import of the same
    days found lines of it known, or somebody corrected one of its payments.
    """
    async with begin(engine) as tx:
        found = await find_import(tx, import_id)
        if found is None or not may(found.buyer):
            raise NotKnown(f"no import {import_id} is known")
        await lock_imports_of(tx, found.buyer)
        await lock_latest_run(tx, str(found.file_id))
        _check(found)
        _check_alone(found, await later_imports(tx, found))
        cause = Cause(TAKEN_BACK, reason, who)
        done = TakenBack()
        async for payment_ids in payments_of_import(tx, found):
            await _reverse(tx, found, payment_ids, cause, done, now)
        said = {"who": who, "reason": reason, "at": now.isoformat(timespec="seconds")}
        counted = {"withdrawn": done.withdrawn, "reversed": done.reversed}
        kept = (found.republication or EMPTY) | {"taken_back": said | counted}
        await mark_taken_back(tx, found, kept, now)
    return done


def _check(found: Row[Any]) -> None:
    if found.state != states.FINISHED:
        raise Conflict(
            f"only an import that is finished can be taken back: its state is {found.state}"
        )
    if not found.shapes:
        raise Conflict("a list of agreements is not taken back: a later edition varies them")


def _check_alone(found: Row[Any], later: Sequence[Row[Any]]) -> None:
    for each in later:
        if each.state == states.RUNNING:
            raise Conflict(f"the import of {each.name} is not finished: finish it first")
        if found.import_id in each.supersedes or (each.already_known and _meet(found, each)):
            raise Conflict(
                f"{each.name} was imported since and states lines of {found.name}: take that back "
                f"first (import {each.import_id})"
            )


def _meet(one: Row[Any], other: Row[Any]) -> bool:
    if one.first_date is None:
        return False
    mine = Span(one.first_date, one.last_date).months()
    others = Span(other.first_date, other.last_date).months()
    return mine.first <= others.last and others.first <= mine.last


async def _reverse(
    tx: AsyncConnection,
    found: Row[Any],
    payment_ids: Sequence[str],
    cause: Cause,
    done: TakenBack,
    now: datetime,
) -> None:
    await lock_payments(tx, payment_ids)
    corrections = []
    for payment_id, revisions in (await read_revisions(tx, payment_ids)).items():
        last = revisions[-1]
        before = _before(found, revisions)
        if last.cause.why == OFFICER or _by_another(found, last):
            raise Conflict(
                f"payment {payment_id} was corrected since the import ({last.cause.why}): correct "
                "it back first"
            )
        if before is None:
            done.withdrawn += 1
            after = last._replace(withdrawn=True, row_id=None)
        else:
            done.reversed += 1
            after = before._replace(row_id=_row_id(revisions[: before.number + 1]))
        payment = after.payment._replace(recorded_at=now)
        after = after._replace(payment=payment, number=last.number + 1, cause=cause, import_id=None)
        corrections.append((last, after))
    await record_corrections(tx, corrections, now)


def _by_another(found: Row[Any], last: Revision) -> bool:
    return last.import_id is not None and last.import_id != str(found.import_id)


def _before(found: Row[Any], revisions: Sequence[Revision]) -> Revision | None:
    """How a payment stood before the import; None: it did not."""
    accepted = revisions[0].payment
    brought = accepted.source == f"/files/{found.file_id}"
    if brought and accepted.recorded_at >= found.started_at:
        return None
    mine = [each for each in revisions if each.import_id == str(found.import_id)]
    return revisions[mine[0].number - 1]


def _row_id(revisions: Sequence[Revision]) -> str:
    """The row of a file that said what a payment was, by its revisions until then."""
    named = [each.row_id for each in revisions if each.row_id is not None]
    return named[-1] if named else revisions[0].payment.payment_id
