"""Who corrects waits for who imports or takes back, never in a ring, and holds one connection."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.local.addresses import Addresses
from services.ingest.imports.open_run import Run
from services.ingest.queries.imports import lock_imports_of, lock_latest_run
from services.ingest.reading.limits import Limits
from services.ingest.rejects.correct_rejects import Correction, correct_rejects
from services.ingest.rejects.open_rejects import Corrected
from shared.database import begin, open_engine, raw_connection
from shared.errors import Rejected
from tests.ingest.imports.test_import_file import write_csv
from tests.ingest.routes.test_reject_corrections import LINES, bring
from tests.ingest.said import NOW, rows_of
from tests.support.waiting import eventually


async def correct_day(engine: AsyncEngine, day: str, limits: Limits) -> Corrected:
    """Correct the day of the first reject."""
    [reject, *_] = await rows_of(engine, "select reject_id from rejects order by seq")
    mend = [Correction(reject.reject_id, {"payment_date": day})]
    [done] = await correct_rejects(engine, mend, "Officer", lambda _: True, NOW, limits)
    return done


@pytest.fixture
async def imported(engine: AsyncEngine, tmp_path: Path) -> Run:
    """A file with a row that was used, and one that says the same but for its day."""
    return await bring(engine, write_csv(tmp_path, [LINES[0], LINES[0].replace("-30", "-31")]))


async def test_a_correction_waits_for_who_takes_back_and_holds_nothing_of_it(
    engine: AsyncEngine, imported: Run
) -> None:
    async with begin(engine) as tx:
        holder = await raw_connection(tx)
        await lock_imports_of(tx, imported.buyer)
        correcting = asyncio.create_task(correct_day(engine, "2024-04-30", Limits()))

        async def waits() -> bool:
            return bool(
                await holder.fetchval(
                    "select count(*) from pg_locks"
                    " where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))"
                )
            )

        await eventually(waits)
        await lock_latest_run(tx, imported.file_id)
    assert (await correcting).outcome == "accepted"


async def test_a_file_is_read_again_on_the_connection_that_holds_the_locks_within_the_limits(
    stack: Addresses, prefix: str, engine: AsyncEngine, imported: Run
) -> None:
    one = open_engine(stack.database, f"{prefix}_ingest", connections=1)
    try:
        async with asyncio.timeout(10):
            with pytest.raises(Rejected, match="10 may be sent"):
                await correct_day(one, "2024-04-30", Limits(file_bytes=10))
            assert (await correct_day(one, "2024-04-30", Limits())).outcome == "accepted"
    finally:
        await one.dispose()
