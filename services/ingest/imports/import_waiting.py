"""Import the files that wait, one after the other, each by one process at a time."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.imports.import_file import import_file
from services.ingest.imports.kept_files import unpack_file
from services.ingest.queries.import_requests import (
    claim_request,
    fail_import,
    let_go,
    say_rows_about,
)
from services.ingest.queries.imports import (
    FAILED,
    NEEDS_DECISION,
    NEEDS_MAPPING,
    TAKEN_BACK,
    find_import,
)
from services.ingest.reading.limits import Limits
from services.ingest.reading.opened_file import open_file
from shared.database import begin
from shared.errors import Conflict, Rejected
from shared.logs import logger

MOST_ATTEMPTS = 20
_GAVE_UP = (
    f"it was begun {MOST_ATTEMPTS} times and never came to its end: an error of ours, which is in "
    "the log; once that is mended, send the file again"
)
_ASKED = {"map": NEEDS_MAPPING, "replaces": NEEDS_DECISION}
"""How an import goes on to wait whose answer can't be used, by the field at fault."""

Clock = Callable[[], datetime]


async def import_waiting(engine: AsyncEngine, clock: Clock, limits: Limits) -> int:
    """Import what waits until nothing does; how many imports were taken up.

    What is cut short goes on where it ended: whoever takes it up next reads the kept bytes. Raises
    what the database or a defect raises, and Conflict where a command line is importing the same
    file, or what it may state anew is not imported whole: the import waits, and fails with that
    sentence once it was tried too often.
    """
    taken = 0
    while True:
        async with _claimed(engine) as request:
            if request is None:
                return taken
            taken += 1
            await _import(engine, request, clock, limits)


@asynccontextmanager
async def _claimed(engine: AsyncEngine) -> AsyncIterator[Row[Any] | None]:
    """The next import, claimed by the session of one connection: a killed process lets go of it."""
    async with engine.connect() as connection:
        session = await connection.execution_options(isolation_level="AUTOCOMMIT")
        request = await claim_request(session)
        try:
            yield request
        finally:
            if request is not None:
                await let_go(session, request.import_id)


async def _import(engine: AsyncEngine, request: Row[Any], clock: Clock, limits: Limits) -> None:
    said = {"import_id": str(request.import_id), "buyer": request.buyer, "file": request.name}
    if request.attempts > MOST_ATTEMPTS:
        await _fail(engine, request, Rejected(_GAVE_UP), clock(), stood_at=request.read)
        return
    with TemporaryDirectory(prefix="localpound-") as folder:
        path = Path(folder) / "file"
        async with engine.connect() as connection:
            await unpack_file(connection, request.digest, path)
        try:
            with open_file(path, limits, request.name) as opened:
                rows = sum(sheet.rows_about or 0 for sheet in opened.sheets)
            async with begin(engine) as tx:
                await say_rows_about(tx, request.import_id, rows)
            run = await import_file(
                *(engine, path, request.buyer, clock, lambda *_: None),
                anyway=request.anyway,
                mapped=request.mapped,
                replaces=None if request.replaces is None else str(request.replaces),
                adds=request.adds,
                name=request.name,
                limits=limits,
                asked=str(request.import_id),
            )
        except Conflict as error:
            if await _is_taken_back(engine, request):
                logger.info("import.taken_back", **said)
                return
            if request.attempts < MOST_ATTEMPTS:
                raise
            refused = Rejected(str(error))
            if not await _fail(engine, request, refused, clock(), stood_at=request.read):
                raise
            logger.warning("import.failed", reason=str(error), **said)
        except Rejected as error:
            if await _fail(engine, request, error, clock()):
                logger.warning("import.failed", reason=str(error), **said)
        else:
            logger.info("import.done", state=run.state, rows=run.tally.read, **said)


async def _is_taken_back(engine: AsyncEngine, request: Row[Any]) -> bool:
    async with engine.connect() as connection:
        found = await find_import(connection, request.import_id)
    return found is not None and found.state == TAKEN_BACK


async def _fail(
    engine: AsyncEngine,
    request: Row[Any],
    error: Rejected,
    now: datetime,
    *,
    stood_at: int | None = None,
) -> bool:
    state, failed = _ASKED.get(error.field, FAILED), (request.import_id, error.reason)
    async with begin(engine) as tx:
        return await fail_import(tx, *failed, state, now, stood_at=stood_at)
