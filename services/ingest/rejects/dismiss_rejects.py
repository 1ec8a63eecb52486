"""Say of rejects that they are no payment or agreement, and take that back."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.queries.reject_corrections import DISMISSED, REOPENED
from services.ingest.rejects.open_rejects import Corrected, May, keep_cases, open_rejects, say_case
from services.ingest.rejects.reject_case import NO_IMPORT, read_before
from shared.database import begin
from shared.errors import Rejected


async def dismiss_rejects(
    engine: AsyncEngine, whys: Mapping[str, str], who: str, may: May, now: datetime
) -> list[Corrected]:
    """Dismiss open rejects, each for its reason, in one transaction; what became of each.

    They are counted apart in their import, in the pounds that could be read in them. One that is
    settled or dismissed stays so. Conflict: a file of theirs is being imported.
    """
    async with begin(engine) as tx:
        cases, others, runs = await open_rejects(tx, whys, may)
        for case in cases:
            if case.origin is not None and case.origin.file_id not in runs:
                case.error = Rejected(NO_IMPORT)
                continue
            # None, unknown, where its sheet is read otherwise, or not at all, since it was rejected
            with suppress(Rejected):
                case.pence_before = case.pence = read_before(case, runs, now)
            case.outcome, case.why = DISMISSED, whys[case.reject.reject_id]
        await keep_cases(tx, cases, who, now)
    return [*others, *map(say_case, cases)]


async def reopen_rejects(
    engine: AsyncEngine, reject_ids: Collection[str], why: str, who: str, may: May, now: datetime
) -> list[Corrected]:
    """Open rejects again that were dismissed; one that is open, or was used, stays so."""
    async with begin(engine) as tx:
        cases, others, _ = await open_rejects(tx, reject_ids, may, standing={DISMISSED})
        for case in cases:
            case.outcome, case.why = REOPENED, why
        await keep_cases(tx, cases, who, now)
    return [*others, *map(say_case, cases)]
